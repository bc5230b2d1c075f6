"""The tasks of the dispatch desk that end with a consignment on its way."""

from __future__ import annotations

from functools import partial

from bench.stock.consignments.beginning import Choosing
from bench.stock.consignments.handing import Leaving
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Offer
from bench.stock.packing.task import Packing


def offered(means: Means) -> tuple[Offer, ...]:
    """Return them in the order in which a handset meets them."""
    return (
        Offer("pack", "Kit and pack", partial(Packing, means)),
        Offer("consign", "Fill a consignment", partial(Choosing, means)),
        Offer("dispatch", "Hand a consignment over", partial(Leaving, means)),
    )
