"""How late a ten-millisecond tick comes on the window's thread while a record is sent.

The product's window runs on a bench whose exchange sends a long record to a PostgreSQL. Prints
seconds as JSON, in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication

from app.application import run_window
from tests.benchmarks import peers
from tests.benchmarks.long_record import fill
from tests.benchmarks.sync_bench import Sync
from tests.benchmarks.wave_bench import ledger_in
from tests.benchmarks.window import Ticks

_LEAST = 20_000


def busy(events: int, folder: Path) -> dict[str, Any]:
    """Show the real window while everything that waits is sent."""
    with closing(ledger_in(folder, "benchmark", "0" * 64)) as ledger:
        fill(ledger, events)
        waiting = ledger.tail().seq
    QApplication([])
    ticks = Ticks()
    with peers.peer("tests.benchmarks.centre", "--bench", "benchmark") as centre:
        bench = Sync(folder, centre.introduction)
        if run_window(bench, finish="close", linger=0.0, reports=folder):
            raise RuntimeError("the window ended badly")
        if centre.finish()["events"] < waiting or "psycopg" in sys.modules:
            raise RuntimeError("not everything arrived, or it went through this process")
    technician = bench.technician
    return {
        "late_s": ticks.lateness(technician.began, technician.ended),
        "events": waiting,
        "sync_s": technician.ended - technician.began,
        "views": technician.views,
    }


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.sync_window")
    parser.add_argument("--events", type=int, default=_LEAST)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="staging-bench-") as folder:
        sys.stdout.write(json.dumps(busy(asked.events, Path(folder))) + "\n")


if __name__ == "__main__":
    main()
