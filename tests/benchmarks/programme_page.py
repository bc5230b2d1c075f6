"""The roll-out's page at 40,000 handsets and 800,000 events: asked of the book, made into a view.

Shown is the window's page of it as well, offscreen.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.stock.programme.asking import ask
from bench.stock.programme.telling import Teller
from bench.stock.programme.view import RollOutView
from tests.benchmarks.figures import Figure
from tests.benchmarks.full_house import full_house

_MS = 1000.0
_AT = datetime(2026, 5, 20, 12, tzinfo=UTC)
_LIMIT = 300.0


def programme_page(times: int) -> Iterator[Figure]:
    """Ask and show it; the house is made anew unless `FULL_HOUSE` names the folder of one."""
    kept = os.environ.get("FULL_HOUSE")
    with (
        tempfile.TemporaryDirectory(prefix="house-") as folder,
        full_house(Path(kept or folder)) as (ledger, book),
    ):
        events = ledger.tail().seq
        teller = Teller(_AT, "bench-07", simulated=True)
        asked, shown = [], []
        for _ in range(3 * times):
            began = time.perf_counter()
            view = ask(book.connection, teller)
            asked.append((time.perf_counter() - began) * _MS)
            shown.append(asked[-1] + _shown(view))
    name = f"the roll-out at {events} events"
    yield Figure(f"{name}, asked", "ms", asked, limit=_LIMIT, worst=True)
    yield Figure(f"{name}, asked, made and painted", "ms", shown, limit=_LIMIT)


def _shown(view: RollOutView) -> float:
    """Return the milliseconds in which a new page of it is made and painted, libraries loaded."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - only here is a window needed

    from app.rollout.page import RollOutPage  # noqa: PLC0415 - as above
    from app.theme import LIGHT  # noqa: PLC0415 - as above

    application = QApplication.instance() or QApplication([])
    began = time.perf_counter()
    page = RollOutPage(LIGHT)
    page.resize(1200, 800)
    page.show_page(view)
    page.show()
    application.processEvents()
    page.grab()
    took = (time.perf_counter() - began) * _MS
    page.close()
    page.deleteLater()
    return took
