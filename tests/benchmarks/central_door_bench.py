"""One bench that brings events through either door, in a process of its own.

Says a line of JSON when it is ready, begins at a line on its input, and says when it began and
ended (seconds of the system's monotonic clock).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.inventory.centre import Centre, Status
from bench.inventory.doors.https import HttpsDoor, WebPass
from bench.inventory.doors.postgres import PostgresDoor
from tests.benchmarks.central_bench import events


def main() -> None:
    """Bring them when told to."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.central_door_bench")
    for name in ("bench", "address"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("events", "batch"):
        parser.add_argument(f"--{name}", type=int, required=True)
    for name in ("certificate", "key", "trust"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    asked = parser.parse_args()
    brought = events(asked.bench, asked.events)
    _say({"ready": True})
    sys.stdin.readline()
    began = time.monotonic()
    with closing(_door(asked)) as door:
        for after in range(0, len(brought), asked.batch):
            answer = door.exchange(1, after + 1, brought[after : after + asked.batch])
            if answer.status is not Status.OK:
                raise RuntimeError(str(answer))
    _say({"began": began, "ended": time.monotonic()})


def _door(asked: argparse.Namespace) -> Centre:
    if asked.address.startswith("https:"):
        shown = WebPass(asked.bench, asked.certificate, asked.key, trust=asked.trust)
        return HttpsDoor(asked.address, shown)
    return PostgresDoor(asked.address, asked.certificate, asked.key, asked.trust, asked.bench)


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
