"""A table as it was read: headings, and rows whose damage is named and never mended by a guess."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from bench.problems import Problem, ProblemCode, ProblemError

LARGEST = 64 << 20
"""Bytes of a file that is read: half a million rows are smaller."""
MOST_COLUMNS, MOST_CHARACTERS = 200, 2_000
HEADING_WITHIN = 20
"""Rows among which the headings are: lists begin with titles and dates."""
NO_FLAWS: Mapping[int, str] = {}


class TableError(ValueError):
    """A file is no table that can be read; it says why, for a person."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: `number` as the file's own program counts, from 1; cells are texts as shown there.

    `flaws` says by column why a cell cannot be believed, `flaw` why the whole row cannot.
    """

    number: int
    cells: tuple[str, ...]
    flaws: Mapping[int, str] = field(default_factory=lambda: NO_FLAWS)
    flaw: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return not any(self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a file that is open: all its rows, the titles above its headings among them.

    `share` is how much of it is read, 0 to 1. `hidden` are columns that nobody sees in it. `sheet`
    is which of `sheets` it is; a CSV has none.
    """

    rows: Iterator[Row]
    share: Callable[[], float]
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    hidden: frozenset[int] = frozenset()


def unusable(name: str, why: str) -> ProblemError:
    """Return the problem of a file that is no table."""
    return ProblemError(Problem(ProblemCode.FILE_UNUSABLE, name, why))
