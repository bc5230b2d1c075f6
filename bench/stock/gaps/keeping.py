"""Who has a handset from when to when, and where nobody can be named. Pure.

Times are milliseconds. `at` is what the clock showed; `passed` is the same without the steps by
which the clock was set since the record began, so that a clock set in mid-shift makes no gap and
hides none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from bench.events.orders import CustodyKind


class GapKind(StrEnum):
    """Why nobody can be named for a time."""

    NOBODY = "nobody-named"
    """From when it was met until an event first said with whom it is."""
    ELSEWHERE = "given-by-another"
    """An event says that it comes from somebody else than it was given to."""
    NOT_RECEIVED = "not-received"
    """It was sent, and went on without anybody having received it."""
    UNSEALED = "unsealed"
    """A seal was broken: it is with somebody who is named, but nothing shows that it was shut."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time: what the clock showed, and how much time has really passed."""

    at: int
    passed: int


@dataclass(frozen=True, slots=True)
class Told:
    """What an event says of where a handset is; a custodian that it does not name is ""."""

    kind: str
    when: Moment
    from_: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A time for which nobody can be named, or in which a seal was broken."""

    kind: GapKind
    began: Moment
    ended: Moment
    detail: str

    @property
    def length(self) -> int:
        """How long it really was, in milliseconds."""
        return max(self.ended.passed - self.began.passed, 0)


@dataclass(frozen=True, slots=True)
class Keeping:
    """With whom a handset is: `custodian` since `since`, after it was with `before`.

    `seen` is when an event was last about it, `met` when the first was. While a seal of it is
    broken, `unsealed` is since when. `is_sent` until somebody has received it, `ended` when it was
    disposed of.
    """

    met: Moment
    seen: Moment
    custodian: str = ""
    since: Moment | None = None
    before: str = ""
    unsealed: Moment | None = None
    is_sent: bool = False
    ended: Moment | None = None


_K = CustodyKind
_TELLS: Final = frozenset({_K.UNSEALED, _K.SEALED, _K.DISPATCHED, _K.RECEIVED, _K.DISPOSED})
"""Kinds that say something of a handset's keeping even where they name no custodian."""


def tells(kind: str, from_: str, to: str) -> bool:
    """Whether an event says anything of where a handset is."""
    return bool(from_ or to) or kind in _TELLS


def holder(custodian: str) -> str:
    """Return who answers for a place: the places of a bench (`bench-07/stock`) are one bench's."""
    return custodian.partition("/")[0]


def advance(now: Keeping | None, told: Told) -> tuple[Keeping, tuple[Gap, ...]]:
    """Return with whom a handset is after an event, and the gaps that this event ends.

    A correction ends none: it says who had the handset all the while.
    """
    now = now or Keeping(told.when, told.when)
    gaps = tuple(_gaps(now, told)) if told.kind != _K.CORRECTED else ()
    return _after(now, told), gaps


def _gaps(now: Keeping, told: Told) -> Iterator[Gap]:
    if told.to and not now.custodian and now.met.passed != told.when.passed:
        yield Gap(GapKind.NOBODY, now.met, told.when, f"until {told.to}")
    if told.from_ and now.custodian and not _fits(now, told):
        detail = f"was with {now.custodian}, comes from {told.from_}"
        yield Gap(GapKind.ELSEWHERE, now.seen, told.when, detail)
    if now.is_sent and told.to and told.kind != _K.RECEIVED:
        detail = f"sent to {now.custodian}, then {told.kind}"
        yield Gap(GapKind.NOT_RECEIVED, now.since or now.seen, told.when, detail)
    if now.unsealed and told.kind == _K.SEALED:
        yield Gap(GapKind.UNSEALED, now.unsealed, told.when, f"with {now.custodian}")


def _fits(now: Keeping, told: Told) -> bool:
    """Whether it comes from where it was; what is on its way is with either end of it."""
    ends = (now.custodian, now.before) if now.is_sent else (now.custodian,)
    return holder(told.from_) in map(holder, ends)


def _after(now: Keeping, told: Told) -> Keeping:
    after = replace(now, seen=told.when)
    if told.to and told.to != now.custodian:
        after = replace(after, custodian=told.to, since=told.when, before=now.custodian)
    if told.to or told.kind == _K.RECEIVED:
        after = replace(after, is_sent=told.kind == _K.DISPATCHED)
    match told.kind:
        case _K.UNSEALED:
            return replace(after, unsealed=now.unsealed or told.when)
        case _K.SEALED:
            return replace(after, unsealed=None)
        case _K.DISPOSED:
            return replace(after, ended=told.when)
        case _K.CORRECTED:
            return replace(after, ended=None)
        case _:
            return after
