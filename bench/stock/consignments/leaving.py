"""What is looked at before a consignment leaves: fitness, age of the staging, support. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.stock.consignments.queries import Inside
from bench.stock.packing.fitness import days_ago, is_due
from bench.stock.packing.kit import profile_of

_NAMED = 5


def unfit(inside: Sequence[Inside]) -> str:
    """Name the handsets that may not go any more; "" where all may."""
    out = [each.tag for each in inside if not each.is_fit]
    more = f" and {len(out) - _NAMED} more" if len(out) > _NAMED else ""
    return ", ".join(out[:_NAMED]) + more


def overdue(
    inside: Sequence[Inside], profiles: Mapping[str, EnrolmentProfile], now: datetime
) -> tuple[tuple[Inside, str], ...]:
    """Return which handsets have to be looked at before they go, each with why."""
    told = ((each, _why(each, profiles, now)) for each in inside)
    return tuple((each, why) for each, why in told if why)


def _why(inside: Inside, profiles: Mapping[str, EnrolmentProfile], now: datetime) -> str:
    profile = profile_of(profiles, inside.policy)
    ended = profile.traps.supported_until if profile else None
    if ended and ended <= now.date():
        return f"its maker's support ended on {ended.isoformat()}"
    if is_due(inside.staged_at, now):
        return f"staged {days_ago(inside.staged_at, now)} days ago"
    return ""
