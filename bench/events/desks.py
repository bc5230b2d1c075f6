"""The desks before and after the slots: goods-in, dispatch, roll-out; what is asked, what is said.

A desk works as a conversation: it shows one question at a time, and a scan, a key, a file or a
signature answers it. Questions are numbered, so that an answer to one that is no longer put is
none to the next.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from bench.events.person import HiddenText
from bench.problems import Problem


class Workspace(StrEnum):
    """Where in the house a person works; scans go to the desk that is there."""

    GOODS_IN = "goods-in"
    BENCH = "bench"
    """The slots: no desk, scans reach the runs."""
    DISPATCH = "dispatch"
    CUSTODY = "custody"
    ROLL_OUT = "roll-out"


class Wanted(StrEnum):
    """What answers the question that a desk puts now."""

    SCAN = "scan"
    TEXT = "text"
    """Words, typed by a person; they come as `Answered` with no choice."""
    CHOICE = "choice"
    FILE = "file"
    FOLDER = "folder"
    """A folder that something is written to."""
    SIGNATURE = "signature"
    BADGE = "badge"
    """The badge of somebody who need not be enrolled at this bench."""
    NOTHING = "nothing"


class Weight(StrEnum):
    """How a line of a desk looks."""

    PLAIN = "plain"
    GOOD = "good"
    OPEN = "open"
    """Something is still to be done about it."""
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer that a key gives: `name` is the desk's word for it, `text` what a person reads.

    With `asks` a text has to be typed with it, and `asks` says which.
    """

    name: str
    text: str
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of what a desk shows, a text for each of its columns; all texts are plain."""

    cells: tuple[str, ...]
    weight: Weight = Weight.PLAIN


@dataclass(frozen=True, slots=True)
class JobView:
    """Work that goes on behind a desk; `share` is how much of it is done, 0 to 1."""

    title: str
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class DeskView:
    """A desk as it is now.

    `title` is the task, `prompt` one sentence: what to do next. `question` numbers it, and `wanted`
    says what answers it. `choices` are answered by the keys 1 to 9 in their order (the tenth by 0).
    `done` of `total` are counted `unit`s; no progress is shown where `total` is 0. `lines` is what
    is open or happened last, the most urgent first, under `columns`. `remark` is what else has to
    be known. `page` is what a workspace shows beyond that, such as the roll-out; its type is the
    workspace's own.
    """

    workspace: Workspace
    title: str = ""
    prompt: str = ""
    question: int = 0
    wanted: Wanted = Wanted.CHOICE
    choices: tuple[Choice, ...] = ()
    done: int = 0
    total: int = 0
    unit: str = ""
    columns: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    remark: str = ""
    job: JobView | None = None
    page: object | None = None


# ── what a person does ──────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class DeskOpened:
    """A person went to a workspace, or back to the beginning of the one they are in."""

    workspace: Workspace


@dataclass(frozen=True, slots=True)
class Answered:
    """A person chose, or typed a text where one is wanted: then `choice` is ""."""

    question: int
    choice: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class FileChosen:
    """A person named the file or folder that is wanted; `path` is as they wrote it."""

    question: int
    path: str


@dataclass(frozen=True, slots=True)
class SignatureDrawn:
    """A person signed on the screen.

    `strokes` are lines of points, x and y each 0 to 9999 of the field's width and height, spelled
    `x,y x,y;x,y …`; no repr shows them.
    """

    question: int
    strokes: HiddenText = field(repr=False)


@dataclass(frozen=True, slots=True)
class JobCancelled:
    """A person stopped the work that goes on behind the desk."""


# ── what goes on behind a desk ──────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class JobProgressed:
    """More of a job is done: `share` of it, 0 to 1."""

    ticket: int
    share: float


@dataclass(frozen=True, slots=True)
class JobEnded:
    """A job ended: with a `result` that the task that began it knows, or a problem."""

    ticket: int
    result: object = None
    problem: Problem | None = None


DeskDecision: TypeAlias = DeskOpened | Answered | FileChosen | SignatureDrawn | JobCancelled
"""What a person does at a desk."""
JobFact: TypeAlias = JobProgressed | JobEnded
DeskFact: TypeAlias = DeskDecision | JobFact
