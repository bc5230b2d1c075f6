"""What a scan is about: which run it reaches, or why it reaches none. Reads the board, no more.

A slot scan chooses the slot for the next box scan. The same text from the same scanner within
half a second is one scan that bounced: dropped, and counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from bench.events.person import TextScanned
from bench.events.views import ScanTone, ScanView
from bench.identity.aim import symbology
from bench.identity.identifiers import AssetTag, Eid, Iccid, Imei, SlotCode
from bench.identity.scans import Meaning, ScanReading, read_scan
from bench.identity.trial import TrialCode
from bench.problems import Problem, ProblemCode
from bench.staging.board import Board
from bench.staging.bounces import Bounces
from bench.staging.run import StagingRun, State
from bench.staging.transitions.claiming import MENDED_BY_A_BOX

_DIALLING = 4.0
"""Seconds that dialling up an IMEI takes at the least: a scan before that is of the box again."""


@dataclass(frozen=True, slots=True)
class BoxHeard:
    """A box scan that reaches a run."""

    run: StagingRun
    imei: Imei
    also: tuple[Meaning, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelHeard:
    """A label scan that reaches a run."""

    run: StagingRun
    tag: AssetTag


@dataclass(frozen=True, slots=True)
class SimHeard:
    """A scan of a SIM, or of the chip of an eSIM, that reaches a run."""

    run: StagingRun
    sim: Iccid | Eid


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The run that the next scan is about; `by_box` says that its screen is waited for."""

    slot: SlotCode
    run: str
    by_box: bool = False


Heard: TypeAlias = BoxHeard | LabelHeard | SimHeard | ScanView | None
"""What to do about a scan: ask a run, answer at once, or nothing because it bounced."""


