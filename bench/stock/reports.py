"""Which reports can be asked for by name, without more being said: `stock report NAME`.

A report that needs to know which order or handset it is about is a function of its room.
"""

from __future__ import annotations

from datetime import datetime

from bench.stock.finding.reports import EVERY_HANDSET
from bench.stock.gaps.reports import gap_report
from bench.stock.goods_in.printed import DISCREPANCIES, ORDERS
from bench.stock.papers.report import Report


def reports(now: datetime) -> tuple[Report, ...]:
    """Return them in the order in which they are offered, as of this moment."""
    return (EVERY_HANDSET, ORDERS, DISCREPANCIES, gap_report(now))
