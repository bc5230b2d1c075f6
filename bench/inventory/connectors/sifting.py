"""Finding the one device that an inventory cannot bear, so that all others go on. Pure.

Trouble with many at once may be one's: they are taken singly, and twice as many at a time as long
as that goes well. Trouble with one is its own once another went well; that of several after one
another is the inventory's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from bench.problems import ProblemCode, ProblemError

T = TypeVar("T")
IN_A_ROW = {
    ProblemCode.CONNECTOR_GARBLED: 5,
    ProblemCode.CONNECTOR_UNREACHABLE: 3,
    ProblemCode.CONNECTOR_REFUSED: 3,
}
"""Devices after one another with trouble, before it is the inventory's; any other trouble is."""


class GivenUpError(Exception):
    """It is the inventory's trouble: `problem`."""

    def __init__(self, problem: ProblemError) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Sifting(Generic[T]):
    """How many are taken at once, and who is suspected; `blame` is told of each that it was.

    Where an inventory does not part them, all trouble is its own: not `parted`.
    """

    def __init__(self, blame: Callable[[T, ProblemError], None], *, parted: bool = True) -> None:
        self._blame = blame
        self._parted = parted
        self._many: int | None = None
        self._well = False
        self.suspects: list[tuple[T, ProblemError]] = []

    def handful(self, left: Sequence[T]) -> Sequence[T]:
        """Return those that are taken next, the first of them."""
        return left if self._many is None else left[: self._many]

    def more(self) -> None:
        """Take twice as many from now on, where nobody is suspected."""
        if self._many is not None and not self.suspects:
            self._many *= 2

    def went_well(self) -> None:
        """Know that the inventory is well: who is suspected is to blame."""
        self._well = True
        suspects, self.suspects = self.suspects, []
        for each, problem in suspects:
            self._blame(each, problem)

    def trouble(self, of: Sequence[T], problem: ProblemError) -> None:
        """Suspect the one, or take those singly from now on; `GivenUpError` for the inventory's."""
        most = IN_A_ROW.get(problem.problem.code)
        if most is None or not self._parted:
            raise GivenUpError(problem) from None
        if len(of) > 1:
            self._many = 1
            return
        self.suspects.append((of[0], problem))
        if len(self.suspects) >= most:
            raise GivenUpError(problem) from None

    def ended(self) -> None:
        """Blame who is suspected, where the inventory answered anything; else `GivenUpError`."""
        if not self.suspects:
            return
        problem = self.suspects[-1][1]
        if not self._well and problem.problem.code is not ProblemCode.CONNECTOR_GARBLED:
            raise GivenUpError(problem)
        self.went_well()
