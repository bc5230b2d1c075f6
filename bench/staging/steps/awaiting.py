"""Waiting until the management service knows a handset, as far as its profile asks."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bench.enrolment.profiles.vocabulary import AwaitManagement, Seen
from bench.events.management import Compliance, ManagedHandset
from bench.identity.identifiers import SerialNumber
from bench.ports import HandsetRefusalError
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.steps.means import Means

_TROUBLE = (
    ProblemCode.SERVICE_UNREACHABLE, ProblemCode.SERVICE_BUSY, ProblemCode.SERVICE_GARBLED,
)  # fmt: skip
"""What passes by itself: the service is asked again, as long as the step may take."""
_AGAIN = 5.0
"""Seconds after trouble before the next question."""
_SKEW = timedelta(minutes=10)
"""How much earlier than the handset was met its enrolment may be dated: clocks differ."""
STAGED_NAME = "Staging_"
"""How Intune names what was enrolled with a staging token, until somebody signs in on it."""


async def await_management(action: AwaitManagement, means: Means) -> str:
    """Wait, and return how it is known; what is said meanwhile ends up in the refusal.

    Raises:
        HandsetRefusalError: the service names it as another handset than it says it is.
        ProblemError: the service cannot be asked at all.
    """
    return await until_seen(action.seen, means)


async def until_seen(seen: Seen, means: Means) -> str:
    """As `await_management`, for one that waits beside something else."""
    if means.management is None:
        raise ProblemError(Problem(ProblemCode.SERVICE_UNSET))
    while True:
        try:
            found = await means.management.find(_serial(means), means.identity.imeis)
        except ProblemError as error:
            if error.problem.code not in _TROUBLE:
                raise
            await asyncio.sleep(_AGAIN)
            continue
        if found is not None and _is_news(found, means):
            refuse_other(found, means)
            if is_seen(found, seen):
                return described(found)
        await asyncio.sleep(means.pause)


def is_seen(found: ManagedHandset, seen: Seen) -> bool:
    """Whether the service knows it as far as that."""
    match seen:
        case Seen.ENROLLED:
            return True
        case Seen.STAGED:
            return found.name.startswith(STAGED_NAME)
        case Seen.COMPLIANT:
            return found.compliance is Compliance.COMPLIANT


def refuse_other(found: ManagedHandset, means: Means) -> None:
    """Raise `HandsetRefusalError` where the service's entry is of another handset."""
    mine, models = means.identity, means.profile.traps.models
    if models and found.model and _model(found) not in models:
        detail = f"{found.model}, not {' or '.join(models)}"
        raise ProblemError(Problem(ProblemCode.WRONG_MODEL, detail=detail))
    if found.imei is not None and found.imei not in mine.imeis and not mine.is_partial:
        told = f"the service has serial {found.serial} with IMEI {found.imei}"
        raise HandsetRefusalError(f"{told}, the handset says {' '.join(map(str, mine.imeis))}")
    if found.serial and mine.serial.text and found.serial != mine.serial.text:
        told = f"the service has this IMEI with serial {found.serial}"
        raise HandsetRefusalError(f"{told}, the handset says {mine.serial}")


def _model(found: ManagedHandset) -> str:
    """Return the model as a handset says it; a service may put the maker's name before it."""
    return found.model.split()[-1]


def described(found: ManagedHandset) -> str:
    """Return how the service knows it, for the record."""
    parts = (found.name, found.compliance.value, found.mode)
    return ", ".join(part for part in parts if part)


def _serial(means: Means) -> SerialNumber | None:
    return means.identity.serial if means.identity.serial.text else None


def _is_news(found: ManagedHandset, means: Means) -> bool:
    """Whether it was enrolled now: an entry from before a reset proves nothing of this handset."""
    if found.enrolled_at is None or means.since is None:
        return True
    return found.enrolled_at >= means.since - _SKEW
