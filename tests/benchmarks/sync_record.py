"""A record sent to a PostgreSQL on this computer: a night's events, and a million in one go.

In a process of its own; prints seconds and MiB as JSON. The store writes through to the disk.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bench.clock import SystemClock
from bench.inventory.sync.inbox import Inbox
from bench.inventory.sync.sending import Limits, Outcome, Sending
from tests.benchmarks.long_record import fill
from tests.benchmarks.wave_bench import ledger_in
from tests.peers.centre.centre_room import CentreRoom, centre_room
from tests.peers.sync.long_records import lengthen
from tests.peers.sync.sync_room import BenchRoom, new_bench


@contextmanager
def store(folder: Path) -> Iterator[CentreRoom]:
    """Begin a central store for training."""
    place = folder / "centre"
    place.mkdir()
    with centre_room(place, durable=True, simulated=True) as room:
        yield room


def night(folder: Path, events: int, turns: int) -> dict[str, list[float]]:
    """Send a night's events of a bench, as it records them; seconds from its first answer on."""
    took: dict[str, list[float]] = {"connect": [], "send": [], "command": []}
    with store(folder) as centre:
        for _ in range(turns):
            took["command"].append(_whole(_filled(centre, folder, events)))
            room = _filled(centre, folder, events)
            with room.session() as has:
                began = time.perf_counter()
                has.courier.go()
                connected = time.perf_counter()
                sending = Sending(has, SystemClock(), Limits(), lambda _: None, Inbox())
                if sending.send().outcome is not Outcome.IN_STEP:
                    raise RuntimeError("not in step")
                took["send"].append(time.perf_counter() - connected)
                took["connect"].append(connected - began)
    return took


def _filled(centre: CentreRoom, folder: Path, events: int) -> BenchRoom:
    room = new_bench(centre, folder)
    with closing(ledger_in(room.folder, room.name, "0" * 64)) as ledger:
        fill(ledger, events)
    return room


def _whole(room: BenchRoom) -> float:
    began = time.perf_counter()
    subprocess.run(room.words("--quiet"), check=True, timeout=600)
    return time.perf_counter() - began


def memory(folder: Path, events: int) -> dict[str, float]:
    """Send a long record by the command; its peak of memory in MiB, and its seconds."""
    with store(folder) as centre:
        room = new_bench(centre, folder, events=2)
        lengthen(room.record, room.name, events)
        began = time.perf_counter()
        running = subprocess.Popen(room.words("--quiet"))
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
        if running.returncode:
            raise RuntimeError(f"sync ended with {running.returncode}")
        return {"peak_mib": used.ru_maxrss / 1024, "seconds": time.perf_counter() - began}


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.sync_record")
    parser.add_argument("what", choices=("night", "memory"))
    parser.add_argument("--events", type=int, default=2000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--disk", type=Path, help="a folder on the disk that is meant")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sync-", dir=asked.disk) as name:
        folder = Path(name)
        found: object = (
            night(folder, asked.events, asked.turns)
            if asked.what == "night"
            else memory(folder, asked.events)
        )
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
