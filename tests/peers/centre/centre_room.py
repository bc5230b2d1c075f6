"""A central store for tests: PostgreSQL on loopback, with benches that have certificates."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from bench.custody.entries import SealedEvent
from bench.inventory.central import benches
from bench.inventory.central.certificates import Authority, Identity, utc_now
from bench.inventory.central.form import forms
from bench.inventory.central.roles import Group
from bench.inventory.central.setting_up import StoreName, init
from bench.inventory.training_centre.postgres import OwnPostgres

ORGANISATION = "staging-bench.localhost"
OVERLAP = benches.OVERLAP


@dataclass
class Enrolled:
    """Who may sign in at the store, and the files for it."""

    name: str
    identity: Identity
    certificate: Path
    key: Path
    trust: Path


@dataclass
class CentreRoom:
    """A store, its server, and its authority. `admin` is a connection of the administrator.

    `benches` are all who have a certificate: benches, readers, the door, the service.
    """

    server: OwnPostgres
    authority: Authority
    folder: Path
    database: str = "custody"
    benches: dict[str, Enrolled] = field(default_factory=dict)

    @property
    def dsn(self) -> str:
        return self.server.admin.replace("dbname=postgres", f"dbname={self.database}")

    def admin(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.dsn, autocommit=True)

    def add_bench(self, name: str, organisation: str = ORGANISATION) -> Enrolled:
        new = benches.NewBench(name, organisation)
        with self.admin() as admin:
            identity = benches.add_bench(admin, self.authority, new, utc_now())
        return self.kept(name, identity)

    def add_reader(self, name: str, organisation: str = ORGANISATION) -> Enrolled:
        with self.admin() as admin:
            identity = benches.add_reader(admin, self.authority, name, organisation, utc_now())
        return self.kept(name, identity)

    def add_door(self, name: str = "door") -> Enrolled:
        return self._add(name, Group.DOOR)

    def add_service(self, name: str = "works") -> Enrolled:
        return self._add(name, Group.SERVICE)

    def rotate(self, name: str, overlap: timedelta = OVERLAP) -> Enrolled:
        with self.admin() as admin:
            identity = benches.rotate(admin, self.authority, name, utc_now(), overlap=overlap)
        return self.kept(name, identity)

    def _add(self, name: str, group: Group) -> Enrolled:
        with self.admin() as admin:
            identity = benches.add_sign_in(admin, self.authority, name, group, utc_now())
        return self.kept(name, identity)

    def kept(self, name: str, identity: Identity) -> Enrolled:
        certificate, key = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        trust = self.folder / "ca.crt"
        certificate.write_bytes(identity.certificate)
        key.write_bytes(identity.key)
        key.chmod(0o600)
        trust.write_bytes(self.authority.identity.certificate)
        self.benches[name] = Enrolled(name, identity, certificate, key, trust)
        return self.benches[name]

    def as_bench(self, name: str, **words: Any) -> psycopg.Connection[Any]:
        """Sign in as whoever has that name; `words` of libpq in place of the usual ones."""
        its = self.benches[name]
        usual: dict[str, Any] = {
            "host": "localhost", "hostaddr": "127.0.0.1", "port": self.server.port, "user": name,
            "dbname": self.database, "sslmode": "verify-full", "sslcert": str(its.certificate),
            "sslkey": str(its.key), "sslrootcert": str(its.trust),
        }  # fmt: skip
        return psycopg.connect(**(usual | words), autocommit=True)


@contextmanager
def centre_room(
    folder: Path, *, durable: bool = False, simulated: bool = False, through: int | None = None
) -> Iterator[CentreRoom]:
    """A store of all forms, or of those `through` that number."""
    known = [each for each in forms() if through is None or each.number <= through]
    authority = Authority.begin("Centre", utc_now())
    server = authority.server(["localhost", "127.0.0.1"], utc_now())
    with OwnPostgres(authority.identity.certificate, server, durable=durable) as running:
        room = CentreRoom(running, authority, folder)
        with psycopg.connect(running.admin, autocommit=True) as admin:
            admin.execute("CREATE DATABASE custody")
        with room.admin() as admin:
            named = StoreName("test centre", simulated=simulated, address="localhost")
            init(admin, named, known)
        yield room


def made_up(
    bench: str, count: int, *, epoch: int = 1, imei: str = "", sim: bool = False
) -> list[SealedEvent]:
    """Events of a bench that follow one another; signatures are not looked at by the store."""
    said: dict[str, Any] = {"type": "scanned", "at": "2026-11-24T10:00:00.000Z"}
    if imei:
        said["dev"] = {"imei": imei, "uid": "b" * 26, "phase": "at-bench"}
    if sim:
        said["sim"] = True
    return chained(bench, [dict(said) for _ in range(count)], epoch=epoch)


def chained(
    bench: str, said: list[dict[str, Any]], *, epoch: int = 1, after: SealedEvent | None = None
) -> list[SealedEvent]:
    """Events that say that, one following the other; each may say its envelope otherwise."""
    before, first = (after.hash.hex(), after.seq + 1) if after else ("0" * 64, 1)
    events = []
    for seq, its in enumerate(said, first):
        envelope = {
            "v": 1, "id": f"019ac3d2-0000-7000-8000-{seq:012x}", "bench": bench, "epoch": epoch,
            "seq": seq, "prev": before,
        }  # fmt: skip
        body = json.dumps(envelope | its, separators=(",", ":")).encode()
        events.append(sealed_event(seq, body))
        before = events[-1].hash.hex()
    return events


def sealed_event(seq: int, body: bytes) -> SealedEvent:
    return SealedEvent(seq, body, hashlib.sha256(b"\0" + body).digest(), bytes(64))
