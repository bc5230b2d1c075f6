"""How work in progress goes.

A result names its run and the `ticket` it was done under, so that an answer that comes too late is
recognised and dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from bench.events.central import SightingsHeard
from bench.events.enrolment import CodeReady, CodeSpent
from bench.problems import Problem


@dataclass(frozen=True, slots=True)
class StepProgressed:
    """A share of the step is done, 0 to 1; shown, never recorded."""

    run: str
    ticket: int
    share: float


@dataclass(frozen=True, slots=True)
class StepSucceeded:
    """The step is done and proven."""

    run: str
    ticket: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class StepFailed:
    """The handset refused the step (FAIL): it is tried again as often as the profile says."""

    run: str
    ticket: int
    reason: str


@dataclass(frozen=True, slots=True)
class StepErrored:
    """The bench could not do the step (ERROR): it is nobody's fault at the handset."""

    run: str
    ticket: int
    problem: Problem


@dataclass(frozen=True, slots=True)
class LabelPrinted:
    """The printer printed the label."""

    run: str
    ticket: int


@dataclass(frozen=True, slots=True)
class LabelDoubtful:
    """The label may or may not have been printed: only a scan of it can tell."""

    run: str
    ticket: int


@dataclass(frozen=True, slots=True)
class GapEnded:
    """A handset that left the bus in the middle of its enrolment had the time it may take."""

    run: str
    gap: int


WorkFact: TypeAlias = (
    StepProgressed | StepSucceeded | StepFailed | StepErrored | CodeReady | CodeSpent
    | LabelPrinted | LabelDoubtful | GapEnded | SightingsHeard
)  # fmt: skip
