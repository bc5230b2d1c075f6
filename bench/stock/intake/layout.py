"""Which column of a file is which field: guessed by its headings, changed by a person, checked.

Pure. Headings are told apart by `labels`; a column that this program added to a file of refusals
is no column of the list.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bench.stock.intake.kinds import FIELDS, Field, FileKind, bare
from bench.stock.intake.reading.table import HEADING_WITHIN, Row

REASON = "Refused because"
"""The heading of the column that says why a row was refused."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A file of a kind: `columns` are places of fields, from 0; `given` is said for all its rows.

    `labels` are its headings.
    """

    kind: FileKind
    labels: tuple[str, ...]
    columns: Mapping[str, int]
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[Field, ...]:
        """What every row needs and nothing says."""
        said = self.columns.keys() | self.given.keys()
        return tuple(each for each in FIELDS[self.kind] if each.needed and each.name not in said)

    def with_column(self, name: str, place: int | None) -> Layout:
        """Return it with a field in a column, or in none; a column has one field."""
        kept = {each: at for each, at in self.columns.items() if each != name and at != place}
        return replace(self, columns=kept if place is None else kept | {name: place})

    def with_given(self, name: str, text: str) -> Layout:
        """Return it with what holds for all rows."""
        return replace(self, given={**self.given, name: text})

    def named(self) -> Mapping[str, str]:
        """Return the heading of each field, as it is remembered."""
        return {name: self.labels[place] for name, place in self.columns.items()}


def labels(head: Row) -> tuple[str, ...]:
    """Return what each column is called: the second `IMEI` is `IMEI (2)`, none is `column 3`."""
    found: list[str] = []
    for place, cell in enumerate(head.cells, start=1):
        name = cell or f"column {place}"
        again = sum(each == name or each.startswith(f"{name} (") for each in found)
        found.append(f"{name} ({again + 1})" if again else name)
    return tuple(found)


def digest_of(names: Sequence[str]) -> str:
    """Return what a set of headings is remembered under; the column of reasons is none of them."""
    texts = [bare(each) for each in names if not is_reason(each)]
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()


def is_reason(label: str) -> bool:
    """Whether a column is this program's own."""
    return bare(label).startswith(bare(REASON))


def heading_among(rows: Sequence[Row]) -> Row | None:
    """Return the first row that has the most headings which some kind knows; None for no row."""
    filled = [row for row in rows[:HEADING_WITHIN] if not row.is_blank]
    return max(filled, key=_known, default=None)


def guess(names: tuple[str, ...], hidden: frozenset[int] = frozenset()) -> Layout:
    """Return the kind that fits the headings best, with its columns."""
    found = [guess_as(kind, names, hidden) for kind in FileKind]
    return max(found, key=_fit)


def guess_as(
    kind: FileKind, names: tuple[str, ...], hidden: frozenset[int] = frozenset()
) -> Layout:
    """Return the columns of a kind by their headings; what nobody sees is not guessed."""
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        if place not in hidden and not is_reason(name):
            places.setdefault(bare(name), place)
    columns: dict[str, int] = {}
    for each in FIELDS[kind]:
        its = (places[word] for word in each.words if word in places)
        free = next((at for at in its if at not in columns.values()), None)
        if free is not None:
            columns[each.name] = free
    return Layout(kind, names, columns)


def recalled(kind: FileKind, names: tuple[str, ...], headings: Mapping[str, str]) -> Layout:
    """Return a layout as it was remembered, as far as the headings are there and the fields are."""
    known = {each.name for each in FIELDS[kind]}
    columns = {
        name: names.index(heading)
        for name, heading in headings.items()
        if name in known and heading in names
    }
    return Layout(kind, names, columns)


def _fit(found: Layout) -> tuple[bool, int]:
    return all(each.given for each in found.missing) and bool(found.columns), len(found.columns)


def _known(row: Row) -> int:
    return len({bare(cell) for cell in row.cells if cell} & _WORDS)


_WORDS = frozenset(word for fields in FIELDS.values() for each in fields for word in each.words)
