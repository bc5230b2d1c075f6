"""Waiting until the management service knows a handset, as far as its profile asks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

from bench.enrolment.profiles.vocabulary import AwaitManagement, Seen
from bench.events.management import Compliance, ManagedHandset
from bench.identity.identifiers import SerialNumber
from bench.ports import HandsetRefusalError
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.steps.means import Means

_SLACK = timedelta(minutes=1)
"""How much earlier than the handset was met its enrolment may be dated, by the service's clock."""
_ANSWERS_WITHIN = 20.0
"""Seconds that a code waits for what the service knows already: two rounds of its questions."""
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
    find = _question(means)
    while True:
        found = await means.answers.wait_for("handset", find)
        means.answers.state = _state(found, means)
        if found is not None and is_news(found, means):
            refuse_other(found, means)
            if is_seen(found, seen):
                return described(found)
        await asyncio.sleep(means.pause)


async def note_earlier(means: Means) -> None:
    """Remember what the service has of the handset before it is enrolled now, once for a run.

    A service that does not answer keeps no code from being shown that is kept or built here: then
    an entry is told from an earlier one by its date alone.
    """
    if means.earlier.ids is not None:
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(_ANSWERS_WITHIN):
            found = await means.answers.wait_for("handset", _question(means))
            means.earlier.ids = frozenset((found.id,) if found else ())


def _question(means: Means) -> Callable[[], Awaitable[ManagedHandset | None]]:
    service = means.management
    if service is None:
        raise ProblemError(Problem(ProblemCode.SERVICE_UNSET))
    return lambda: service.find(_serial(means), means.identity.imeis)


def _state(found: ManagedHandset | None, means: Means) -> str:
    """Return how far the service knows it, for a step that ends without more."""
    if found is None:
        return "the service does not know it"
    if not is_news(found, means):
        return f"the service knows it only from before: {described(found)}"
    return described(found)


def is_seen(found: ManagedHandset, seen: Seen) -> bool:
    """Whether the service knows it as far as that."""
    match seen:
        case Seen.ENROLLED:
            return True
        case Seen.STAGED:
            return found.name.startswith(STAGED_NAME)
        case Seen.COMPLIANT:
            return found.compliance is Compliance.COMPLIANT


def is_news(found: ManagedHandset, means: Means) -> bool:
    """Whether it was enrolled now: an entry from before a reset proves nothing of this handset.

    An entry that was there before the code was shown never is. One without a date is where it is
    known not to have been there; any other where it is dated after the handset was met.
    """
    earlier, met_at = means.earlier.ids, means.met_at()
    if earlier is not None and found.id in earlier:
        return False
    if found.enrolled_at is None or met_at is None:
        return earlier is not None
    return found.enrolled_at >= met_at - _SLACK


def refuse_other(found: ManagedHandset, means: Means) -> None:
    """Raise `HandsetRefusalError` where the service's entry is of another handset."""
    from bench.enrolment.intune.devices import same_serial  # noqa: PLC0415 - it loads that room

    mine, models = means.identity, means.profile.traps.models
    if models and found.model and _model(found) not in models:
        detail = f"{found.model}, not {' or '.join(models)}"
        raise ProblemError(Problem(ProblemCode.WRONG_MODEL, detail=detail))
    if found.imei is not None and found.imei not in mine.imeis and not mine.is_partial:
        told = f"the service has serial {found.serial} with IMEI {found.imei}"
        raise HandsetRefusalError(f"{told}, the handset says {' '.join(map(str, mine.imeis))}")
    if found.serial and mine.serial.text and not same_serial(found.serial, mine.serial.text):
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
