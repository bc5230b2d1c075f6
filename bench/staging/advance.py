"""What a run becomes when something happens: `advance(run, fact) -> (run, orders)`.

Pure, and total over the state table: for every state and every fact there is an answer, and the
answer to what a state does not expect is to stay as it is (or, to a person, to say so). Records
stand first among the orders: the station commits them before it carries out the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

from bench.events import (
    CancelWork,
    ConflictFound,
    CopyRequested,
    CustodyKind,
    HandsetAttached,
    HandsetDetached,
    HandsetOnline,
    HandsetReattached,
    HandsetRecognised,
    HandsetUnauthorised,
    HandsetUnreachable,
    Identify,
    IdentityUnread,
    ImeiScanned,
    Json,
    LabelDoubtful,
    LabelPrinted,
    LabelScanned,
    Order,
    PrintLabel,
    Record,
    Refuse,
    RunFact,
    RunHeld,
    RunResumed,
    RunVoided,
    StartStep,
    StepErrored,
    StepFailed,
    StepSucceeded,
)  # fmt: skip
from bench.problems import Problem, ProblemCode
from bench.staging.run import StagingRun, State

Advance: TypeAlias = tuple[StagingRun, tuple[Order, ...]]
# Any: each handler names its own fact; the table pairs the two, and a test walks the whole table.
Handler: TypeAlias = Callable[[StagingRun, Any], Advance]

_LINK = frozenset({
    ProblemCode.UNPLUGGED, ProblemCode.LINK_LOST, ProblemCode.HANDSET_OFFLINE,
    ProblemCode.UNAUTHORISED, ProblemCode.NO_PERMISSION, ProblemCode.WRONG_MODE,
    ProblemCode.ADB_SERVER_LOST,
})  # fmt: skip
"""Holds that end by themselves when the same handset answers again."""


def advance(run: StagingRun, fact: RunFact) -> Advance:
    """Return the run after the fact, and what has to be done for it."""
    handler = TABLE.get((run.state, type(fact)))
    if handler:
        return handler(run, fact)
    if isinstance(fact, RunHeld | RunResumed | RunVoided | CopyRequested):
        return _not_now(run)
    return run, ()


# ── the handset comes, answers, and goes ────────────────────────────────────────────────────────
def _attached(run: StagingRun, _: HandsetAttached) -> Advance:
    return replace(run, present=True), ()


def _unauthorised(run: StagingRun, fact: HandsetUnauthorised) -> Advance:
    notice = Problem(ProblemCode.UNAUTHORISED, str(run.slot))
    return replace(
        run, state=State.UNAUTHORISED, session=None, path=fact.path, notice=notice, present=True
    ), ()


def _online(run: StagingRun, fact: HandsetOnline) -> Advance:
    """Ask who it is: behind a new session there may be another handset."""
    attached = replace(
        run, state=State.ATTACHED, session=fact.session, path=fact.path, notice=None, present=True
    )
    return attached, (Identify(fact.path, fact.session),)


def _online_again(run: StagingRun, fact: HandsetOnline) -> Advance:
    again = replace(run, session=fact.session, path=fact.path, present=True)
    return again, (Identify(fact.path, fact.session),)


def _online_while_staging(run: StagingRun, fact: HandsetOnline) -> Advance:
    held, orders = _hold(run, ProblemCode.LINK_LOST)
    again, more = _online_again(held, fact)
    return again, (*orders, *more)


def _unreachable(run: StagingRun, fact: HandsetUnreachable) -> Advance:
    notice = replace(fact.problem, where=str(run.slot))
    return replace(run, state=State.ATTACHED, session=None, notice=notice), ()


def _out_of_reach(run: StagingRun, _: HandsetUnreachable | HandsetUnauthorised) -> Advance:
    return replace(run, session=None), ()


def _lost_while_staging(run: StagingRun, fact: HandsetUnreachable) -> Advance:
    return _hold(replace(run, session=None), fact.problem.code, fact.problem.detail)


def _prompt_while_staging(run: StagingRun, _: HandsetUnauthorised) -> Advance:
    return _hold(replace(run, session=None), ProblemCode.UNAUTHORISED)


def _unread(run: StagingRun, fact: IdentityUnread) -> Advance:
    if fact.session != run.session:
        return run, ()
    return replace(run, notice=replace(fact.problem, where=str(run.slot))), ()


def _recognised(run: StagingRun, fact: HandsetRecognised) -> Advance:
    if fact.session != run.session:
        return run, ()
    known = replace(
        run, identity=fact.identity, device=fact.device, asset_tag=fact.asset_tag, notice=None
    )
    if not fact.identity.imeis:
        return _hold(known, ProblemCode.NO_IMEI)
    if fact.staged:
        return known.held(ProblemCode.ALREADY_STAGED), ()
    return replace(known, state=State.AWAITING_SCAN), ()


def _recognised_again(run: StagingRun, fact: HandsetRecognised) -> Advance:
    if fact.session != run.session or run.is_about(fact.identity):
        return run, ()
    return _hold(replace(run, session=None), ProblemCode.FOREIGN_HANDSET)


def _recognised_while_held(run: StagingRun, fact: HandsetRecognised) -> Advance:
    if fact.session != run.session:
        return run, ()
    if run.identity is None:
        return replace(
            run, identity=fact.identity, device=fact.device, asset_tag=fact.asset_tag
        ), ()
    if not run.is_about(fact.identity):
        notice = Problem(ProblemCode.FOREIGN_HANDSET, str(run.slot), fact.identity.model)
        return replace(run, session=None, present=False, notice=notice), ()
    return _came_back(run)


def _reattached(run: StagingRun, fact: HandsetReattached) -> Advance:
    moved = replace(run, slot=fact.slot, path=fact.path, session=fact.session, present=True)
    after, orders = _came_back(moved)
    data: dict[str, Json] = {"from_slot": str(run.slot), "problem": str(run.hold and run.hold.code)}
    return after, (*_records(run, CustodyKind.HELD, data), *orders)


def _came_back(run: StagingRun) -> Advance:
    """The held run's own handset answers: go on, unless a person has to decide first."""
    back = replace(run, notice=None, present=True)
    if back.hold and (back.hold.code in _LINK or back.hold.code is ProblemCode.FOREIGN_HANDSET):
        return _resume(back, "handset came back")
    return back, ()


