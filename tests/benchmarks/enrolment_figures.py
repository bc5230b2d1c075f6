"""What is measured of the codes for a handset's camera."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks.figures import Figure, quantile
from tests.benchmarks.peers import Lab

_MOST_MS = 20.0


def enrolment_codes(times: int) -> Iterator[Figure]:
    """Make and paint codes: the usual payload's, and the largest there is."""
    with Lab.open() as lab:
        runs = [lab.run("enrolment_code") for _ in range(times)]
    for case in runs[0]:
        painted, bare = ([quantile(run[case][key], 0.5) for run in runs] for key in _KEYS)
        yield Figure(
            f"QR content to painted code, {case}", "ms", painted, bare, "bare matrix",
            limit=_MOST_MS,
            notes={"p99": [quantile(run[case]["painted"], 0.99) for run in runs]},
        )  # fmt: skip


_KEYS = ("painted", "bare")
