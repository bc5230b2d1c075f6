"""The roll-out's page at 40,000 handsets and 800,000 events: asked, made into a view, painted.

Each opening is the first of a process, as whoever goes to the roll-out meets it: its libraries are
loaded in the time that is measured. What the window and the bench have loaded before is not.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.figures import Figure
from tests.benchmarks.full_house import full_house, standing_house
from tests.benchmarks.peers import ROOT

_MS = 1000.0
_AT = datetime(2026, 5, 20, 12, tzinfo=UTC)
_LIMIT = 300.0


def programme_page(times: int) -> Iterator[Figure]:
    """Open it in a process after another; the house is made if need be, and left standing."""
    house = standing_house()
    with full_house(house) as (ledger, _):
        events = ledger.tail().seq
    runs = [_run(house) for _ in range(3 * times)]
    name = f"the roll-out at {events} events"
    for what, words in (
        ("asked", "asked"),
        ("first", "opened for the first time, worst"),
        ("again", "counted anew and shown"),
    ):
        took = [run[what] for run in runs]
        yield Figure(f"{name}, {words}", "ms", took, limit=_LIMIT, worst=True)


def _run(house: Path) -> dict[str, float]:
    words = (sys.executable, "-m", "tests.benchmarks.programme_page", str(house))
    done = subprocess.run(
        words, cwd=ROOT, capture_output=True, text=True, check=True,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout)
    return found


def opening(house: Path) -> dict[str, float]:
    """Return the milliseconds of the first opening, of the question in it, and of the next."""
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - measured in a process of its own

    import app.desks.stack  # noqa: PLC0415 - what the window has loaded by then
    import app.workplace  # noqa: PLC0415 - as above
    from app.theme import LIGHT  # noqa: PLC0415 - as above
    from bench.custody.database import PLAIN  # noqa: PLC0415 - as above
    from bench.stock import rooms  # noqa: PLC0415 - what the bench has loaded
    from bench.stock.book.book import beside  # noqa: PLC0415 - as above

    _ = app.desks.stack, app.workplace, rooms
    application = QApplication(["benchmark"])
    book = PLAIN.read(beside(house / "ledger.db"))
    began = time.perf_counter()
    from bench.stock.programme.asking import ask  # noqa: PLC0415 - it is measured
    from bench.stock.programme.telling import Teller  # noqa: PLC0415 - as above

    teller = Teller(_AT, "bench-07", simulated=True)
    view = ask(book, teller)
    asked = time.perf_counter()
    from app.rollout.page import RollOutPage  # noqa: PLC0415 - as above

    page = RollOutPage(LIGHT)
    page.resize(1330, 490)
    page.show_page(view)
    page.show()
    page.grab()
    first = time.perf_counter()
    while page.is_behind:
        application.processEvents()
    renewed = time.perf_counter()
    page.show_page(ask(book, teller))
    while page.is_behind:
        application.processEvents()
    page.grab()
    again = time.perf_counter() - renewed
    return {
        "asked": (asked - began) * _MS,
        "first": (first - began) * _MS,
        "again": again * _MS,
    }


def main() -> None:
    """Measure one opening."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.programme_page")
    parser.add_argument("house", type=Path)
    sys.stdout.write(json.dumps(opening(parser.parse_args().house)) + "\n")


if __name__ == "__main__":
    main()