def _conflict(run: StagingRun, fact: ConflictFound) -> Advance:
    if fact.problem.code is ProblemCode.NOT_REAL:  # and so it may not enter this record either
        return run.held(fact.problem.code, fact.problem.detail), ()
    return _hold(run, fact.problem.code, fact.problem.detail)


def _gone(run: StagingRun, _: HandsetDetached) -> Advance:
    gone = replace(run, state=State.GONE, present=False, session=None)
    return gone, _records(run, CustodyKind.RELEASED)


def _unplugged(run: StagingRun, _: HandsetDetached) -> Advance:
    """Hold; a label that is being printed goes on being printed."""
    away = replace(run, present=False, session=None)
    held, orders = _hold(away, ProblemCode.UNPLUGGED)
    if run.state is State.LABELLING:
        return replace(held, busy=run.busy), tuple(o for o in orders if isinstance(o, Record))
    return held, orders


def _unplugged_while_held(run: StagingRun, fact: HandsetDetached) -> Advance:
    if not run.recorded:
        return _gone(run, fact)
    away = replace(run, present=False, session=None, notice=None)
    if away.hold and away.hold.code in _LINK:
        return replace(away, hold=replace(away.hold, code=ProblemCode.UNPLUGGED)), ()
    return away, ()


# ── the box and the label are scanned ───────────────────────────────────────────────────────────
def _box(run: StagingRun, fact: ImeiScanned) -> Advance:
    if run.identity is None or fact.imei not in run.identity.imeis:
        return _wrong_box(run, fact)
    claimed = replace(
        run, imei=fact.imei, asset_tag=run.asset_tag or fact.next_tag, recorded=True, hold=None
    )
    record = Record(CustodyKind.SCANNED, {"box": str(fact.imei)})
    after, orders = _start_step(claimed)
    return after, (record, *orders)


