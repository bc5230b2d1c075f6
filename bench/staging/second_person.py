"""What waits for a second person at the bench: pure.

What the record does not allow, and what only a supervisor clears, goes on with an override: the
entry says why, and in the same transaction another person signs it off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bench.custody.entries import Actor, Entry
from bench.events.orders import CustodyKind
from bench.events.person import RunResumed, StepConfirmed
from bench.events.run import ImeiScanned, RunFact
from bench.problems import CATALOGUE, Clears, Problem
from bench.staging.run import StagingRun
from bench.stock.desk.turns import Task, Turn


@dataclass(frozen=True, slots=True)
class Waiting:
    """An act of `first` about a run, as the run was then; `why` will stand in the record.

    `person` is the second one, whose badge was read and whose PIN is waited for; "" before.
    """

    run: StagingRun
    fact: RunFact
    why: str
    first: Actor
    person: str = ""

    @property
    def kind(self) -> CustodyKind:
        """The kind of the entry that is overridden, or that takes two persons."""
        if isinstance(self.fact, StepConfirmed):
            return CustodyKind.CONFIRMED
        return CustodyKind.RESUMED if isinstance(self.fact, RunResumed) else CustodyKind.SCANNED

    @property
    def is_override(self) -> bool:
        """Whether the record has to say why this is done all the same."""
        return not isinstance(self.fact, StepConfirmed)

    @property
    def purpose(self) -> str:
        """What is signed off, for a person."""
        return f"{self.run.slot}: {self.why}"

    def still_fits(self, run: StagingRun | None) -> bool:
        """Whether the run is as it was when this was asked."""
        mine = self.run.run, self.run.slot, self.run.state, self.run.step, self.run.hold
        now = (run.run, run.slot, run.state, run.step, run.hold) if run else None
        return mine == now


@dataclass(frozen=True, slots=True)
class DeskWaiting:
    """A turn of `first` at a desk that takes two persons; `kind` says which of its entries does.

    `person` is the second one, whose badge was read and whose PIN is waited for; "" before.
    """

    task: Task
    turn: Turn
    kind: CustodyKind
    purpose: str
    first: Actor
    person: str = ""
    is_override: bool = False
    fact: None = None


@dataclass(frozen=True, slots=True)
class DeskSigned:
    """A turn that waited and may now be taken: `second` signs it off."""

    waited: DeskWaiting
    second: Actor


@dataclass(frozen=True, slots=True)
class SignedOff:
    """Something that waited and may now be done: `second` signs it off."""

    waited: Waiting
    second: Actor

    def overridden(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """Return the entries with the override where it belongs."""
        if not self.waited.is_override:
            return tuple(entries)
        kind, why = self.waited.kind, self.waited.why
        return tuple(replace(e, override=why) if e.kind is kind else e for e in entries)


def clears_by_supervisor(run: StagingRun) -> bool:
    """Whether the run is held for something that only a supervisor clears."""
    return run.hold is not None and CATALOGUE[run.hold.code].clears is Clears.BY_SUPERVISOR


def why_resumed(run: StagingRun) -> str:
    """Return what a resumed run's override says."""
    assert run.hold is not None, "only a held run is resumed"
    return f"resumed although {CATALOGUE[run.hold.code].word.lower()}"


def confirms_by_two(run: StagingRun) -> bool:
    """Whether the present step is a question that takes two persons."""
    return run.current_step is not None and run.current_step.persons > 1


def why_confirmed(run: StagingRun) -> str:
    """Return what the second person signs off of a confirmed step."""
    assert run.current_step is not None, "only a step is confirmed"
    return run.current_step.asks


def may_be_overridden(fact: RunFact) -> bool:
    """Whether a person's act that the record does not allow can be overridden at the bench."""
    return isinstance(fact, RunResumed | ImeiScanned)


def why_overridden(problem: Problem) -> str:
    """Return what the override of an act says that the record does not allow."""
    return problem.detail or CATALOGUE[problem.code].word.lower()
