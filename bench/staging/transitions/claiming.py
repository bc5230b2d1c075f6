"""A box is scanned for a run: box and handset agree, or the run is held with both values."""

from __future__ import annotations

from dataclasses import replace

from bench.events.orders import CustodyKind, Json, Record
from bench.events.run import ImeiScanned
from bench.problems import ProblemCode
from bench.staging.run import StagingRun
from bench.staging.transitions.answers import LINK, Advance, hold, not_now
from bench.staging.transitions.comparing import contradictions, identities
from bench.staging.transitions.deciding import resume
from bench.staging.transitions.working import start_step


def box(run: StagingRun, fact: ImeiScanned) -> Advance:
    """Take custody: box and handset name the same IMEI, and the first step starts."""
    if run.identity is None or fact.imei not in run.identity.imeis:
        return wrong_box(run, fact)
    if differs := contradictions(run.identity, fact.also):
        values = (*identities(run, box=fact.imei), *differs)
        return hold(run, ProblemCode.BOX_CONTRADICTS, values=values)
    claimed = replace(
        run,
        imei=fact.imei,
        asset_tag=run.asset_tag or fact.next_tag,
        recorded=True,
        hold=None,
        boxed=None,
    )
    data: dict[str, Json] = {"box": str(fact.imei)}
    if run.identity.is_partial:
        data["said_by"] = run.identity.said_by.value
    after, orders = start_step(claimed)
    return after, (Record(CustodyKind.SCANNED, data), *orders)


def box_before_handset(run: StagingRun, fact: ImeiScanned) -> Advance:
    """Keep what the box says until the handset's screen is scanned: nothing else can tell.

    A screen that says something else than the box holds the run; one that says the same makes the
    handset known, before this.
    """
    if not run.plan.before_setup or run.session is not None:
        return not_now(run)
    if run.boxed is None:
        return replace(run, boxed=fact.imei), ()
    values = (("box", str(run.boxed)), ("screen", str(fact.imei)), ("label", "not read yet"))
    known = replace(run, boxed=None, recorded=True)
    return hold(known, ProblemCode.IMEI_MISMATCH, values=values)


def proof(run: StagingRun, fact: ImeiScanned) -> Advance:
    """Take the scan of its own code for the word that this run's handset is the one in the slot."""
    if not run.must_be_proven or fact.imei != run.imei:
        return not_now(run)
    return replace(run, proven=True), ()


def wrong_box(run: StagingRun, fact: ImeiScanned) -> Advance:
    """Hold with all values shown."""
    return hold(run, ProblemCode.IMEI_MISMATCH, values=identities(run, box=fact.imei))


def box_while_held(run: StagingRun, fact: ImeiScanned) -> Advance:
    """The right box after a wrong one is the decision itself, and so is one that proves it back."""
    if run.identity is None or fact.imei not in run.identity.imeis or not run.present:
        return not_now(run)
    if fact.imei == run.imei and not run.proven and not run.needs_link:
        proven = replace(run, proven=True)
        links = run.hold is not None and run.hold.code in LINK
        return resume(proven, "its own code scanned again") if links else (proven, ())
    wrong = run.hold is not None and run.hold.code in MENDED_BY_A_BOX
    if not wrong or not run.proven:
        return not_now(run)
    after, orders = box(run, fact)
    return after, (Record(CustodyKind.RESUMED, reason="right box scanned"), *orders)


MENDED_BY_A_BOX = (ProblemCode.IMEI_MISMATCH, ProblemCode.BOX_CONTRADICTS)
"""Holds that the right box ends."""
