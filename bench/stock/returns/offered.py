"""What the desks offer of returns."""

from __future__ import annotations

from functools import partial

from bench.stock.desk.means import Means
from bench.stock.desk.turns import Offer, Task
from bench.stock.menu import Menu
from bench.stock.returns.deeds import RELEASE, SET_ASIDE, WIPE
from bench.stock.returns.disposing import TITLE as DISPOSAL
from bench.stock.returns.disposing import Disposing
from bench.stock.returns.doing import Doing, Losing
from bench.stock.returns.returning import TITLE, Returning
from bench.stock.returns.supplier import TITLE as SUPPLIER
from bench.stock.returns.supplier import SendingBack

ASIDE = "Quarantine and disposal"


def offered(means: Means) -> tuple[Offer, ...]:
    """Return what the dispatch desk offers."""
    return (Offer("return", TITLE, partial(Returning, means)),)


def kept(means: Means) -> tuple[Offer, ...]:
    """Return what the desk of custody offers."""
    return (
        Offer("lost", "Report lost or stolen", partial(Losing, means)),
        Offer("aside", ASIDE, partial(_aside, means)),
    )


def _aside(means: Means) -> Task:
    offers = (
        Offer("set-aside", SET_ASIDE.title, partial(Doing, means, SET_ASIDE)),
        Offer("release", f"{RELEASE.title}: two persons", partial(Doing, means, RELEASE)),
        Offer("wipe", WIPE.title, partial(Doing, means, WIPE)),
        Offer("supplier", SUPPLIER, partial(SendingBack, means)),
        Offer("dispose", f"{DISPOSAL}: two persons", partial(Disposing, means)),
    )
    return Menu(ASIDE, offers)
