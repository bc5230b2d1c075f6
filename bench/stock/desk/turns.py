"""A task at a desk, and the turn it takes at each answer.

A task is an immutable value: what it was before stands until what it wants written is on the disk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from bench.custody.entries import Entry
from bench.events.desks import Choice, Line, Wanted
from bench.events.person import HiddenText
from bench.events.views import ScanTone
from bench.identity.scans import ScanReading
from bench.problems import Problem, ProblemCode

Cancelled: TypeAlias = Callable[[], bool]
Progress: TypeAlias = Callable[[float], None]
"""Told the share that is done, 0 to 1; as often as one likes."""


class JobCancelledError(Exception):
    """A job was stopped by a person before its end; it left nothing half done."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work for a thread of its own: reading a file, writing a report.

    `work` asks now and then whether it is cancelled, and then raises `JobCancelledError`; what it
    returns comes back by `Task.worked`. A `ProblemError` is told and comes back as the problem.
    """

    title: str
    work: Callable[[Progress, Cancelled], object]


@dataclass(frozen=True, slots=True)
class Say:
    """What is answered, as a scan is: it stays until the next."""

    tone: ScanTone
    told: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Face:
    """What a task shows: a question, what answers it, how far it is. As `DeskView` says it."""

    title: str
    prompt: str
    wanted: Wanted = Wanted.CHOICE
    choices: tuple[Choice, ...] = ()
    done: int = 0
    total: int = 0
    unit: str = ""
    columns: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    remark: str = ""
    page: object | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What becomes of an answer: the task after it, and what is to be done.

    `task` None ends it: the desk is back at its beginning. `entries` are appended in one
    transaction; where their kinds take two persons, `purpose` says in a few words what the second
    one signs off. `say` is shown once they are on the disk. `job` begins then.
    """

    task: Task | None
    say: Say | None = None
    entries: tuple[Entry, ...] = ()
    purpose: str = ""
    job: Job | None = None


class Task:
    """A conversation at a desk. What a task has no use for, it refuses; nothing is changed then."""

    def face(self) -> Face:
        """Return what is asked and shown now; asks the book, if need be, in a few milliseconds."""
        raise NotImplementedError

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Take a scan, or a code that was typed; `text` is as it came, for codes of no format."""
        _ = text
        return self.refused(ProblemCode.NOT_POSSIBLE_NOW, reading.raw)

    def badge(self, text: HiddenText) -> Turn:
        """Take the badge of somebody, where one is wanted."""
        _ = text
        return self.refused(ProblemCode.NOT_POSSIBLE_NOW)

    def answered(self, choice: str, text: str) -> Turn:
        """Take a choice by its name with the text that it asks for, or a text alone."""
        _ = choice, text
        return self.refused(ProblemCode.NOT_POSSIBLE_NOW)

    def chose_file(self, path: str) -> Turn:
        """Take the name of a file or folder."""
        return self.refused(ProblemCode.NOT_POSSIBLE_NOW, path)

    def signed(self, strokes: HiddenText) -> Turn:
        """Take a signature."""
        _ = strokes
        return self.refused(ProblemCode.NOT_POSSIBLE_NOW)

    def worked(self, result: object) -> Turn:
        """Take what the job of an earlier turn returned, or the `Problem` that ended it."""
        _ = result
        return Turn(self)

    def refused(self, code: ProblemCode, detail: str = "", *reasons: str, where: str = "") -> Turn:
        """Return the turn that changes nothing and says why."""
        return Turn(self, Say(ScanTone.BAD, str(Problem(code, where, detail)), reasons))

    def good(self, told: str, task: Task | None = None) -> Turn:
        """Return the turn that says something good and goes on as `task`, or as this one."""
        return Turn(task or self, Say(ScanTone.GOOD, told))


@dataclass(frozen=True, slots=True)
class Offer:
    """A task that a desk offers: `name` is the desk's word for it, `title` what a person reads.

    What is scanned before anything was chosen is for the task that takes scans `first`.
    """

    name: str
    title: str
    begin: Callable[[], Task] = field(repr=False)
    first: bool = False
