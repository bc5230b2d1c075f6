"""`python -m tests.benchmarks`: prints every figure beside its floor, and writes them as JSON.

Both are measured in the same run, because no figure of one computer means anything on another.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks import machine
from tests.benchmarks.figures import HEAD, Figure, table
from tests.benchmarks.measurements import ALL


def main(words: Sequence[str] | None = None) -> int:
    """Measure what is asked for; return 0 whatever comes of it, as nothing is asserted here."""
    asked = _arguments(words)
    began, facts = time.monotonic(), machine.facts()
    sys.stdout.write(json.dumps(facts) + "\n")
    figures: list[Figure] = []
    for name in asked.only or ALL:
        sys.stderr.write(f"measuring: {name}\n")
        for figure in ALL[name](asked.repetitions):
            figures.append(figure)
            sys.stderr.write(f"  {'  '.join(filter(None, figure.row()))}\n")
    sys.stdout.write(table([HEAD, *(figure.row() for figure in figures)]) + "\n")
    record = {
        "machine": facts | {"load_after": list(os.getloadavg())},
        "seconds": time.monotonic() - began,
        "figures": [figure.record() for figure in figures],
    }
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{record['seconds']:.0f} s; every repetition is in {asked.out}\n")
    return 0


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--out", type=Path, default=Path("out/benchmark.json"), metavar="FILE")
    parser.add_argument("--repetitions", type=int, default=3, metavar="N")
    parser.add_argument("--only", action="append", choices=sorted(ALL), help="may be repeated")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
