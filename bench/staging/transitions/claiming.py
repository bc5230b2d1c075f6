"""A box is scanned for a run: box and handset agree, or the run is held with both values."""

from __future__ import annotations

from dataclasses import replace

from bench.events.orders import CustodyKind, Record
from bench.events.run import ImeiScanned
from bench.problems import ProblemCode
from bench.staging.run import StagingRun
from bench.staging.transitions.answers import Advance, hold, not_now
from bench.staging.transitions.working import start_step


def box(run: StagingRun, fact: ImeiScanned) -> Advance:
    """Take custody: box and handset name the same IMEI, and the first step starts."""
    if run.identity is None or fact.imei not in run.identity.imeis:
        return wrong_box(run, fact)
    claimed = replace(
        run, imei=fact.imei, asset_tag=run.asset_tag or fact.next_tag, recorded=True, hold=None
    )
    record = Record(CustodyKind.SCANNED, {"box": str(fact.imei)})
    after, orders = start_step(claimed)
    return after, (record, *orders)


def wrong_box(run: StagingRun, fact: ImeiScanned) -> Advance:
    """Hold with both values shown."""
    says = " ".join(map(str, run.identity.imeis)) if run.identity else "nothing"
    return hold(run, ProblemCode.IMEI_MISMATCH, f"box {fact.imei}, handset {says}")


def box_while_held(run: StagingRun, fact: ImeiScanned) -> Advance:
    """The right box after a wrong one is the decision itself."""
    wrong_box = run.hold is not None and run.hold.code is ProblemCode.IMEI_MISMATCH
    here = run.present and run.proven
    if wrong_box and here and run.identity and fact.imei in run.identity.imeis:
        after, orders = box(run, fact)
        return after, (Record(CustodyKind.RESUMED, reason="right box scanned"), *orders)
    return not_now(run)
