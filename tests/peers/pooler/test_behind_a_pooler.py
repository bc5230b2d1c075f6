"""Benches behind PgBouncer: it knows them by their certificates, and the store must not ask."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from bench.inventory.central import benches
from bench.inventory.central.certificates import utc_now
from bench.inventory.centre import Status
from bench.inventory.doors.postgres import PostgresDoor
from bench.inventory.training_centre.store import Keys, TrainingStore, training_store
from bench.problems import ProblemError
from tests.benchmarks.load import pooler
from tests.peers.centre.centre_room import made_up

NAMES = ("bench-01", "bench-02")


class Pooled:
    """A store behind a pooler, and the keys of its benches."""

    def __init__(self, store: TrainingStore, keys: dict[str, Keys], port: int) -> None:
        self.store, self.keys, self.port = store, keys, port

    def door(self, name: str) -> PostgresDoor:
        its = self.keys[name]
        address = self.store.address(self.port)
        return PostgresDoor(address, its.certificate, its.key, its.trust, name)

    def ask(self, statement: str) -> object:
        with self.store.connect() as admin:
            return admin.execute(statement.encode()).fetchall()


@pytest.fixture(scope="module")
def pooled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pooled]:
    if not pooler.is_there():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("install the package pgbouncer")
    folder = tmp_path_factory.mktemp("keys")
    with training_store(folder, asks_certificate=False) as store:
        with store.connect() as admin:
            keys = {name: store.add_bench(admin, name) for name in NAMES}
        with _pooler(store) as port:
            yield Pooled(store, keys, port)


@contextmanager
def _pooler(store: TrainingStore) -> Iterator[int]:
    authority = store._authority
    identity = authority.server(["localhost"], utc_now())
    pem = authority.identity.certificate
    with pooler.pooled(store, pem, identity, NAMES, most=5, wait=2) as port:
        yield port


def test_each_bench_is_itself_behind_a_pooler(pooled: Pooled) -> None:
    for name in NAMES:
        with closing(pooled.door(name)) as door:
            answer = door.exchange(1, 1, made_up(name, 5, sim=True))
            assert (answer.status, answer.accepted_through) == (Status.OK, 5)
    counted = "SELECT bench_id, count(*) FROM custody.event JOIN custody.bench USING (bench_no)"
    assert pooled.ask(f"{counted} GROUP BY 1 ORDER BY 1") == [(name, 5) for name in NAMES]


def test_another_benchs_certificate_is_refused_by_the_pooler(pooled: Pooled) -> None:
    its = pooled.keys["bench-01"]
    for user in ("bench-02", "postgres"):
        with pytest.raises(psycopg.OperationalError, match="certificate authentication failed"):
            psycopg.connect(
                host="localhost", port=pooled.port, user=user, dbname="custody",
                sslmode="verify-full", sslcert=str(its.certificate), sslkey=str(its.key),
                sslrootcert=str(its.trust),
            )  # fmt: skip


def test_a_store_that_asks_for_certificates_sees_none_behind_a_pooler(pooled: Pooled) -> None:
    pooled.ask("UPDATE custody.store SET asks_certificate = true RETURNING 1")
    try:
        with closing(pooled.door("bench-01")) as door:
            assert door.exchange(1, 1).status is Status.CERTIFICATE_ENDED
    finally:
        pooled.ask("UPDATE custody.store SET asks_certificate = false RETURNING 1")


def test_behind_a_pooler_only_retiring_keeps_an_old_certificate_out(pooled: Pooled) -> None:
    with pooled.store.connect() as admin:
        authority = pooled.store._authority
        benches.rotate(admin, authority, "bench-02", utc_now(), overlap=timedelta(0))
    with closing(pooled.door("bench-02")) as door:
        assert door.exchange(1, 1).status is Status.OK
    with pooled.store.connect() as admin:
        benches.retire(admin, "bench-02")
    with closing(pooled.door("bench-02")) as door, pytest.raises(ProblemError):
        door.exchange(1, 1)


def test_the_keys_lie_where_only_their_owner_reads_them(pooled: Pooled) -> None:
    modes = {Path(keys.key).stat().st_mode & 0o777 for keys in pooled.keys.values()}
    assert modes == {0o600}
