"""The task "Re-home SIMs": a contract is chosen by its key, the one that replaces it is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC
from functools import partial

from bench.events.desks import Choice, Line, Wanted
from bench.events.views import ScanTone
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode
from bench.stock.desk.means import Means
from bench.stock.desk.turns import (
    Cancelled,
    Face,
    Job,
    JobCancelledError,
    Progress,
    Say,
    Task,
    Turn,
)
from bench.stock.intake.queries import unrecorded
from bench.stock.sims.queries import Holding, holdings
from bench.stock.sims.rehoming import entries, rehome
from bench.stock.sims.states import SimState

_TITLE = "Re-home SIMs"
_COLUMNS = ("Supplier", "Contract", "SIMs", "Married", "Free", "Lost or spent")
_MOST = 9
_LONGEST = 60
_DO, _BACK = "do", "back"


@dataclass(frozen=True, slots=True)
class WhichContract(Task):
    """Asks which contract has ended; shows them all."""

    means: Means

    def face(self) -> Face:
        """Show the contracts, a key each for as many as there are keys."""
        found = self._found()
        choices = tuple(
            Choice(str(n), plain(f"{each.supplier}, {each.contract}"))
            for n, each in enumerate(found[:_MOST])
        )
        remark = "" if len(found) <= _MOST else "Further contracts: stock rehome."
        return Face(
            _TITLE, "Which contract is replaced?", choices=(*choices, Choice(_BACK, "Back")),
            columns=_COLUMNS, lines=tuple(map(holding_line, found)), remark=remark,
        )  # fmt: skip

    def answered(self, choice: str, text: str) -> Turn:
        """Ask what replaces it."""
        _ = text
        if choice == _BACK:
            return Turn(None)
        known = {str(n): each for n, each in enumerate(self._found()[:_MOST])}
        if choice not in known:
            return self.refused(ProblemCode.NOT_POSSIBLE_NOW)
        return Turn(ByWhich(self.means, known[choice]))

    def _found(self) -> tuple[Holding, ...]:
        known = holdings(self.means.book.connection)
        return tuple(each for each in known if each.contract)


@dataclass(frozen=True, slots=True)
class ByWhich(Task):
    """Asks for the contract that replaces it, then whether that is so, and does it."""

    means: Means
    before: Holding
    contract: str = ""

    def face(self) -> Face:
        """Ask for its name, or whether that is so."""
        if not self.contract:
            prompt = f"Type the contract that replaces {plain(self.before.contract)}."
            return Face(_TITLE, prompt, Wanted.TEXT)
        prompt = (
            f"{self.before.bought} SIMs of {plain(self.before.supplier)} from"
            f" {plain(self.before.contract)} to {plain(self.contract)}?"
        )
        choices = (Choice(_DO, "Yes, put them under it"), Choice(_BACK, "No"))
        return Face(_TITLE, prompt, choices=choices)

    def answered(self, choice: str, text: str) -> Turn:
        """Take the name, or do it."""
        named = plain(text).strip()[:_LONGEST]
        if not self.contract and not choice and named and named != self.before.contract:
            return Turn(replace(self, contract=named))
        if self.contract and choice == _DO:
            return Turn(self, job=Job(f"{self.before.contract} → {self.contract}", self._work))
        if choice == _BACK:
            return Turn(WhichContract(self.means))
        return self.refused(ProblemCode.NOT_POSSIBLE_NOW, named)

    def worked(self, result: object) -> Turn:
        """Tell the record what stands in the book now."""
        if isinstance(result, Problem):
            return Turn(self)
        book = self.means.book.connection
        told = (*unrecorded(book), *entries(book))
        say = Say(ScanTone.GOOD, f"{result} SIMs are under {plain(self.contract)}.")
        return Turn(WhichContract(self.means), say, told)

    def _work(self, progress: Progress, cancelled: Cancelled) -> object:
        if cancelled():
            raise JobCancelledError
        progress(0.0)
        at = self.means.now().astimezone(UTC).isoformat()
        with self.means.book.writer() as connection:
            return rehome(connection, self.before.supplier, self.before.contract, self.contract, at)


def holding_line(each: Holding) -> Line:
    """Return how many SIMs of a contract stand how."""
    states = each.states
    gone = states.get(SimState.LOST, 0) + states.get(SimState.SPENT, 0)
    counts = (each.bought, states.get(SimState.MARRIED, 0), states.get(SimState.FREE, 0), gone)
    return Line((plain(each.supplier), plain(each.contract), *map(str, counts)))


def begin(means: Means) -> Callable[[], Task]:
    """Return what begins the task."""
    return partial(WhichContract, means)