def _wrong_box(run: StagingRun, fact: ImeiScanned) -> Advance:
    says = " ".join(map(str, run.identity.imeis)) if run.identity else "nothing"
    return _hold(run, ProblemCode.IMEI_MISMATCH, f"box {fact.imei}, handset {says}")


def _box_while_held(run: StagingRun, fact: ImeiScanned) -> Advance:
    """The right box after a wrong one is the decision itself."""
    wrong_box = run.hold is not None and run.hold.code is ProblemCode.IMEI_MISMATCH
    if wrong_box and run.present and run.identity and fact.imei in run.identity.imeis:
        after, orders = _box(run, fact)
        return after, (Record(CustodyKind.RESUMED, reason="right box scanned"), *orders)
    return _not_now(run)


def _label(run: StagingRun, fact: LabelScanned) -> Advance:
    if fact.asset_tag != run.asset_tag:
        return run, (Refuse(Problem(ProblemCode.LABEL_UNKNOWN, str(run.slot))),)
    return _staged(run, {"read_back": str(fact.asset_tag)})


def _label_before_the_printer_says_so(run: StagingRun, fact: LabelScanned) -> Advance:
    """Whoever holds the label need not ask the printer whether it was printed."""
    after, orders = _label(run, fact)
    if after.state is not State.STAGED:
        return after, orders
    return after, (Record(CustodyKind.LABELLED, {"copy": run.copy}), *orders, CancelWork(run.run))


# ── the steps ───────────────────────────────────────────────────────────────────────────────────
def _step_succeeded(run: StagingRun, fact: StepSucceeded) -> Advance:
    if not run.is_working_on(fact.ticket):
        return run, ()
    after, orders = _start_step(replace(run, step=run.step + 1, failures=0, busy=False))
    return after, (_finished(run, "pass", fact.note), *orders)


def _step_failed(run: StagingRun, fact: StepFailed) -> Advance:
    """FAIL: the handset's fault, tried again as often as the profile allows."""
    step = run.current_step
    if step is None or not run.is_working_on(fact.ticket):
        return run, ()
    failed = replace(run, failures=run.failures + 1, busy=False)
    if failed.failures <= step.retries:
        after, orders = _start_step(failed)
    else:
        after, orders = _hold(failed, ProblemCode.STEP_FAILED, f"{step.name}: {fact.reason}")
    return after, (_finished(run, "fail", fact.reason), *orders)


def _step_errored(run: StagingRun, fact: StepErrored) -> Advance:
    """ERROR: the bench's fault, which no repetition at the handset can mend."""
    if not run.is_working_on(fact.ticket):
        return run, ()
    after, orders = _hold(run, fact.problem.code, fact.problem.detail)
    return after, (_finished(run, "error", str(fact.problem.code)), *orders)


def _finished(run: StagingRun, result: str, note: str) -> Record:
    return Record(
        CustodyKind.STEP_FINISHED, {"step": run.step, "result": result, "note": note[:200]}
    )


def _start_step(run: StagingRun) -> Advance:
    step = run.current_step
    if step is None:
        return _print(run)
    if run.session is None:
        return _hold(replace(run, state=State.STAGING), ProblemCode.LINK_LOST)
    started = replace(run, state=State.STAGING, ticket=run.ticket + 1, busy=True)
    record = Record(CustodyKind.STEP_STARTED, {"step": run.step, "name": step.name})
    return started, (record, StartStep(run.run, started.ticket, run.session, run.step))


# ── the label ───────────────────────────────────────────────────────────────────────────────────
def _print(run: StagingRun, reason: str | None = None) -> Advance:
    if run.asset_tag is None or run.imei is None or run.identity is None:
        return _not_now(run)
    printing = replace(
        run, state=State.LABELLING, ticket=run.ticket + 1, busy=True, copy=run.copy + 1, notice=None
    )
    order = PrintLabel(
        run.run, printing.ticket, run.slot, run.asset_tag, run.imei, run.identity.model,
        printing.copy,
    )  # fmt: skip
    return printing, (Record(CustodyKind.LABEL_QUEUED, {"copy": printing.copy}, reason), order)


