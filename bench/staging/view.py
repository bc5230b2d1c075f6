"""How a run looks to a person: category, a word of at most three, and what is wrong."""

from __future__ import annotations

from bench.events.device import SaidBy
from bench.events.views import Category, SlotView
from bench.identity.identifiers import SlotCode
from bench.problems import Problem, ProblemCode
from bench.staging.condition_words import condition_words, foreseen_words
from bench.staging.run import StagingRun, State

_LOOKS: dict[State, tuple[Category, str]] = {
    State.ATTACHED: (Category.ATTACHED, "Attached"),
    State.UNAUTHORISED: (Category.NEEDS_YOU, "Tap Allow"),
    State.AWAITING_SCAN: (Category.NEEDS_YOU, "Scan IMEI"),
    State.STAGING: (Category.WORKING, "Step"),
    State.LABELLING: (Category.WORKING, "Printing"),
    State.AWAITING_LABEL: (Category.NEEDS_YOU, "Scan label"),
    State.STAGED: (Category.DONE, "Done"),
    State.HELD: (Category.HELD, "Held"),
    State.VOIDED: (Category.VOID, "Void"),
    State.GONE: (Category.EMPTY, "Empty"),
}


_UNPROVEN = "said by its modem before set-up: not proven on this model, compare it with the box"


_SAID_BY = {
    SaidBy.ADB: "",
    SaidBy.MODEM: "said by its modem: not proven on this model",
    SaidBy.SCREEN: "read off its screen",
}


def view_of(run: StagingRun, share: float = 0.0) -> SlotView:
    """Return the slot as it is to be shown; `share` is how much of the present step is done."""
    category, word = _look(run)
    step = run.current_step
    return SlotView(
        slot=run.slot,
        category=category,
        word=word,
        model=_model(run),
        imei_tail=_imei_tail(run),
        asset_tag=str(run.asset_tag or ""),
        step=min(run.step + 1, len(run.plan.steps)),
        steps=len(run.plan.steps),
        step_name=step.name if step and run.state is State.STAGING else "",
        share=_share(run, share),
        problem=_problem(run),
        condition=_condition(run),
        remark=_remark(run),
        profile=run.plan.title,
        fingerprint=run.plan.fingerprint,
        confirms=step.asks if step and run.state is State.STAGING else "",
        identities=run.hold.values if run.hold else (),
        kit=run.plan.kit if run.state is State.STAGED else (),
    )


def empty(slot: SlotCode) -> SlotView:
    """Return the view of a slot with nothing in it."""
    return SlotView(slot)


def _look(run: StagingRun) -> tuple[Category, str]:
    category, word = _LOOKS[run.state]
    if run.state is State.STAGING:
        return _at_step(run)
    if run.state is State.HELD and run.hold:
        if run.hold.code is ProblemCode.ALREADY_STAGED:
            category = Category.DONE
        return category, Problem(run.hold.code).advice.word
    if run.state is State.AWAITING_LABEL and run.must_be_proven:
        return Category.NEEDS_YOU, "Scan IMEI"
    return _attached(run) if run.state is State.ATTACHED else (category, word)


def _attached(run: StagingRun) -> tuple[Category, str]:
    if run.boxed:
        return Category.NEEDS_YOU, "Scan screen"
    if run.notice:
        return Category.NEEDS_YOU, run.notice.advice.word
    return _before_setup(run) if run.plan.before_setup else _LOOKS[State.ATTACHED]


def _at_step(run: StagingRun) -> tuple[Category, str]:
    step = run.current_step
    if step and step.marries:
        return Category.NEEDS_YOU, "Scan SIM"
    if step and step.is_asked:
        return Category.NEEDS_YOU, "Confirm"
    if step and step.shows:
        return Category.NEEDS_YOU, "Show code"
    return Category.WORKING, f"Step {run.step + 1}/{len(run.plan.steps)}"


def _before_setup(run: StagingRun) -> tuple[Category, str]:
    """Nobody but the modem, or the screen, can say who a handset is that is not set up."""
    if run.plan.reads_modem:
        return Category.ATTACHED, "Attached"
    return Category.NEEDS_YOU, "Scan slot, box"


def _remark(run: StagingRun) -> str:
    if run.identity is None:
        return _UNPROVEN if run.foreseen else ""
    return _SAID_BY[run.identity.said_by]


def _problem(run: StagingRun) -> Problem | None:
    if run.notice:
        return run.notice
    if run.hold is None:
        return None
    step = run.current_step
    at = f"step {run.step + 1} of {len(run.plan.steps)}, {step.name}" if step else ""
    detail = run.hold.detail or (at if run.hold.was is State.STAGING else "")
    return Problem(run.hold.code, str(run.slot), detail)


def _model(run: StagingRun) -> str:
    said = run.identity or run.foreseen
    return said.model if said else ""


def _condition(run: StagingRun) -> tuple[str, ...]:
    if run.identity:
        return condition_words(run.identity)
    return foreseen_words(run.foreseen) if run.foreseen else ()


def _imei_tail(run: StagingRun) -> str:
    imei = run.imei or (run.identity.imeis[0] if run.identity and run.identity.imeis else None)
    if run.identity is None and run.foreseen:
        imei = run.foreseen.imei
    return imei.tail if imei else ""


def _share(run: StagingRun, share: float) -> float:
    """The share of all steps that is done, 0 to 1."""
    if not run.plan.steps or not run.is_claimed:
        return 0.0
    return min(1.0, (run.step + (share if run.busy else 0.0)) / len(run.plan.steps))
