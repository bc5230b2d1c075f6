"""What the bench shows: collects what changed and publishes it as one immutable view.

Progress alone is shown at most every tenth of a second; everything else at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from bench.events.access import AccessView
from bench.events.central import CentreView
from bench.events.desks import DeskView
from bench.events.enrolment import ShownCode
from bench.events.views import (
    BenchView,
    ProfileView,
    ScanView,
    SlotView,
    TallyView,
)
from bench.identity.identifiers import SlotCode
from bench.problems import Problem, ProblemCode
from bench.staging.board import Board
from bench.staging.run import StagingRun, State
from bench.staging.view import empty, view_of

Publish: TypeAlias = Callable[[BenchView], None]

_PROGRESS_EVERY = 0.1
"""Seconds between two views that show nothing but progress."""
_IN_HAND = (State.STAGING, State.LABELLING, State.AWAITING_LABEL)


class Show:
    """The bench's face. On the bench's loop only."""

    def __init__(self, board: Board, publish: Publish) -> None:
        self._board = board
        self._publish = publish
        self._problems: dict[tuple[ProblemCode, str], Problem] = {}
        self._shares: dict[str, float] = {}
        self._scan: ScanView | None = None
        self._access: AccessView | None = None
        self._staged = self._voided = self._bounced = 0
        self._due: asyncio.TimerHandle | None = None
        self._can_cycle: frozenset[SlotCode] = frozenset()
        self._codes: dict[str, ShownCode] = {}
        self._profiles: tuple[ProfileView, ...] = ()
        self._centre: CentreView | None = None
        self._desk: DeskView | None = None

    def stand(self, problem: Problem) -> None:
        """Let a problem of the bench stand until it is cleared."""
        self._problems[problem.code, problem.where] = problem

    def clear(self, code: ProblemCode, where: str) -> None:
        """Clear a problem; one that does not stand is no matter."""
        self._problems.pop((code, where), None)

    def answer(self, scan: ScanView) -> None:
        """Show what the last scan was answered; it stays until the next."""
        self._scan = scan

    def access(self, view: AccessView) -> None:
        """Show who is at the bench, from now on."""
        self._access = view

    def bounced(self, count: int) -> None:
        """Show how many scans were dropped as bounced."""
        self._bounced = count

    def offer(self, profiles: tuple[ProfileView, ...]) -> None:
        """Show which profiles may be chosen."""
        self._profiles = profiles

    def centre(self, view: CentreView) -> None:
        """Show how the bench stands with the centre, from now on."""
        self._centre = view

    def desk(self, view: DeskView | None) -> None:
        """Show a desk as it is now; None: nobody is at one."""
        self._desk = view

    def code(self, run: StagingRun, code: ShownCode | None) -> None:
        """Show a code to the camera of a run's handset while its step lasts; None: no longer."""
        self._codes.pop(run.run, None)
        if code:
            self._codes[run.run] = code
        self._board.touch(run.slot)

    def offer_power(self, slots: frozenset[SlotCode]) -> None:
        """Show which slots' ports can be switched off and on."""
        for slot in self._can_cycle ^ slots:
            self._board.touch(slot)
        self._can_cycle = slots

    def moved(self, before: StagingRun, after: StagingRun) -> None:
        """Count a run that became staged or void, and forget the progress of a step that ended."""
        if before.ticket != after.ticket or not after.busy:
            self._shares.pop(after.run, None)
            self._codes.pop(after.run, None)
        if before.state is not after.state:
            self._staged += after.state is State.STAGED
            self._staged -= before.state is State.STAGED and after.is_open
            self._voided += after.state is State.VOIDED or (
                after.state is State.GONE and before.state is State.HELD and before.recorded
            )

    def progress(self, run: StagingRun, share: float) -> None:
        """Show, soon, how much of a run's step is done."""
        self._shares[run.run] = share
        self._board.touch(run.slot)
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(_PROGRESS_EVERY, self.now)

    def now(self) -> None:
        """Publish what changed, and the whole of the rest."""
        if self._due is not None:
            self._due.cancel()
            self._due = None
        slots = tuple(self._slot(slot) for slot in self._board.changed())
        problems = tuple(self._problems.values())
        self._publish(
            BenchView(
                slots, self._scan, self._tally(), problems, self._access, self._profiles,
                self._centre, self._desk,
            )
        )  # fmt: skip

    def _slot(self, slot: SlotCode) -> SlotView:
        run = self._board.at(slot)
        view = self._run(run) if run else empty(slot)
        return replace(view, can_cycle=True) if slot in self._can_cycle else view

    def _run(self, run: StagingRun) -> SlotView:
        view = view_of(run, self._shares.get(run.run, 0.0))
        code = self._codes.get(run.run)
        return replace(view, code=code) if code else view

    def _tally(self) -> TallyView:
        return TallyView(
            staged=self._staged,
            in_hand=self._board.count(*_IN_HAND),
            held=self._board.count(State.HELD),
            voided=self._voided,
            repeats_dropped=self._bounced,
        )