def _printed(run: StagingRun, fact: LabelPrinted) -> Advance:
    if not run.is_working_on(fact.ticket):
        return run, ()
    record = Record(CustodyKind.LABELLED, {"copy": run.copy})
    labelled = replace(run, state=State.AWAITING_LABEL, busy=False)
    if run.plan.scan_back:
        return labelled, (record,)
    after, orders = _staged(labelled, {})
    return after, (record, *orders)


def _doubtful(run: StagingRun, fact: LabelDoubtful) -> Advance:
    if not run.is_working_on(fact.ticket):
        return run, ()
    notice = Problem(ProblemCode.LABEL_DOUBTFUL, str(run.slot))
    doubtful = replace(run, state=State.AWAITING_LABEL, busy=False, notice=notice)
    return doubtful, (Record(CustodyKind.LABELLED, {"copy": run.copy, "doubtful": True}),)


def _printed_while_held(run: StagingRun, fact: LabelPrinted | LabelDoubtful) -> Advance:
    if not run.is_working_on(fact.ticket) or run.hold is None:
        return run, ()
    hold = replace(run.hold, was=State.AWAITING_LABEL)
    data: dict[str, Json] = {"copy": run.copy}
    if isinstance(fact, LabelDoubtful):
        data["doubtful"] = True
    return replace(run, hold=hold, busy=False), (Record(CustodyKind.LABELLED, data),)


def _copy(run: StagingRun, _: CopyRequested) -> Advance:
    return _print(run, "copy asked for")


def _staged(run: StagingRun, data: dict[str, Json]) -> Advance:
    staged = replace(run, state=State.STAGED, busy=False, notice=None)
    return staged, (Record(CustodyKind.STAGED, {"result": "pass", **data}),)


# ── hold, resume, void ──────────────────────────────────────────────────────────────────────────
def _held(run: StagingRun, _: RunHeld) -> Advance:
    return _hold(run, ProblemCode.HELD_BY_HAND)


def _hold(run: StagingRun, code: ProblemCode, detail: str = "") -> Advance:
    held = replace(run.held(code, detail), recorded=run.recorded or run.identity is not None)
    data: dict[str, Json] = {"problem": str(code), "detail": detail[:200]}
    orders: tuple[Order, ...] = (CancelWork(run.run),) if run.busy else ()
    return held, (*_records(held, CustodyKind.HELD, data), *orders)


def _resumed(run: StagingRun, _: RunResumed) -> Advance:
    if not run.present:
        return run, (Refuse(Problem(ProblemCode.NOT_POSSIBLE_NOW, str(run.slot), "unplugged")),)
    return _resume(run, "resumed by the technician")


def _ask_again(run: StagingRun, _: RunResumed) -> Advance:
    if run.session is None:
        return _not_now(run)
    return replace(run, notice=None), (Identify(run.path, run.session),)


def _resume(run: StagingRun, reason: str) -> Advance:
    hold = run.hold
    if hold is None:
        return _not_now(run)
    if hold.was is State.STAGING and run.session is None:
        return _not_now(run)
    resumed = replace(run, state=hold.was, hold=None, failures=0, notice=None)
    after, orders = _go_on(resumed, hold.code)
    return after, (*_records(run, CustodyKind.RESUMED, reason=reason), *orders)


def _go_on(run: StagingRun, after: ProblemCode) -> Advance:
    match run.state:
        case State.STAGING:
            return _start_step(run)
        case State.LABELLING:
            return _print(run, "printed again after an interruption")
        case State.ATTACHED | State.UNAUTHORISED | State.AWAITING_SCAN:
            return _wait_for_box(run, after)
        case _:
            return run, ()


def _wait_for_box(run: StagingRun, after: ProblemCode) -> Advance:
    """What a technician overrides is not asked again; what may have changed is."""
    if after in (ProblemCode.ALREADY_STAGED, ProblemCode.IMEI_MISMATCH, ProblemCode.HELD_BY_HAND):
        return replace(run, state=State.AWAITING_SCAN if run.identity else State.ATTACHED), ()
    again = replace(run, state=State.ATTACHED)
    return again, (Identify(run.path, run.session),) if run.session is not None else ()


