"""The door over HTTPS for tests: it runs on a thread of its own, before a store on loopback."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from bench.inventory.central.certificates import Authority, Identity, utc_now
from bench.inventory.door.application import Door, application
from bench.inventory.door.limits import Limits
from bench.inventory.door.pool import Pool
from bench.inventory.door.porter import Porter
from bench.inventory.door.server import DoorServer
from bench.inventory.door.store import Store, connecting
from bench.inventory.door.tls import server_tls
from bench.inventory.doors.https import HttpsDoor, WebPass
from tests.peers.centre.centre_room import CentreRoom, Enrolled

LIMITS = Limits(rate=10_000.0, burst=10_000, farewell=2)
"""The usual ones, but for how often a bench may ask."""


@dataclass
class DoorRoom:
    """A door that is open, and how benches go through it."""

    centre: CentreRoom
    port: int
    said: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"https://localhost:{self.port}"

    def shown(self, name: str) -> WebPass:
        its = self.centre.benches[name]
        return WebPass(name, its.certificate, its.key, trust=its.trust)

    def door(self, name: str, *, deadline: float = 20.0) -> HttpsDoor:
        return HttpsDoor(self.address, self.shown(name), deadline)

    def with_token(self, name: str, token: str) -> HttpsDoor:
        trust = self.centre.benches[name].trust
        return HttpsDoor(self.address, WebPass(name, token=token, trust=trust), 20.0)


def database_of_door(centre: CentreRoom) -> str:
    """Return how the door signs in to the store, in libpq's words; it is added once."""
    its = centre.benches.get("door") or centre.add_door("door")
    return (
        f"host=localhost hostaddr=127.0.0.1 port={centre.server.port} user=door"
        f" dbname={centre.database} sslmode=verify-full sslcert={its.certificate}"
        f" sslkey={its.key} sslrootcert={its.trust}"
    )


def kept(folder: Path, name: str, identity: Identity, authority: Authority) -> Enrolled:
    """Write an identity into files."""
    certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
    certificate.write_bytes(identity.certificate)
    key.write_bytes(identity.key)
    key.chmod(0o600)
    trust = folder / f"{name}.trust"
    trust.write_bytes(authority.identity.certificate)
    return Enrolled(name, identity, certificate, key, trust)


def give_token(centre: CentreRoom, bench: str, token: str) -> None:
    with centre.admin() as admin:
        admin.execute(
            "INSERT INTO custody.token SELECT %s, bench_no, now() + interval '1 hour'"
            " FROM custody.bench WHERE bench_id = %s",
            (sha256(token.encode()).digest(), bench),
        )


def revoke_token(centre: CentreRoom, token: str) -> None:
    with centre.admin() as admin:
        admin.execute(
            "UPDATE custody.token SET ends_at = now() WHERE sha256 = %s",
            (sha256(token.encode()).digest(),),
        )


def built(database: str, limits: Limits, say: Callable[[str], None]) -> tuple[Porter, Store]:
    store = Store(Pool(connecting(database, limits), limits.pool, limits.pool_wait), limits, say)
    return application(Door(store, limits), say), store


@contextmanager
def open_door(
    centre: CentreRoom,
    *,
    limits: Limits = LIMITS,
    database: str | None = None,
    identity: Identity | None = None,
    port: int = 0,
) -> Iterator[DoorRoom]:
    """Open the door on a free port, or on that one, and close it at the end."""
    its = kept(
        centre.folder, "web", identity or centre.authority.server(["localhost"], utc_now()),
        centre.authority,
    )  # fmt: skip
    room = DoorRoom(centre, port)
    tls = server_tls(str(its.certificate), str(its.key), str(its.trust))
    listening = socket.create_server(("127.0.0.1", port), backlog=200)
    room.port = listening.getsockname()[1]
    ready, loop = threading.Event(), asyncio.new_event_loop()
    ended = asyncio.Event()

    async def serve() -> None:
        porter, store = built(database or database_of_door(centre), limits, room.said.append)
        server = DoorServer(porter, listening, tls, limits, room.said.append)
        await server.answer(ended, ready.set)
        await store.close()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert ready.wait(20)
        yield room
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(20)
        assert not thread.is_alive(), "the door did not close"


def slower(**changes: float) -> Limits:
    """Return the tests' limits with some of them changed."""
    return replace(LIMITS, **changes)  # type: ignore[arg-type]
