"""One wave on a headless bench, in a process of its own; prints what it took as JSON."""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.custody.verification import verify_file
from tests.benchmarks import peers
from tests.benchmarks.wave_bench import Wave


def staged(count: int, seconds: float, folder: Path) -> dict[str, Any]:
    """Stage a wave; return wall, the handsets' own time, and what the bench process used."""
    with peers.handsets(count, seconds) as handsets, peers.label_printer() as printer:
        wave = Wave(handsets.introduction["handsets"], printer.introduction["port"], folder)
        before = time.process_time()
        asyncio.run(wave.run(lambda _: None, lambda _: None))
        processor = time.process_time() - before
        return account(wave, handsets, printer) | {"processor_s": processor}


def account(wave: Wave, handsets: peers.Peer, printer: peers.Peer) -> dict[str, Any]:
    """Check that the wave was truly staged, and say what it took."""
    each = handsets.finish()["handsets"]
    labels = printer.finish()["labels"]
    verdict = verify_file(wave.folder / "ledger.db")
    if len(set(labels)) != len(each) or None in labels or not verdict.verifies:
        raise RuntimeError("the wave was not staged")
    began = wave.clockwork.plugged
    return {
        "wall_s": wave.clockwork.wall,
        "busy_s": max(handset["busy_s"] for handset in each),
        "services": max(handset["steps"] for handset in each),
        "events": verdict.events,
        "rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "first_and_last_s": {
            what: [round(min(at) - began, 3), round(max(at) - began, 3)]
            for what, at in wave.clockwork.moments.items()
        },
    }


def main() -> None:
    """Run one wave."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.wave")
    parser.add_argument("--handsets", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=1.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="staging-bench-") as folder:
        sys.stdout.write(json.dumps(staged(asked.handsets, asked.seconds, Path(folder))) + "\n")


if __name__ == "__main__":
    main()
