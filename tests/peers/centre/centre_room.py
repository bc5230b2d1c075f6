"""A central store for tests: PostgreSQL on loopback, with benches that have certificates."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from bench.custody.entries import SealedEvent
from bench.inventory.central.certificates import Authority, Identity, utc_now
from bench.inventory.training_centre.postgres import OwnPostgres

CENTRAL_SQL = Path(__file__).parents[3] / "bench" / "inventory" / "central.sql"
ORGANISATION = "staging-bench.localhost"


@dataclass
class Enrolled:
    """A bench that the store knows, and its files."""

    name: str
    identity: Identity
    certificate: Path
    key: Path
    trust: Path


@dataclass
class CentreRoom:
    """A store, its server, and its authority. `admin` is a connection of the administrator."""

    server: OwnPostgres
    authority: Authority
    folder: Path
    database: str = "custody"
    benches: dict[str, Enrolled] = field(default_factory=dict)

    def admin(self) -> psycopg.Connection[Any]:
        words = self.server.admin.replace("dbname=postgres", f"dbname={self.database}")
        return psycopg.connect(words, autocommit=True)

    def add_bench(self, name: str) -> Enrolled:
        identity = self.authority.bench(name, utc_now())
        with self.admin() as admin:
            admin.execute(
                psycopg.sql.SQL("CREATE ROLE {} LOGIN IN ROLE staging_bench").format(
                    psycopg.sql.Identifier(name)
                )
            )
            admin.execute(
                "WITH its AS (INSERT INTO custody.bench (bench_id, role_name, organisation)"
                " VALUES (%s, %s, %s) RETURNING bench_no)"
                " INSERT INTO custody.certificate SELECT %s, bench_no, %s, %s FROM its",
                (name, name, ORGANISATION, identity.serial, identity.not_after, identity.not_after),
            )
        return self._kept(name, identity)

    def _kept(self, name: str, identity: Identity) -> Enrolled:
        certificate, key = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        trust = self.folder / "ca.crt"
        certificate.write_bytes(identity.certificate)
        key.write_bytes(identity.key)
        key.chmod(0o600)
        trust.write_bytes(self.authority.identity.certificate)
        self.benches[name] = Enrolled(name, identity, certificate, key, trust)
        return self.benches[name]

    def as_bench(self, name: str) -> psycopg.Connection[Any]:
        its = self.benches[name]
        return psycopg.connect(
            host="localhost", hostaddr="127.0.0.1", port=self.server.port, user=name,
            dbname=self.database, sslmode="verify-full", sslcert=str(its.certificate),
            sslkey=str(its.key), sslrootcert=str(its.trust), autocommit=True,
        )  # fmt: skip


@contextmanager
def centre_room(folder: Path, *, durable: bool = False) -> Iterator[CentreRoom]:
    authority = Authority.begin("Centre", utc_now())
    server = authority.server(["localhost", "127.0.0.1"], utc_now())
    with OwnPostgres(authority.identity.certificate, server, durable=durable) as running:
        room = CentreRoom(running, authority, folder)
        with psycopg.connect(running.admin, autocommit=True) as admin:
            for group in ("bench", "door", "reader", "service"):
                admin.execute(f"CREATE ROLE staging_{group} NOLOGIN")
            admin.execute("CREATE DATABASE custody")
        with room.admin() as admin:
            text = CENTRAL_SQL.read_text("utf-8")
            admin.execute(text)
            digest = hashlib.sha256(text.encode()).digest()
            admin.execute("INSERT INTO custody.form VALUES (1, 'central.sql', %s)", (digest,))
            admin.execute("INSERT INTO custody.store VALUES (true, 'test centre', false, true)")
        yield room


def made_up(bench: str, count: int, *, epoch: int = 1, imei: str = "") -> list[SealedEvent]:
    """Events of a bench that follow one another; signatures are not looked at by the store."""
    before, events = "0" * 64, []
    for seq in range(1, count + 1):
        said: dict[str, Any] = {
            "v": 1, "id": f"019ac3d2-0000-7000-8000-{seq:012x}", "bench": bench, "epoch": epoch,
            "seq": seq, "prev": before, "type": "scanned", "at": "2026-11-24T10:00:00.000Z",
        }  # fmt: skip
        if imei:
            said["dev"] = {"imei": imei, "uid": "b" * 26, "phase": "at-bench"}
        body = json.dumps(said, separators=(",", ":")).encode()
        leaf = hashlib.sha256(b"\0" + body).digest()
        events.append(SealedEvent(seq, body, leaf, bytes(64)))
        before = leaf.hex()
    return events
