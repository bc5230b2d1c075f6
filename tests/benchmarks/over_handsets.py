"""A program that measures something of simulated handsets, which another process serves."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeAlias

from tests.benchmarks import peers

Measure: TypeAlias = Callable[[list[str], Path, int], Coroutine[Any, Any, Any]]
"""Given the addresses of the handsets, a home for a server, and how often to repeat."""


def main_of(program: str, measure: Measure) -> None:
    """Measure, and print what it took."""
    parser = argparse.ArgumentParser(prog=f"python -m {program}")
    parser.add_argument("--handsets", type=int, default=64)
    parser.add_argument("--repetitions", type=int, default=15)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, peers.handsets(asked.handsets) as handsets:
        addresses = [told["address"] for told in handsets.introduction["handsets"]]
        took = asyncio.run(measure(addresses, Path(home), asked.repetitions))
    sys.stdout.write(json.dumps(took) + "\n")