def _voided(run: StagingRun, fact: RunVoided) -> Advance:
    state = State.VOIDED if run.present else State.GONE
    recorded = run.recorded or run.identity is not None
    voided = replace(run, state=state, busy=False, hold=None, notice=None, recorded=recorded)
    record = _records(voided, CustodyKind.VOIDED, reason=fact.reason)
    return voided, (*record, CancelWork(run.run))


def _not_now(run: StagingRun) -> Advance:
    return run, (Refuse(Problem(ProblemCode.NOT_POSSIBLE_NOW, str(run.slot))),)


def _records(
    run: StagingRun,
    kind: CustodyKind,
    data: dict[str, Json] | None = None,
    reason: str | None = None,
) -> tuple[Order, ...]:
    """Record, unless the record does not know this run and need not."""
    return (Record(kind, data or {}, reason),) if run.recorded else ()


def _rows(states: tuple[State, ...], **handlers: Handler) -> dict[tuple[State, type], Handler]:
    return {
        (state, _FACTS[name]): handler for state in states for name, handler in handlers.items()
    }


_FACTS: dict[str, type] = {
    fact.__name__: fact
    for fact in (
        HandsetAttached, HandsetDetached, HandsetUnauthorised, HandsetOnline, HandsetUnreachable,
        HandsetRecognised, HandsetReattached, IdentityUnread, ConflictFound, ImeiScanned,
        LabelScanned, StepSucceeded, StepFailed, StepErrored, LabelPrinted, LabelDoubtful,
        RunHeld, RunResumed, RunVoided, CopyRequested,
    )
}  # fmt: skip
_S = State

TABLE: dict[tuple[State, type], Handler] = {
    **_rows(
        (_S.ATTACHED, _S.UNAUTHORISED, _S.AWAITING_SCAN),
        HandsetAttached=_attached, HandsetDetached=_gone, HandsetUnauthorised=_unauthorised,
        HandsetOnline=_online, HandsetUnreachable=_unreachable, ConflictFound=_conflict,
        RunHeld=_held, RunVoided=_voided,
    ),
    **_rows((_S.ATTACHED,),
        HandsetRecognised=_recognised, IdentityUnread=_unread, RunResumed=_ask_again),
    **_rows((_S.AWAITING_SCAN,), ImeiScanned=_box),
    **_rows(
        (_S.STAGING, _S.LABELLING, _S.AWAITING_LABEL),
        HandsetAttached=_attached, HandsetDetached=_unplugged, ConflictFound=_conflict,
        RunHeld=_held, RunVoided=_voided,
    ),
    **_rows((_S.STAGING,),
        HandsetOnline=_online_while_staging, HandsetUnreachable=_lost_while_staging,
        HandsetUnauthorised=_prompt_while_staging,
        StepSucceeded=_step_succeeded, StepFailed=_step_failed, StepErrored=_step_errored),
    **_rows((_S.LABELLING, _S.AWAITING_LABEL, _S.STAGED),
        HandsetOnline=_online_again, HandsetRecognised=_recognised_again,
        HandsetUnreachable=_out_of_reach, HandsetUnauthorised=_out_of_reach),
    **_rows((_S.LABELLING,),
        LabelPrinted=_printed, LabelDoubtful=_doubtful,
        LabelScanned=_label_before_the_printer_says_so),
    **_rows((_S.AWAITING_LABEL,), LabelScanned=_label, CopyRequested=_copy),
    **_rows((_S.STAGED,),
        HandsetDetached=_gone, RunVoided=_voided, CopyRequested=_copy, ConflictFound=_conflict),
    **_rows(
        (_S.HELD,),
        HandsetAttached=_attached, HandsetDetached=_unplugged_while_held,
        HandsetOnline=_online_again, HandsetRecognised=_recognised_while_held,
        HandsetReattached=_reattached, HandsetUnreachable=_out_of_reach,
        HandsetUnauthorised=_out_of_reach, ImeiScanned=_box_while_held,
        LabelPrinted=_printed_while_held, LabelDoubtful=_printed_while_held,
        RunResumed=_resumed, RunVoided=_voided,
    ),
    **_rows((_S.VOIDED,), HandsetDetached=_gone),
}  # fmt: skip
"""The whole state machine: what is not in here changes nothing."""
