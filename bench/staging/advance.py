"""What a run becomes when something happens: `advance(run, fact) -> (run, orders)`.

Pure, and total over the state table: for every state and every fact there is an answer, and the
answer to what a state does not expect is to stay as it is (or, to a person, to say so). Records
stand first among the orders: the station commits them before it carries out the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from bench.events.central import SightingsHeard
from bench.events.device import (
    HandsetAttached,
    HandsetDetached,
    HandsetOnline,
    HandsetUnauthorised,
    HandsetUnreachable,
    IdentityUnread,
)
from bench.events.modem import ModemAnswered, ModemGone, ModemSilent
from bench.events.person import (
    CopyRequested,
    PersonFact,
    ProfileChosen,
    RunHeld,
    RunResumed,
    RunVoided,
    StepConfirmed,
)
from bench.events.run import (
    ConflictFound,
    HandsetReattached,
    HandsetRecognised,
    ImeiScanned,
    LabelScanned,
    RunFact,
    SimScanned,
)
from bench.events.work import (
    GapEnded,
    LabelDoubtful,
    LabelPrinted,
    StepErrored,
    StepFailed,
    StepSucceeded,
)
from bench.staging.run import StagingRun, State
from bench.staging.transitions import (
    attaching,
    choosing,
    claiming,
    deciding,
    elsewhere,
    foreseeing,
    labelling,
    leaving,
    marrying,
    returning,
    working,
)
from bench.staging.transitions.answers import Advance, not_now

# Any: each handler names its own fact; the table pairs the two, and a test walks the whole table.
Handler: TypeAlias = Callable[[StagingRun, Any], Advance]
Key: TypeAlias = tuple[State, type]


def advance(run: StagingRun, fact: RunFact) -> Advance:
    """Return the run after the fact, and what has to be done for it."""
    handler = TABLE.get((run.state, type(fact)))
    if handler:
        return handler(run, fact)
    if isinstance(fact, PersonFact):
        return not_now(run)
    return run, ()


def _in(states: tuple[State, ...], answers: Mapping[type, Handler]) -> dict[Key, Handler]:
    return {(state, fact): handler for state in states for fact, handler in answers.items()}


_S = State

TABLE: Mapping[Key, Handler] = {
    **_in((_S.ATTACHED, _S.UNAUTHORISED, _S.AWAITING_SCAN), {
        HandsetAttached: attaching.attached,
        HandsetDetached: leaving.gone,
        HandsetUnauthorised: attaching.unauthorised,
        HandsetOnline: attaching.online,
        HandsetUnreachable: attaching.unreachable,
        ConflictFound: attaching.conflict,
        RunHeld: deciding.held,
        RunVoided: deciding.voided,
        ProfileChosen: choosing.profile,
    }),
    **_in((_S.ATTACHED,), {
        ImeiScanned: claiming.box_before_handset,
        HandsetRecognised: attaching.recognised,
        IdentityUnread: attaching.unread,
        RunResumed: deciding.ask_again,
    }),
    **_in((_S.ATTACHED, _S.UNAUTHORISED), {
        ModemAnswered: foreseeing.answered,
        ModemSilent: foreseeing.silent,
        ModemGone: foreseeing.gone,
    }),
    **_in((_S.AWAITING_SCAN, _S.STAGING, _S.LABELLING, _S.AWAITING_LABEL, _S.HELD), {
        ModemGone: foreseeing.gone_later,
    }),
    **_in((_S.STAGING, _S.LABELLING, _S.AWAITING_LABEL), {
        ImeiScanned: claiming.proof,
        HandsetReattached: returning.moved_while_staging,
    }),
    **_in((_S.AWAITING_SCAN,), {
        ImeiScanned: claiming.box,
        ModemAnswered: foreseeing.answered_late,
    }),
    **_in((_S.STAGING, _S.LABELLING, _S.AWAITING_LABEL), {
        HandsetAttached: attaching.attached,
        GapEnded: leaving.gap_ended,
        ConflictFound: attaching.conflict,
        RunHeld: deciding.held,
        RunVoided: deciding.voided,
    }),
    **_in((_S.LABELLING, _S.AWAITING_LABEL), {
        HandsetDetached: leaving.unplugged,
    }),
    **_in((_S.STAGING,), {
        HandsetAttached: attaching.attached_while_staging,
        HandsetDetached: leaving.unplugged_while_staging,
        HandsetRecognised: returning.recognised_again,
        StepConfirmed: working.step_confirmed,
        SimScanned: marrying.sim,
        HandsetOnline: attaching.online_while_staging,
        HandsetUnreachable: attaching.lost_while_staging,
        HandsetUnauthorised: attaching.prompt_while_staging,
        StepSucceeded: working.step_succeeded,
        StepFailed: working.step_failed,
        StepErrored: working.step_errored,
    }),
    **_in((_S.LABELLING, _S.AWAITING_LABEL, _S.STAGED), {
        HandsetOnline: attaching.online_again,
        HandsetRecognised: returning.recognised_again,
        HandsetUnreachable: attaching.out_of_reach,
        HandsetUnauthorised: attaching.out_of_reach,
    }),
    **_in((_S.LABELLING,), {
        LabelPrinted: labelling.printed,
        LabelDoubtful: labelling.doubtful,
        LabelScanned: labelling.label_before_the_printer_says_so,
    }),
    **_in((_S.AWAITING_LABEL,), {
        LabelScanned: labelling.label,
        CopyRequested: labelling.copy,
    }),
    **_in((_S.STAGED,), {
        HandsetDetached: leaving.gone,
        ConflictFound: attaching.conflict,
        CopyRequested: labelling.copy,
        RunVoided: deciding.voided,
    }),
    **_in((_S.HELD,), {
        HandsetAttached: attaching.attached,
        HandsetDetached: leaving.unplugged_while_held,
        HandsetUnauthorised: attaching.prompt_while_held,
        HandsetOnline: attaching.online_again,
        HandsetUnreachable: attaching.unreachable_while_held,
        HandsetRecognised: returning.recognised_while_held,
        IdentityUnread: attaching.unread,
        HandsetReattached: returning.reattached,
        GapEnded: leaving.gap_ended,
        ImeiScanned: claiming.box_while_held,
        SimScanned: marrying.sim_while_held,
        LabelPrinted: labelling.printed_while_held,
        LabelDoubtful: labelling.printed_while_held,
        RunResumed: deciding.resumed,
        RunVoided: deciding.voided,
    }),
    **_in((_S.AWAITING_SCAN, _S.STAGING, _S.LABELLING, _S.AWAITING_LABEL, _S.STAGED), {
        SightingsHeard: elsewhere.answered,
    }),
    **_in((_S.VOIDED,), {HandsetDetached: leaving.gone}),
}  # fmt: skip
"""The whole state machine: what is not in here changes nothing."""
