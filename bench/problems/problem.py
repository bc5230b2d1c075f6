"""One occurrence of a known problem, and the one form in which it reaches a person."""

from __future__ import annotations

from dataclasses import dataclass

from bench.identity.plain import plain
from bench.problems.advice import Advice
from bench.problems.catalogue import CATALOGUE
from bench.problems.codes import ProblemCode


@dataclass(frozen=True, slots=True)
class Problem:
    """One occurrence: `where` is a slot, a printer or a scanner; `detail` is plain text."""

    code: ProblemCode
    where: str = ""
    detail: str = ""

    @property
    def advice(self) -> Advice:
        """The words of the catalogue."""
        return CATALOGUE[self.code]

    def __str__(self) -> str:
        """`where — what (detail). — do.`: the one form in which a problem reaches a person."""
        what = (
            f"{self.advice.what} ({plain(self.detail, 200)})" if self.detail else self.advice.what
        )
        return " — ".join(part for part in (plain(self.where), what + ".", self.advice.do) if part)


class ProblemError(Exception):
    """A known problem on its way to the person; raised where it is met, shown by the station."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem
