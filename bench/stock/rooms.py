"""Which rooms the stock has: the pages of the book, and the tasks that each workspace offers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from bench.custody.entries import Entry
from bench.events.desks import Workspace
from bench.stock.acceptance import desk as acceptance
from bench.stock.acceptance.page import ACCEPTED
from bench.stock.book.page import Page
from bench.stock.consignments.offered import offered as consigning
from bench.stock.consignments.page import CONSIGNMENTS
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Offer
from bench.stock.finding.desk import Finding
from bench.stock.finding.page import FINDING
from bench.stock.gaps.desk import Accounting
from bench.stock.gaps.page import GAPS
from bench.stock.goods_in.page import COUNTED
from bench.stock.goods_in.tasks import offered as counting
from bench.stock.handing.offered import asked as asking
from bench.stock.handing.offered import offered as handing
from bench.stock.handing.page import HOLDING
from bench.stock.intake.page import INTAKE
from bench.stock.intake.queries import unrecorded
from bench.stock.intake.tasks import naming
from bench.stock.licences import looking as licences
from bench.stock.licences.page import LICENCES
from bench.stock.packing.page import BOXES
from bench.stock.papers.desk import Choosing
from bench.stock.programme import desk as roll_out
from bench.stock.programme.page import PROGRAMME
from bench.stock.reconciling.desk import Reconciling
from bench.stock.reports import reports
from bench.stock.returns.offered import kept as keeping
from bench.stock.returns.offered import offered as returning
from bench.stock.returns.page import RETURNS
from bench.stock.shifts import desk as shifts
from bench.stock.shifts.page import SHIFTS
from bench.stock.sims import marrying, rehoming, rehoming_task
from bench.stock.sims.page import SIMS
from bench.stock.standing.page import STANDING

if TYPE_CHECKING:
    import sqlite3

PAGES: tuple[Page, ...] = (
    STANDING,
    COUNTED,
    ACCEPTED,
    PROGRAMME,
    FINDING,
    GAPS,
    SHIFTS,
    SIMS,
    LICENCES,
    BOXES,
    CONSIGNMENTS,
    HOLDING,
    RETURNS,
    INTAKE,
)
"""In the order in which they are folded: a page may look into one before it."""

TITLES = {
    Workspace.GOODS_IN: "Goods-in",
    Workspace.DISPATCH: "Dispatch",
    Workspace.CUSTODY: "Custody",
    Workspace.ROLL_OUT: "Roll-out",
}


def offers(means: Means) -> Mapping[Workspace, tuple[Offer, ...]]:
    """Return what each workspace offers, in the order of the keys."""
    return {
        Workspace.GOODS_IN: (
            *counting(means),
            Offer("take-in", "Take in a file", partial(naming.begin, means)),
            Offer("marry-sims", "Marry SIMs", marrying.begin(means)),
            Offer("rehome-sims", "Re-home SIMs", rehoming_task.begin(means)),
            Offer("accept", acceptance.TITLE, partial(acceptance.Accepting, means)),
        ),
        Workspace.DISPATCH: (*consigning(means), *handing(means), *returning(means)),
        Workspace.CUSTODY: (
            Offer("find", "Find", partial(Finding, means), first=True),
            *asking(means),
            *keeping(means),
            Offer("reconcile", "Reconcile the day", partial(Reconciling, means)),
            Offer("shift", "Hand the shift over", partial(shifts.begin, means)),
            Offer("gaps", "Gaps", partial(Accounting, means)),
            Offer("reports", "Reports", lambda: Choosing(means, reports(means.now()))),
        ),
        Workspace.ROLL_OUT: (
            Offer("roll-out", "The roll-out", partial(roll_out.begin, means)),
            Offer("licences", "Licence pools", licences.begin(means)),
        ),
    }


def owed(connection: sqlite3.Connection) -> tuple[Entry, ...]:
    """Return what the book knows and the record was not told: files taken, SIMs re-homed."""
    return (*unrecorded(connection), *rehoming.entries(connection))
