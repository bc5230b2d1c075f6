"""What is measured of scanners, beside their floors."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks.figures import Figure, quantile
from tests.benchmarks.peers import Lab

_MS = 1000.0
_MOST_MS = 1.0
"""What a frame may take longer than with a bare reader, at the 99th percentile."""


def scan_frames(times: int) -> Iterator[Figure]:
    """Send frames down a scanner's line."""
    with Lab.open() as lab:
        runs = [lab.run("scan_frames") for _ in range(times)]
    for mark, share in (("p50", 0.5), ("p99", 0.99)):
        took, bare = ([quantile(run[k], share) * _MS for run in runs] for k in ("product", "bare"))
        yield Figure(f"scan frame to handler: {mark}", "ms", took, bare, "bare add_reader")
    over = [(quantile(run["product"], 0.99) - quantile(run["bare"], 0.99)) * _MS for run in runs]
    notes = {"runs": runs}
    yield Figure("the same, p99 over the bare reader's", "ms", over, limit=_MOST_MS, notes=notes)
