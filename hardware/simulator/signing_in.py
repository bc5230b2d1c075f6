"""The scripted technician's badge and PIN, and those of the supervisor who is called.

They are made up for the exercise. Badges go through the scanner as everybody's do.
"""

from __future__ import annotations

from dataclasses import dataclass

from bench.events.access import AccessView
from bench.events.person import HiddenText, PinTyped
from bench.events.views import BenchView
from bench.ports import Post
from bench.problems import Problem, ProblemCode
from hardware.simulator.scanner import SimulatedScanner

_TAP_AGAIN = str(Problem(ProblemCode.TAP_AGAIN))
_DO_AGAIN = 3.0
"""Seconds after which a badge that had no effect is shown once more."""


@dataclass(frozen=True, slots=True)
class BadgeHolder:
    """Somebody made up: what a reader sends for the badge, and the PIN."""

    badge: HiddenText
    pin: HiddenText


class SigningIn:
    """Shows badges and types PINs when the bench asks; without holders it does nothing."""

    def __init__(
        self,
        scanner: SimulatedScanner,
        technician: BadgeHolder | None = None,
        supervisor: BadgeHolder | None = None,
    ) -> None:
        self._scanner = scanner
        self._technician = technician
        self._supervisor = supervisor
        self._access: AccessView | None = None
        self._taps = False
        self._shown: tuple[str, float] = ("", 0.0)

    @property
    def is_wanted(self) -> bool:
        """Whether nobody is signed in at a bench where the technician could be."""
        return self._technician is not None and self._access is not None and not self._access.who

    def see(self, view: BenchView) -> None:
        """Look at who is there, and whether a fresh tap is asked for."""
        self._access = view.access
        self._taps = view.scan is not None and view.scan.answer == _TAP_AGAIN

    def act(self, post: Post, now: float) -> bool:
        """Do what is asked of the two, if anything; `now` in seconds."""
        access = self._access
        if access is None or self._technician is None:
            return False
        holder = self._supervisor if access.purpose else self._technician
        if holder is None or access.checking:
            return False
        if access.asks:
            post(PinTyped(holder.pin))
            return True
        if access.purpose or not access.who or self._taps:
            return self._show_badge(holder, access.purpose, now)
        return False

    def _show_badge(self, holder: BadgeHolder, purpose: str, now: float) -> bool:
        what, at = self._shown
        if what == holder.badge.text + purpose and now - at < _DO_AGAIN:
            return False
        self._shown = holder.badge.text + purpose, now
        self._scanner.scan(holder.badge.text)
        return True
