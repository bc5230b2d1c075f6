"""Witnesses that stand somewhere: in a file, or behind a port of the loopback; and benches."""

from __future__ import annotations

import asyncio
import http.client
import ssl
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench.custody.proof.checkpoint import log_key, witness_key
from bench.custody.proof.merkle import Tree
from bench.custody.proof.note import SignedNote, VerifierKey
from bench.ports import Moment
from bench.witness.client import WitnessClient
from bench.witness.logs import Logs
from bench.witness.requests import AddCheckpoint
from bench.witness.server import Patience, WitnessServer
from bench.witness.state import WitnessState
from bench.witness.witness import Witness
from tests.bench.custody.proof.grown import leaf, leaves, tree_of
from tests.bench.custody.proof.signers import NOON, ORIGIN, WITNESS, made_up_key, signed_head

VKEY = witness_key(WITNESS, made_up_key(WITNESS))
SECOND_ORIGIN = "custody.example/bench-08/e1"
HISTORY = leaves(300)
IMPATIENT = Patience(request=0.3, farewell=0.3, peers=5)


@dataclass
class HandSetClock:
    """A clock that stands where it is set."""

    seconds: int = NOON

    def moment(self) -> Moment:
        at = datetime.fromtimestamp(self.seconds, UTC)
        return Moment(at, "boot", 0, unsynchronised=False, max_error=0)

    def elapsed(self) -> float:
        return 0.0


@dataclass
class Minutes:
    """What a witness has said to whoever runs it."""

    lines: list[str] = field(default_factory=list)

    def __call__(self, line: str) -> None:
        self.lines.append(line)


def known_logs(*origins: str) -> Logs:
    return {origin: (log_key(origin, made_up_key(origin)),) for origin in origins}


@contextmanager
def witness_on(
    file: Path,
    clock: HandSetClock | None = None,
    minutes: Minutes | None = None,
    name: str = WITNESS,
) -> Iterator[tuple[Witness, WitnessState]]:
    state = WitnessState.open(file)
    try:
        yield (
            Witness(
                name,
                made_up_key(name),
                known_logs(ORIGIN, SECOND_ORIGIN),
                state,
                clock or HandSetClock(),
                minutes or Minutes(),
            ),
            state,
        )
    finally:
        state.close()


@dataclass
class Standing:
    """A witness behind a port."""

    port: int
    file: Path
    minutes: Minutes
    clock: HandSetClock
    is_tls: bool

    def client(
        self, vkey: VerifierKey = VKEY, timeout: float = 20, tls: ssl.SSLContext | None = None
    ) -> WitnessClient:
        scheme = "https" if self.is_tls else "http"
        return WitnessClient(f"{scheme}://127.0.0.1:{self.port}", vkey, timeout, tls)

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def head(self, origin: str = ORIGIN) -> tuple[int, bytes]:
        return head_in(self.file, origin)


@contextmanager
def standing_witness(
    file: Path,
    tls: ssl.SSLContext | None = None,
    patience: Patience | None = None,
    name: str = WITNESS,
) -> Iterator[Standing]:
    """Serve in a thread, with a loop of its own, until the test is over."""
    minutes, clock = Minutes(), HandSetClock()
    ready = threading.Event()
    ports: list[int] = []
    ends: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        ended = asyncio.Event()
        ends.append((asyncio.get_running_loop(), ended))
        with witness_on(file, clock, minutes, name) as (witness, _):
            server = WitnessServer(witness, minutes, tls, patience or Patience())
            await server.serve("127.0.0.1", 0, ended, told)

    def told(port: int) -> None:
        ports.append(port)
        ready.set()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert ready.wait(20)
        yield Standing(ports[0], file, minutes, clock, tls is not None)
    finally:
        for loop, ended in ends:
            loop.call_soon_threadsafe(ended.set)
        thread.join(20)
        assert not thread.is_alive()


def head_in(file: Path, origin: str = ORIGIN) -> tuple[int, bytes]:
    state = WitnessState.open(file)
    try:
        with state.turn() as turn:
            head = turn.head(origin)
            return head.size, head.root
    finally:
        state.close()


@dataclass
class LoggingBench:
    """A bench with a key and a record that grows; another with the same key is its clone."""

    origin: str = ORIGIN
    hashes: list[bytes] = field(default_factory=list)
    cosigned: int = 0

    def grow(self, count: int, mark: str = "") -> None:
        start = len(self.hashes)
        self.hashes += [leaf(f"{mark}{start + n}".encode()) for n in range(count)]

    def clone(self) -> LoggingBench:
        return LoggingBench(self.origin, list(self.hashes), self.cosigned)

    @property
    def tree(self) -> Tree:
        return tree_of(self.hashes)

    @property
    def note(self) -> SignedNote:
        return signed_head(self.hashes, len(self.hashes), self.origin)


def asked(
    old: int, size: int, hashes: Sequence[bytes] = HISTORY, origin: str = ORIGIN
) -> AddCheckpoint:
    """What an honest bench with this record would ask."""
    path = tree_of(hashes).consistency(old, size) if old <= size else ()
    return AddCheckpoint(old, path, signed_head(hashes, size, origin))


def body(request: AddCheckpoint, without: Iterable[str] = ()) -> bytes:
    text = str(request)
    for each in without:
        assert each in text
        text = text.replace(each, "")
    return text.encode()