class ScanDesk:
    """Hears scans one after another; remembers the slot chosen and the last scan of each source."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._chosen: _Chosen | None = None
        self._boxed: tuple[str, float] = ("", 0.0)
        self._last = ""
        self._now = 0.0
        self._bounces = Bounces()

    @property
    def bounced(self) -> int:
        """How many scans were dropped as bounced."""
        return self._bounces.count

    def hear(self, scan: TextScanned, now: float, stale: Problem | None = None) -> Heard:
        """Say what the scan is about; `now` in monotonic seconds.

        `stale` is why no handset may change hands now: then a box is refused, and the slot chosen
        for it stays chosen.
        """
        self._now = now
        if self._bounces.is_one(scan, now):
            return None
        return self._heard(scan, read_scan(scan.text), stale)

    def _heard(self, scan: TextScanned, reading: ScanReading, stale: Problem | None) -> Heard:
        match reading.meaning:
            case Imei() as imei:
                return self._box(scan, reading, imei, stale)
            case AssetTag() as tag:
                return self._label(scan, reading, tag)
            case SlotCode() as slot:
                return self._choose(scan, reading, slot)
            case Iccid() | Eid() as sim:
                return self._sim(scan, reading, sim)
            case TrialCode() as trial:
                return _tried(scan, reading, trial)
            case _:
                return _meaningless(scan, reading)

    def _choose(self, scan: TextScanned, reading: ScanReading, slot: SlotCode) -> ScanView:
        run = self._board.at(slot)
        if run is None:
            return refused(scan, reading.raw, Problem(ProblemCode.SLOT_EMPTY, str(slot)))
        self._chosen = _Chosen(slot, run.run)
        what = "the SIM for" if waits_for_sim(run) else "the box of"
        answer = f"{slot} is chosen: scan {what} its handset."
        return ScanView(reading.raw, scan.source, ScanTone.GOOD, answer)

    def _box(
        self, scan: TextScanned, reading: ScanReading, imei: Imei, stale: Problem | None
    ) -> Heard:
        chosen, self._chosen = self._chosen, None
        run = self._about(chosen, imei)
        if run is None:
            return refused(scan, reading.raw, self._nowhere(imei))
        if run.imei == imei and not run.must_be_proven:
            return _repeated(scan, reading.raw, run)
        if run.boxed == imei and self._is_box_again(run):
            self._chosen = chosen
            return _not_the_screen(scan, reading.raw, run)
        if not _takes_a_box(run):
            problem = Problem(ProblemCode.NOT_POSSIBLE_NOW, str(run.slot), run.state.value)
            return refused(scan, reading.raw, problem)
        if stale:
            self._chosen = chosen
            return refused(scan, reading.raw, stale)
        self._last = run.run
        if run.state is State.ATTACHED and run.boxed is None:
            self._chosen = _Chosen(run.slot, run.run, by_box=True)
            self._boxed = run.run, self._now
        return BoxHeard(run, imei, reading.also)

    def _about(self, chosen: _Chosen | None, imei: Imei) -> StagingRun | None:
        """Return the run that was chosen, unless another handset has taken its slot since.

        A run that only waits for its screen leaves a scan to the handset that reports that IMEI.
        """
        here = self._chosen_run(chosen)
        known = self._board.reporting(imei)
        if here is None or chosen is None:
            return known
        return known if chosen.by_box and known is not None else here

    def _chosen_run(self, chosen: _Chosen | None) -> StagingRun | None:
        run = self._board.at(chosen.slot) if chosen else None
        return run if run and chosen and run.run == chosen.run else None

    def _is_box_again(self, run: StagingRun) -> bool:
        """Whether nobody can have dialled up the IMEI since the box was scanned."""
        boxed, at = self._boxed
        return boxed == run.run and self._now - at < _DIALLING

    def _nowhere(self, imei: Imei) -> Problem:
        """No slot reports that IMEI; one may have said it before Android answers."""
        if run := self._board.foreseeing(imei):
            return Problem(ProblemCode.NOT_SET_UP, str(run.slot))
        return Problem(ProblemCode.SCAN_NO_SLOT)

    def _label(self, scan: TextScanned, reading: ScanReading, tag: AssetTag) -> Heard:
        chosen, self._chosen = self._chosen, None
        here = self._chosen_run(chosen)
        awaits = here is not None and here.state is State.AWAITING_LABEL
        run = here if here and awaits else self._board.tagged(tag)
        if run is None:
            return refused(scan, reading.raw, Problem(ProblemCode.LABEL_UNKNOWN))
        if run.state is State.STAGED:
            return _repeated(scan, reading.raw, run)
        if run.state not in (State.AWAITING_LABEL, State.LABELLING):
            problem = Problem(ProblemCode.NOT_POSSIBLE_NOW, str(run.slot), run.state.value)
            return refused(scan, reading.raw, problem)
        return LabelHeard(run, tag)

    def _sim(self, scan: TextScanned, reading: ScanReading, sim: Iccid | Eid) -> Heard:
        """A SIM is for the slot that was chosen, else for the box that was scanned last.

        Else for the only handset that waits for one: of several, nobody can tell which.
        """
        chosen, self._chosen = self._chosen, None
        waiting = [run for run in self._board if waits_for_sim(run)]
        about = self._chosen_run(chosen)
        if about is None:
            last = [run for run in waiting if run.run == self._last]
            about = next(iter(last or waiting), None) if len(last or waiting) == 1 else None
        if about is None or about not in waiting:
            where = str(about.slot) if about else ""
            problem = Problem(ProblemCode.SIM_NOT_WANTED, where)
            return refused(scan, reading.raw, problem)
        return SimHeard(about, sim)


def refused(
    scan: TextScanned, raw: str, problem: Problem, reasons: tuple[str, ...] = ()
) -> ScanView:
    """Return the answer to a scan that changed nothing: the raw text and why."""
    return ScanView(raw, scan.source, ScanTone.BAD, str(problem), reasons)


def _meaningless(scan: TextScanned, reading: ScanReading) -> ScanView:
    """Refuse what is no code of ours, or one of ours that says nothing here."""
    if reading.meaning is not None:
        known = type(reading.meaning).__name__
        problem = Problem(ProblemCode.SCAN_MEANINGLESS, detail=f"a {known}")
        return refused(scan, reading.raw, problem)
    reasons = tuple(f"{r.format}: {r.reason}" for r in reading.refusals)
    return refused(scan, reading.raw, Problem(ProblemCode.SCAN_MEANINGLESS), reasons)


def _tried(scan: TextScanned, reading: ScanReading, trial: TrialCode) -> ScanView:
    """Answer a code of the test card: nothing is done but said."""
    if not trial.is_whole:
        answer = "The scanner works but loses separators: set it to serial mode (CDC)."
        return ScanView(reading.raw, scan.source, ScanTone.REPEATED, answer)
    kind = symbology(reading.aim) or "the kind of code is not told: turn AIM identifiers on"
    return ScanView(reading.raw, scan.source, ScanTone.GOOD, f"The scanner works: {kind}.")


def _repeated(scan: TextScanned, raw: str, run: StagingRun) -> ScanView:
    answer = str(Problem(ProblemCode.SCAN_NOT_NEEDED, str(run.slot)))
    return ScanView(raw, scan.source, ScanTone.REPEATED, answer)


def waits_for_sim(run: StagingRun) -> bool:
    """Whether a run waits for its SIM, or is held for the wrong one."""
    step = run.current_step
    if step is None or not step.marries:
        return False
    held_for_it = run.hold is not None and run.hold.code is ProblemCode.SIM_ELSEWHERE
    return run.state is State.STAGING or held_for_it


def _takes_a_box(run: StagingRun) -> bool:
    match run.state:
        case State.AWAITING_SCAN:
            return True
        case State.ATTACHED:  # nobody but its screen can say who it is
            return run.plan.before_setup and run.identity is None and run.session is None
        case _:
            mended = run.hold is not None and run.hold.code in MENDED_BY_A_BOX
            return mended or run.must_be_proven


def _not_the_screen(scan: TextScanned, raw: str, run: StagingRun) -> ScanView:
    answer = f"{run.slot}: the box is read; dial *#06# and scan the code on the handset's screen."
    return ScanView(raw, scan.source, ScanTone.REPEATED, answer)
