"""A run's label: printed in numbered copies, read back before the handset passes."""

from __future__ import annotations

from dataclasses import replace

from bench.events.orders import CancelWork, CustodyKind, Json, PrintLabel, Record
from bench.events.person import CopyRequested
from bench.events.run import LabelScanned
from bench.events.work import LabelDoubtful, LabelPrinted
from bench.problems import Problem, ProblemCode
from bench.staging.run import StagingRun, State
from bench.staging.transitions.answers import Advance, hold, not_now
from bench.staging.transitions.comparing import identities


def print_label(run: StagingRun, reason: str | None = None) -> Advance:
    """Print the next copy; `reason` says why there is more than one."""
    if run.asset_tag is None or run.imei is None or run.identity is None:
        return not_now(run)
    printing = replace(
        run, state=State.LABELLING, ticket=run.ticket + 1, busy=True, copy=run.copy + 1, notice=None
    )
    order = PrintLabel(
        run.run, printing.ticket, run.slot, run.asset_tag, run.imei, run.identity.model,
        printing.copy, run.plan.fingerprint,
    )  # fmt: skip
    return printing, (Record(CustodyKind.LABEL_QUEUED, {"copy": printing.copy}, reason), order)


def printed(run: StagingRun, fact: LabelPrinted) -> Advance:
    """Wait for the label to be read back, or pass if the profile does not ask for that."""
    if not run.is_working_on(fact.ticket):
        return run, ()
    record = Record(CustodyKind.LABELLED, {"copy": run.copy})
    labelled = replace(run, state=State.AWAITING_LABEL, busy=False)
    if run.plan.scan_back:
        return labelled, (record,)
    after, orders = staged(labelled, {})
    return after, (record, *orders)


def doubtful(run: StagingRun, fact: LabelDoubtful) -> Advance:
    """Nobody knows whether it was printed, so the label has to be read back in any case."""
    if not run.is_working_on(fact.ticket):
        return run, ()
    notice = Problem(ProblemCode.LABEL_DOUBTFUL, str(run.slot))
    doubtful = replace(run, state=State.AWAITING_LABEL, busy=False, notice=notice)
    return doubtful, (Record(CustodyKind.LABELLED, {"copy": run.copy, "doubtful": True}),)


def printed_while_held(run: StagingRun, fact: LabelPrinted | LabelDoubtful) -> Advance:
    """Remember that the label exists; the hold stays."""
    if not run.is_working_on(fact.ticket) or run.hold is None:
        return run, ()
    hold = replace(run.hold, was=State.AWAITING_LABEL)
    data: dict[str, Json] = {"copy": run.copy}
    if isinstance(fact, LabelDoubtful):
        data["doubtful"] = True
    return replace(run, hold=hold, busy=False), (Record(CustodyKind.LABELLED, data),)


def copy(run: StagingRun, _: CopyRequested) -> Advance:
    """Print a copy because a technician asked."""
    return print_label(run, "copy asked for")


def label(run: StagingRun, fact: LabelScanned) -> Advance:
    """Box, handset and label agree: the handset passes."""
    if run.must_be_proven:  # one that answers is being asked who it is, and passes when it says so
        return not_now(run) if run.session is None else (replace(run, read=fact.asset_tag), ())
    if fact.asset_tag != run.asset_tag:
        return hold(run, ProblemCode.LABEL_MISMATCH, values=identities(run, label=fact.asset_tag))
    return staged(run, {"read_back": str(fact.asset_tag)})


def label_before_the_printer_says_so(run: StagingRun, fact: LabelScanned) -> Advance:
    """Whoever holds the label need not ask the printer whether it was printed."""
    after, orders = label(run, fact)
    if after.state is not State.STAGED:
        return after, orders
    return after, (Record(CustodyKind.LABELLED, {"copy": run.copy}), *orders, CancelWork(run.run))


def label_kept(run: StagingRun) -> Advance:
    """Take the label that was read back while the handset was still being asked who it is."""
    if run.read is None or run.must_be_proven:
        return run, ()
    take = label if run.state is State.AWAITING_LABEL else label_before_the_printer_says_so
    return take(replace(run, read=None), LabelScanned(run.read))


def staged(run: StagingRun, data: dict[str, Json]) -> Advance:
    """The handset passes; `data` says what proved it."""
    staged = replace(run, state=State.STAGED, busy=False, notice=None)
    said: dict[str, Json] = {"result": "pass", **data}
    if run.identity and run.identity.is_partial:
        said["said_by"] = run.identity.said_by.value
    if run.plan.licences:
        said["licences"] = [*run.plan.licences]
    return staged, (Record(CustodyKind.STAGED, said),)
