"""How many handsets stand where; from the page's own indexes, in a few milliseconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bench.stock.standing.places import ELSEWHERE, LOST

if TYPE_CHECKING:
    import sqlite3

_BY_PHASE = "SELECT phase, count(*) FROM handset GROUP BY phase"
_ELSEWHERE = f"""SELECT phase, place = ?, count(*) FROM handset
WHERE phase NOT IN ('', 'new', 'disposed') AND {ELSEWHERE} GROUP BY 1, 2"""  # noqa: S608 - our own words


def here(book: sqlite3.Connection) -> Mapping[str, int]:
    """Return how many handsets are in each phase, but for those lost or at their supplier."""
    found = Counter(dict(book.execute(_BY_PHASE).fetchall()))
    for phase, _, count in book.execute(_ELSEWHERE, (LOST,)):
        found[phase] -= count
    return dict(+found)


def lost_and_sent_back(book: sqlite3.Connection) -> tuple[int, int]:
    """Return how many handsets are lost, and how many are at their supplier."""
    found: Counter[bool] = Counter()
    for _, is_lost, count in book.execute(_ELSEWHERE, (LOST,)):
        found[bool(is_lost)] += count
    return found[True], found[False]
