"""What other benches have of a handset: asked when it is met and when its box is scanned; pure.

The answer comes while work goes on, or never: nobody waits for it. What it shows too late, the
centre shows when both benches' records are there.
"""

from __future__ import annotations

from bench.custody.phases import IN_HAND
from bench.events.central import Sighting, SightingsHeard
from bench.events.orders import AskCentre
from bench.problems import ProblemCode
from bench.staging.run import StagingRun, State
from bench.staging.transitions.answers import Advance, hold

_ASKED_IN = (State.AWAITING_SCAN, State.STAGING, State.LABELLING, State.AWAITING_LABEL)


def questions(before: StagingRun, after: StagingRun) -> tuple[AskCentre, ...]:
    """Return what the centre is to be asked, now that a run has come to where it is."""
    met = before.state is not State.AWAITING_SCAN and after.state is State.AWAITING_SCAN
    claimed = not before.is_claimed and after.is_claimed
    resumed = before.state is State.HELD  # what came meanwhile was not listened to
    if after.identity is None or not (met or claimed or resumed) or after.state not in _ASKED_IN:
        return ()
    return (AskCentre(after.run, after.identity.imeis),)


def answered(run: StagingRun, fact: SightingsHeard) -> Advance:
    """Set the handset aside where another bench has it in hand, unless two persons let it pass."""
    found = next(
        (each for each in fact.sightings if each.phase in IN_HAND and _is_it(run, each)), None
    )
    if found is None or ProblemCode.HELD_ELSEWHERE in run.waived:
        return run, ()
    detail = f"{found.bench} has it {found.phase}, {found.at:%Y-%m-%d %H:%M} UTC"
    return hold(run, ProblemCode.HELD_ELSEWHERE, detail)


def _is_it(run: StagingRun, sighting: Sighting) -> bool:
    return run.identity is not None and sighting.imei in run.identity.imeis
