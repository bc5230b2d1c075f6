"""What the desks offer of hand-over."""

from __future__ import annotations

from functools import partial

from bench.stock.desk.means import Means
from bench.stock.desk.turns import Offer
from bench.stock.handing.asking import Asking
from bench.stock.handing.receiving import Receiving
from bench.stock.handing.task import HandingOver


def offered(means: Means) -> tuple[Offer, ...]:
    """Return what is done with handsets that have left."""
    return (
        Offer("receive", "Receive a consignment", partial(Receiving, means)),
        Offer("hand-over", "Hand over to a person", partial(HandingOver, means)),
    )


def asked(means: Means) -> tuple[Offer, ...]:
    """Return what is asked about them."""
    return (Offer("who-has", "Who has it", partial(Asking, means)),)
