"""The figure of the window while a record goes to the centre."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks.figures import Figure, quantile
from tests.benchmarks.peers import Lab, has_display

_MS = 1000.0
_IDLE = 4.0
_LIMIT_MS = 50.0
_EVENTS = 24_000


def sync_window(times: int) -> Iterator[Figure]:
    """Show the window while 24,000 events that wait are sent to a PostgreSQL on this computer."""
    for platform in ("offscreen", "xcb") if has_display() else ("offscreen",):
        with Lab.open(platform) as lab:
            busy, idle = [], []
            for _ in range(times):
                idle.append(lab.run("window", "--empty", str(_IDLE)))
                busy.append(lab.run("sync_window", "--events", str(_EVENTS)))
        late, least = ([[s * _MS for s in run["late_s"]] for run in runs] for runs in (busy, idle))
        name = f"10 ms tick while a record is sent, {platform}"
        yield Figure(
            f"{name}: worst late", "ms", [max(run) for run in late], [max(run) for run in least],
            "empty window", limit=_LIMIT_MS, worst=True,
            notes={"ticks": [len(run) for run in late], "seconds": [run["sync_s"] for run in busy]},
        )  # fmt: skip
        yield Figure(
            f"{name}: p99 late", "ms", [quantile(run, 0.99) for run in late],
            [quantile(run, 0.99) for run in least], "empty window",
        )  # fmt: skip
