"""What a sign-in authority says, as problems. Pure.

Sources: RFC 6749, 5.2, and RFC 8628, 3.5 (`error`); Microsoft Entra, "Authentication and
authorization error codes" (AADSTS numbers in `error_codes` and `error_description`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from bench.enrolment.intune.skew import clock_wrong, is_far
from bench.enrolment.intune.troubles import busy, garbled, trouble
from bench.problems import ProblemCode, ProblemError

_TIME_RANGE = frozenset({700024, 50012})
"""The assertion is not within its valid time range."""
_PERHAPS_TIME = frozenset({50013, 500133, 700021})
"""The assertion does not hold, one reason being its time: only with a clock that is far off."""
_AGAIN = frozenset({
    "invalid_grant", "interaction_required", "login_required", "consent_required", "access_denied",
    "authorization_declined", "expired_token", "authorization_pending", "bad_verification_code",
    "slow_down",
})  # fmt: skip
_LATER = frozenset({"temporarily_unavailable", "server_error"})
_THEIR_TIME = re.compile(r"Current time: (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)", re.ASCII)
_NUMBER = re.compile(r"AADSTS(\d{5,7})", re.ASCII)
_AFTERMATH = re.compile(r"(?: Review the documentation| ?Trace ID:|[\r\n]).*", re.DOTALL)


def refused(told: Mapping[str, object], theirs: datetime | None, ours: datetime) -> ProblemError:
    """Return the problem that an authority's error is; `theirs` is its clock, where known."""
    error, words = _text(told, "error"), _text(told, "error_description")
    theirs = theirs or _their_time(words)
    numbers = {int(number) for number in _NUMBER.findall(words)} | _numbers(told)
    if numbers & _TIME_RANGE or is_far(theirs, ours):
        return clock_wrong(theirs, ours)
    if numbers & _PERHAPS_TIME and "time range" in words:
        return clock_wrong(theirs, ours)
    if error in _LATER:
        return busy(_short(error, words))
    if error in _AGAIN:
        return trouble(ProblemCode.SIGN_IN_AGAIN, _short(error, words))
    if error:
        return trouble(ProblemCode.SERVICE_REFUSED, _short(error, words))
    return garbled("a sign-in without an answer")


def _short(error: str, words: str) -> str:
    return _AFTERMATH.sub("", words).strip() or error


def _their_time(words: str) -> datetime | None:
    found = _THEIR_TIME.search(words)
    try:
        return datetime.fromisoformat(found[1]).replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def _numbers(told: Mapping[str, object]) -> set[int]:
    found = told.get("error_codes")
    return {each for each in found if isinstance(each, int)} if isinstance(found, list) else set()


def _text(told: Mapping[str, object], key: str) -> str:
    found = told.get(key)
    return found if isinstance(found, str) else ""
