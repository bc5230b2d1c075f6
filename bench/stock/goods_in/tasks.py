"""What the goods-in desk offers of this room, in the order of the keys."""

from __future__ import annotations

from bench.stock.desk.means import Means
from bench.stock.desk.turns import Offer
from bench.stock.goods_in import counting, dead, open_ones, screens
from bench.stock.goods_in.printed import DISCREPANCIES
from bench.stock.papers.desk import Printing


def offered(means: Means) -> tuple[Offer, ...]:
    """Return the tasks of this room."""
    return (
        Offer("count", screens.TITLE, lambda: counting.Counting(means), first=True),
        Offer("fleet", "Count in the earlier fleet", lambda: counting.fleet(means)),
        Offer("dead-on-arrival", dead.TITLE, lambda: dead.DeadOnArrival(means)),
        Offer("open", open_ones.TITLE, lambda: open_ones.OpenOnes(means)),
        Offer("odd", DISCREPANCIES.title, lambda: Printing(means, DISCREPANCIES)),
    )
