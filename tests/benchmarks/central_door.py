"""Events of one bench and of eight through the door over HTTPS, beside the same ones without it.

Both over TLS with certificates, into one store that writes through to the disk; the door is a
process of its own, benches too.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks.figures import Figure
from tests.benchmarks.peers import peer
from tests.peers.centre.centre_room import CentreRoom, centre_room
from tests.peers.door.door_room import open_door

_EVENTS, _BATCH = 80_000, 500
_PEER = "tests.benchmarks.central_door_bench"


def central_door(times: int) -> Iterator[Figure]:
    """Bring them through each door in turns."""
    for benches in (1, 8):
        web, direct = [], []
        for _ in range(times):
            with tempfile.TemporaryDirectory(prefix="door-") as folder:
                over_web, over_postgres = bring(Path(folder), benches)
                web.append(over_web)
                direct.append(over_postgres)
        notes = {"batch": _BATCH, "per_second": [_EVENTS / seconds for seconds in web],
                 "direct_per_second": [_EVENTS / seconds for seconds in direct]}  # fmt: skip
        name = f"{_EVENTS} events of {benches} over HTTPS"
        yield Figure(name, "s", web, direct, "PostgreSQL itself", notes=notes)


def bring(folder: Path, benches: int, events: int = _EVENTS) -> tuple[float, float]:
    """Return the seconds through the door over HTTPS, and those to PostgreSQL itself."""
    with centre_room(folder, durable=True) as centre, open_door(centre) as room:
        direct = f"postgresql://localhost:{centre.server.port}/{centre.database}"
        took = [
            _together(centre, address, [f"{word}-{each}" for each in range(benches)], events)
            for word, address in (("web", room.address), ("direct", direct))
        ]
        with centre.admin() as admin:
            if admin.execute("SELECT count(*) FROM custody.event").fetchone() != (2 * events,):
                raise RuntimeError("not every event arrived")
    return took[0], took[1]


def _together(centre: CentreRoom, address: str, names: list[str], events: int) -> float:
    with ExitStack() as stack:
        peers = []
        for name in names:
            its = centre.add_bench(name)
            words = (
                "--bench", name, "--address", address, "--batch", str(_BATCH),
                "--events", str(events // len(names)), "--certificate", str(its.certificate),
                "--key", str(its.key), "--trust", str(its.trust),
            )  # fmt: skip
            peers.append(stack.enter_context(peer(_PEER, *words)))
        for each in peers:
            assert each.process.stdin
            each.process.stdin.write("\n")
            each.process.stdin.flush()
        told = [each.finish() for each in peers]
    return float(max(its["ended"] for its in told) - min(its["began"] for its in told))
