"""Hosts the desks of the stock: what comes is handed to the task, what it wants is committed.

On the bench's loop. The task after a turn takes the place of the one before only when what the turn
wants written is on the disk; where it takes a second person, when that one has signed it off.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bench.custody.entries import Actor, Entry
from bench.custody.ledger import Ledger
from bench.custody.two_persons import are_needed
from bench.events.desks import (
    Answered,
    DeskDecision,
    DeskOpened,
    DeskView,
    FileChosen,
    JobCancelled,
    JobEnded,
    JobFact,
    JobProgressed,
    JobView,
    SignatureDrawn,
    Wanted,
    Workspace,
)
from bench.events.person import HiddenText, TextScanned
from bench.events.views import ScanTone, ScanView
from bench.identity.commands import Command, CommandCode
from bench.identity.scans import read_scan
from bench.ports import Clock
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.badges import SHOWN
from bench.staging.bounces import Bounces
from bench.staging.inbox import PASSES
from bench.staging.second_person import DeskSigned, DeskWaiting
from bench.staging.showing import Show
from bench.staging.sign_in_desk import SignInDesk
from bench.staging.stock_room import StockRoom
from bench.stock.desk.turns import Job, Say, Task, Turn
from bench.stock.menu import Menu
from bench.stock.rooms import TITLES


@dataclass(frozen=True, slots=True)
class _Work:
    """A job under way, the task that it belongs to, and who began it."""

    ticket: int
    title: str
    task: Task
    by: Actor
    share: float = 0.0


class StockDesk:
    """One desk at a time, at which whoever is signed in works; `wrote` is told of each commit."""

    def __init__(
        self,
        stock: StockRoom,
        ledger: Ledger,
        show: Show,
        people: SignInDesk,
        clock: Clock,
        wrote: Callable[[Sequence[Entry]], None],
    ) -> None:
        self._book, self._offers, self._jobs = stock.book, stock.offers, stock.jobs
        self._owed: Callable[[], tuple[Entry, ...]] | None = stock.owed
        self._ledger = ledger
        self._show = show
        self._people = people
        self._clock = clock
        self._wrote = wrote
        self._bounces = Bounces()
        self._workspace = Workspace.BENCH
        self._task: Task | None = None
        self._question = 0
        self._work: _Work | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody is at a desk: then scans are for it."""
        return self._task is not None

    def takes_badge(self) -> bool:
        """Whether the badge of somebody is wanted who need not be enrolled here."""
        return self._task is not None and self._task.face().wanted is Wanted.BADGE

    # ── what comes ──────────────────────────────────────────────────────────────────────────────
    def scanned(self, scan: TextScanned) -> None:
        """Take a scan; it is nobody else's while a desk is open."""
        if self._bounces.is_one(scan, self._clock.elapsed()):
            return
        reading = read_scan(scan.text)
        self._take(lambda task: task.heard(reading, scan.text), reading.raw, scan.source)

    def commanded(self, code: CommandCode, scan: TextScanned) -> None:
        """Do what the key would do that a command stands for."""
        if self._bounces.is_one(scan, self._clock.elapsed()):
            return
        match code.command:
            case Command.GO:
                self._open(Workspace(code.argument))
            case Command.BACK:
                self._open(self._workspace)
            case Command.CHOOSE:
                name = self._named(code.place)
                self._take(lambda task: task.answered(name, ""), str(code), scan.source)

    def _named(self, place: int) -> str:
        """Return the answer of a digit; one that asks for words has to be typed."""
        choices = self._task.face().choices if self._task else ()
        if place >= len(choices):
            raise ProblemError(Problem(ProblemCode.NOT_POSSIBLE_NOW, detail="no answer has it"))
        if asks := choices[place].asks:
            raise ProblemError(Problem(ProblemCode.NOT_POSSIBLE_NOW, detail=asks))
        return choices[place].name

    def badge(self, text: str, source: str) -> None:
        """Take the badge that the desk wants."""
        self._take(lambda task: task.badge(HiddenText(text)), SHOWN, source)

    def decided(self, fact: DeskDecision) -> None:
        """Take what a person does at a desk."""
        match fact:
            case DeskOpened():
                self._open(fact.workspace)
            case JobCancelled():
                self._jobs.cancel()
            case Answered():
                self._answer(fact.question, lambda task: task.answered(fact.choice, fact.text))
            case FileChosen():
                self._answer(fact.question, lambda task: task.chose_file(fact.path))
            case SignatureDrawn():
                self._answer(fact.question, lambda task: task.signed(fact.strokes))

    def worked(self, fact: JobFact) -> None:
        """Take how far a job is, or what became of it."""
        work = self._work
        if work is None or work.ticket != fact.ticket:
            return
        match fact:
            case JobProgressed():
                self._work = replace(work, share=fact.share)
                self.show()
            case JobEnded():
                self._is_over(work, fact)

    def _is_over(self, work: _Work, fact: JobEnded) -> None:
        """Give a job's result on; while the record cannot be written, it waits with the job."""
        self._work = None
        try:
            self._ended(work, fact)
        except ProblemError as error:
            if error.problem.code in PASSES:
                self._work = work
            raise
        finally:
            self.show()

    def signed_off(self, signed: DeskSigned) -> None:
        """Do what waited for a second person; `ProblemError` where the desk has moved on."""
        waited = signed.waited
        if waited.task is not self._task:
            raise ProblemError(Problem(ProblemCode.DESK_MOVED_ON))
        self._ledger.append(waited.turn.entries, by=waited.first, second=signed.second)
        self._committed(waited.turn, "", "bench", waited.first)

    def follow(self) -> bool:
        """Let the book see what the record has; whether a desk shows something else by it.

        What cannot be read stands as a problem.
        """
        try:
            news = self._book.catch_up(self._ledger.events) > 0
            self._tell_record()
        except ProblemError as error:
            self._show.stand(error.problem)
            return True
        self._show.clear(ProblemCode.BOOK_UNUSABLE, self._book.name)
        if news and self.is_open:
            self.show()
        return news and self.is_open

    def _tell_record(self) -> None:
        """Have the record say, once the book is read, what a power cut kept from it."""
        if self._owed and not self._book.backlog(self._ledger.tail().seq):
            owed, self._owed = self._owed(), None
            if owed:
                by = self._people.book.stands_for({entry.kind for entry in owed})
                self._ledger.append(owed, by=by)
                self._book.catch_up(self._ledger.events)
                self._wrote(owed)

    def show(self) -> None:
        """Show the desk as it is now."""
        self._show.desk(self._view())

    # ── one turn ────────────────────────────────────────────────────────────────────────────────
    def _open(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._turn_to(self._menu())

    def _menu(self) -> Task | None:
        if self._workspace is Workspace.BENCH:
            return None
        title, offers = TITLES[self._workspace], self._offers[self._workspace]
        return Menu(title, offers)

    def _answer(self, question: int, turn: Callable[[Task], Turn]) -> None:
        if question != self._question:
            raise ProblemError(Problem(ProblemCode.DESK_MOVED_ON))
        self._take(turn, "", "bench")

    def _take(self, turn: Callable[[Task], Turn], raw: str, source: str) -> None:
        """Let the task take its turn by the hand of whoever is there."""
        if self._task is None:
            raise ProblemError(Problem(ProblemCode.DESK_MOVED_ON))
        by = self._people.book.present()
        if self._work and self._work.task is self._task:
            raise ProblemError(Problem(ProblemCode.DESK_BUSY, detail=self._work.title))
        self._refuse_behind()
        self._taken(self._task, turn(self._task), by, raw, source)

    def _taken(self, task: Task, taken: Turn, by: Actor, raw: str, source: str) -> None:
        """Commit what a turn wants before anything of it is seen."""
        if taken.entries:
            kinds = {entry.kind for entry in taken.entries}
            self._people.book.refuse_unfit(by, kinds)
            if self._people.asks and (alone := [e for e in taken.entries if are_needed(e)]):
                waiting = DeskWaiting(task, taken, alone[0].kind, taken.purpose, by)
                self._people.wait_for_second(waiting)
                raise ProblemError(Problem(ProblemCode.NEEDS_SECOND_PERSON, detail=taken.purpose))
            self._ledger.append(taken.entries, by=by)
        self._committed(taken, raw, source, by)

    def _refuse_behind(self) -> None:
        if self._book.backlog(self._ledger.tail().seq):
            self.follow()
        if self._book.backlog(self._ledger.tail().seq):
            raise ProblemError(Problem(ProblemCode.BOOK_BEHIND))

    def _committed(self, turn: Turn, raw: str, source: str, by: Actor) -> None:
        if turn.entries:
            self._wrote(turn.entries)
        self._turn_to(turn.task or self._menu())
        if say := turn.say or self._unsaid(raw):
            self._tell(say, raw, source)
        if turn.job:
            self._begin(turn.job, by)
        self.show()

    def _unsaid(self, raw: str) -> Say | None:
        """Say what comes next where a scan was taken in silence: the answer before is not its."""
        return Say(ScanTone.GOOD, self._task.face().prompt) if raw and self._task else None

    def _turn_to(self, task: Task | None) -> None:
        if task is not self._task:
            self._question += 1
        self._task = task
        self.show()

    def _tell(self, say: Say, raw: str, source: str) -> None:
        self._show.answer(ScanView(raw, source, say.tone, say.told, say.reasons))

    def _begin(self, job: Job, by: Actor) -> None:
        assert self._task is not None, "a job belongs to a task that goes on"
        self._work = _Work(self._jobs.begin(job), job.title, self._task, by)

    def _ended(self, work: _Work, fact: JobEnded) -> None:
        """Give the result to the task that waits for it, by the hand of who began it.

        Somebody may have left the task meanwhile, or the bench be locked.
        """
        if fact.problem:
            self._tell(Say(ScanTone.BAD, str(fact.problem)), "", "bench")
        if work.task is self._task:
            self._refuse_behind()
            turn = work.task.worked(fact.problem or fact.result)
            self._taken(work.task, turn, work.by, "", "bench")
        elif fact.problem is None:
            self._tell(Say(ScanTone.GOOD, f"Done: {work.title}."), "", "bench")

    def _view(self) -> DeskView | None:
        if self._task is None:
            return None
        face, work = self._task.face(), self._work
        return DeskView(
            self._workspace, face.title, face.prompt, self._question, face.wanted, face.choices,
            face.done, face.total, face.unit, face.columns, face.lines, face.remark,
            JobView(work.title, work.share) if work else None, face.page,
        )  # fmt: skip
