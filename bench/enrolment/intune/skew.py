"""Whether this computer's clock agrees with the service's. Pure.

With a clock that is wrong no sign-in holds, and what is said of an expiry date is wrong too.
"""

from __future__ import annotations

from datetime import MAXYEAR, UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from bench.enrolment.intune.troubles import WHERE
from bench.problems import Problem, ProblemCode, ProblemError

FAR = timedelta(minutes=5)
"""How far two clocks may be apart, as a sign-in tolerates it (AADSTS700024).

It is less than what is forgiven between when a handset was met and when the service says it
enrolled, as the first may be told by this computer's clock.
"""


def http_time(header: str | None) -> datetime | None:
    """Return the UTC time of an HTTP date, None for what is none (RFC 9110, 5.6.7)."""
    try:
        found = parsedate_to_datetime(header or "")
        at = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
    return at if at.year < MAXYEAR else None  # there is a moment after it


def is_far(theirs: datetime | None, ours: datetime) -> bool:
    """Whether the clocks are too far apart to go on; not where the service said no time."""
    return theirs is not None and abs(theirs - ours) > FAR


def clock_wrong(theirs: datetime | None, ours: datetime) -> ProblemError:
    """Return the problem, with both times."""
    there = f"{theirs:%Y-%m-%d %H:%M} UTC" if theirs else "another time"
    detail = f"here {ours:%Y-%m-%d %H:%M} UTC, there {there}"
    return ProblemError(Problem(ProblemCode.CLOCK_WRONG, WHERE, detail))
