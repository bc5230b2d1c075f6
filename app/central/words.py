"""How this bench stands with the centre, in words. Pure."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import NamedTuple, assert_never

from app.central.moments import ago, clock, number
from bench.events.central import CentreState, CentreView
from bench.identity.plain import plain

_REASON = 200
_ALL_THERE = "Everything that was recorded is there."
_HANDED_OVER = "Everything is handed over; the centre has not confirmed all of it yet."
_UNKNOWN = "Not known yet."
_NEVER = "never yet"


class Said(NamedTuple):
    """What the chip says: a word or two, and behind or below it a little more."""

    head: str
    tail: str = ""
    joint: str = ", "

    @property
    def line(self) -> str:
        """All of it in one line."""
        return self.joint.join(part for part in (self.head, self.tail) if part)


def said(view: CentreView, share: float, now: datetime, here: tzinfo | None = None) -> Said:
    """Return what the chip says; `share`, 0 to 1, is how much of what waited is sent."""
    match view.state:
        case CentreState.IN_STEP:
            return _handed_over(view) if view.detail else Said("In step")
        case CentreState.SENDING:
            return Said(f"Sending {int(share * 100)} %", f"{view.waiting or 0:,} left")
        case CentreState.WAITING:
            return Said(_waiting(view), _since(view, now, here)) if view.waiting else _idle(view)
        case CentreState.AWAY:
            waits = " ".join((_waiting(view), _since(view, now, here))).strip()
            return Said("Centre away", waits if view.waiting else "")
        case CentreState.STOPPED:
            return Said("Stopped", plain(view.detail, _REASON), ": ")
        case _:
            assert_never(view.state)


def rows(
    view: CentreView, now: datetime, here: tzinfo | None = None
) -> tuple[tuple[str, str], ...]:
    """Return what the panel says line by line: what of, and what."""
    return (
        ("Central store", plain(view.store) or _UNKNOWN),
        ("To be sent", _to_be_sent(view)),
        ("The oldest is from", _moment(view.since, now, here) if view.waiting else "—"),
        ("Last answer", _moment(view.seen, now, here)),
        ("Release taken down", _moment(view.release, now, here)),
        ("Proof of receipt", _receipt(view)),
    )


def trouble(view: CentreView, problems: tuple[str, ...]) -> str:
    """Return what is wrong and what to do about it, "" where nothing is.

    `problems` are the whole sentences of those that stand; without any, the view's own reason.
    """
    if problems:
        return "\n".join(problems)
    reason = plain(view.detail, _REASON)
    match view.state:
        case CentreState.AWAY:
            return _sentences(reason, "Work goes on; what waits is sent when it is back.")
        case CentreState.STOPPED:
            return _sentences(reason, "Nothing is sent until somebody has seen to it.")
        case CentreState.WAITING if reason:
            return _sentences(reason, "Nothing is to be done; it goes on by itself.")
        case _:
            return ""


def _sentences(reason: str, do: str) -> str:
    return f"{reason.rstrip('.')}. {do}" if reason else do


def _handed_over(view: CentreView) -> Said:
    return Said("Handed over", f"confirmed up to {view.receipt or 0:,}")


def _idle(view: CentreView) -> Said:
    """Say that nothing is known to wait: it was not asked, or is being asked."""
    if view.detail:
        return Said("Waiting", plain(view.detail, _REASON), ": ")
    return Said("Not asked yet") if view.waiting is None else Said("Asking", "the centre", " ")


def _to_be_sent(view: CentreView) -> str:
    if view.waiting is None:
        return _UNKNOWN
    if view.waiting:
        return number(view.waiting, "event waits", "events wait")
    is_handed_over = view.state is CentreState.IN_STEP and view.detail
    return _HANDED_OVER if is_handed_over else _ALL_THERE


def _waiting(view: CentreView) -> str:
    return number(view.waiting or 0, "waits", "wait")


def _since(view: CentreView, now: datetime, here: tzinfo | None) -> str:
    return f"since {clock(view.since, now, here)}" if view.since else ""


def _moment(at: datetime | None, now: datetime, here: tzinfo | None) -> str:
    return _NEVER if at is None else f"{clock(at, now, here)} — {ago(at, now)}"


def _receipt(view: CentreView) -> str:
    if view.receipt is None:
        return "None yet." if view.seen else "None yet: the centre has not answered."
    return f"Kept beside the record: {plain(view.store)} has all events up to {view.receipt:,}."
