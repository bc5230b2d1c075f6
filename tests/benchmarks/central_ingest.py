"""Six hundred thousand events of eight benches into a central store, beside a bare COPY of them.

Both into the same partitions, indexes and triggers, empty at first, in databases of one server that
writes through to the disk. The benches come over TLS with certificates, the copying ones as
superusers over a socket, which is a floor that nothing checks.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import psycopg

from tests.benchmarks.figures import Figure
from tests.benchmarks.peers import peer
from tests.peers.centre.centre_room import CentreRoom, centre_room

_BENCHES, _EVENTS, _BATCH = 8, 600_000, 1000
_LEAST = 16_000
"""Events a second that are wanted, and a quarter of what COPY does where that is more."""
_PEER = "tests.benchmarks.central_bench"


def central_ingest(times: int) -> Iterator[Figure]:
    """Bring them, and copy them, in turns."""
    taken, copied = [], []
    for _ in range(times):
        with tempfile.TemporaryDirectory(prefix="ingest-") as folder:
            brought, bare = ingest(Path(folder))
            taken.append(brought)
            copied.append(bare)
    name = f"{_EVENTS} events of {_BENCHES} benches"
    notes = {"batch": _BATCH, "per_second": [_EVENTS / seconds for seconds in taken],
             "copied_per_second": [_EVENTS / seconds for seconds in copied]}  # fmt: skip
    floor = "binary COPY, unchecked"
    yield Figure(name, "s", taken, copied, floor, ratio=4.0, notes=notes)
    yield Figure(f"{name}, at least {_LEAST}/s", "s", taken, limit=_EVENTS / _LEAST)


def ingest(folder: Path, events: int = _EVENTS, batch: int = _BATCH) -> tuple[float, float]:
    """Return seconds that bringing and that copying took."""
    each = events // _BENCHES
    with centre_room(folder, durable=True) as room:
        _make_twin(room, "copied")
        names = [f"bench-{number}" for number in range(1, _BENCHES + 1)]
        brought = _together([_bench_words(room, name, each, batch) for name in names])
        files = [_rows_of(room, name, folder, each) for name in names]
        dsn = room.dsn.replace("dbname=custody", "dbname=copied")
        copied = _together([("--rows", str(file), "--dsn", dsn) for file in files])
        if _counted(room.dsn) != _counted(dsn) or _counted(dsn) != each * _BENCHES:
            raise RuntimeError("the two do not have the same events")
    return brought, copied


def _bench_words(room: CentreRoom, name: str, events: int, batch: int) -> tuple[str, ...]:
    its = room.add_bench(name)
    return (
        "--bench", name, "--events", str(events), "--batch", str(batch),
        "--address", f"postgresql://localhost:{room.server.port}/{room.database}",
        "--certificate", str(its.certificate), "--key", str(its.key), "--trust", str(its.trust),
    )  # fmt: skip


def _together(each: Sequence[tuple[str, ...]]) -> float:
    """Run peers that begin at once; return the seconds from the first's begin to the last's end."""
    with ExitStack() as stack:
        peers = [stack.enter_context(peer(_PEER, *words)) for words in each]
        for its in peers:
            assert its.process.stdin
            its.process.stdin.write("\n")
            its.process.stdin.flush()
        told = [its.finish() for its in peers]
    return float(max(its["ended"] for its in told) - min(its["began"] for its in told))


def _make_twin(room: CentreRoom, name: str) -> None:
    with psycopg.connect(room.server.admin, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {room.database}".encode())


def _rows_of(room: CentreRoom, name: str, folder: Path, events: int) -> Path:
    file = folder / f"{name}.rows"
    rows = ("COPY (SELECT e.* FROM custody.event e JOIN custody.bench USING (bench_no)"
            f" WHERE bench_id = '{name}' ORDER BY seq) TO STDOUT (FORMAT binary)")  # fmt: skip
    with room.admin() as admin, admin.cursor() as cursor, file.open("wb") as kept:
        with cursor.copy(rows.encode()) as line:
            for piece in line:
                kept.write(piece)
        if cursor.rowcount != events:
            raise RuntimeError(f"{cursor.rowcount} of {events} events of {name} arrived")
    return file


def _counted(dsn: str) -> int:
    with psycopg.connect(dsn) as admin:
        row = admin.execute("SELECT count(*) FROM custody.event").fetchone()
    assert row is not None
    return int(row[0])
