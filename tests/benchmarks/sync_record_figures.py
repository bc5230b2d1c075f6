"""The figures of a record on its way to the centre: a night's seconds, and a million in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from tests.benchmarks.figures import Figure
from tests.benchmarks.peers import ROOT, Lab

_NIGHT, _NIGHT_SECONDS = 2_000, 2.0
_SHORT, _LONG = 100_000, 1_000_000
_FLAT = 1.1
"""How much more memory ten times the events may take: what chance makes of a process."""


@contextmanager
def _on_this_disk() -> Iterator[str]:
    (ROOT / "out").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "out") as folder:
        yield folder


def sync_night(times: int) -> Iterator[Figure]:
    """Send a night's events of one bench."""
    with Lab.open() as lab, _on_this_disk() as disk:
        words = ("night", "--events", str(_NIGHT), "--turns", str(times), "--disk", disk)
        took = lab.run("sync_record", *words)
    name = f"a night of {_NIGHT} events to the centre"
    yield Figure(f"{name}, after connect", "s", took["send"], limit=_NIGHT_SECONDS, worst=True)
    yield Figure("connect to the centre, to its first answer", "s", took["connect"])
    yield Figure(f"{name}, the whole command", "s", took["command"])


def sync_memory(_times: int) -> Iterator[Figure]:
    """Send a million events by the command, and a tenth of them; compare its peaks of memory."""
    with Lab.open() as lab, _on_this_disk() as disk:
        short, long = (
            lab.run("sync_record", "memory", "--events", str(events), "--disk", disk)
            for events in (_SHORT, _LONG)
        )
    yield Figure(
        f"peak memory of a sync of {_LONG} events", "MiB", [long["peak_mib"]],
        [short["peak_mib"]], f"of {_SHORT}", ratio=_FLAT, notes={"seconds": long["seconds"]},
    )  # fmt: skip
    yield Figure("events synced by one bench", "1/s", [_LONG / long["seconds"]])
