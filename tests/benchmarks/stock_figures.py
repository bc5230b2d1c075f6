"""What is measured of the stock at full size: 40,000 handsets and 800,000 events."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from tests.benchmarks.figures import Figure, quantile
from tests.benchmarks.peers import ROOT

_MS = 1000.0


def stock_search(times: int) -> Iterator[Figure]:
    """Find by whatever is known, and turn the pages of lists."""
    run = _run("search", times)
    for what in ("search", "list"):
        took = [second * _MS for second in run[what]]
        name = f"{what} at 40,000 handsets, {run['events']} events"
        yield Figure(f"{name}, p50", "ms", [quantile(took, 0.5)])
        yield Figure(f"{name}, worst", "ms", took, limit=50.0, worst=True)


def stock_report(times: int) -> Iterator[Figure]:
    """Write 30,000 rows; what they take more of memory than 3,000 is what does not stream."""
    for form in ("csv", "jsonl", "pdf"):
        run = _run(form, times)
        took = [each["seconds"] for each in run["many"]]
        name = f"report of {run['rows']} rows, {form}"
        yield Figure(name, "s", took, run["bare"], "Python's csv", notes={"run": run})
        grown = [each["grown_mib"] for each in run["many"]]
        yield Figure(f"{name}: memory beyond 3,000 rows'", "MiB", grown, limit=8.0, worst=True)


def _run(what: str, times: int) -> Any:
    words = (sys.executable, "-m", "tests.benchmarks.stock_bench", what, "--turns", str(times))
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)
