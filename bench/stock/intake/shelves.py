"""Which table of the book the rows of a kind go to, and how they are told apart: one table.

Pure. The names of columns are the book's (`bench.stock.book.files`); nothing of a file is ever one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bench.stock.intake.checking import Values
from bench.stock.intake.kinds import FIELDS, FileKind, Value


@dataclass(frozen=True)
class Shelf:
    """Rows of a table: `columns` in the order of their values, `key` the first few of them.

    `fixed` is what stands in every row of it. Where one key stands in `many` rows of a file, the
    first says what it is.
    """

    name: str
    table: str
    key: int
    columns: tuple[str, ...]
    fixed: Mapping[str, Value] = field(default_factory=dict)
    many: bool = False

    @cached_property
    def all_columns(self) -> tuple[str, ...]:
        """Its columns with the fixed ones, without that of the import."""
        return (*self.columns, *self.fixed)

    @cached_property
    def insert(self) -> str:
        """The statement that puts a row in, with the number of its import."""
        names = ", ".join((*self.all_columns, "import") if self.has_import else self.all_columns)
        marks = ", ".join("?" * (len(self.all_columns) + self.has_import))
        return f"INSERT INTO {self.table} ({names}) VALUES ({marks})"  # noqa: S608 - names of this program's own

    @cached_property
    def select(self) -> str:
        """The statement that finds rows by a JSON list of their keys."""
        keys = ", ".join(self.columns[: self.key])
        parts = ", ".join(f"value ->> '$[{n}]'" for n in range(self.key))
        its = ", ".join((*self.all_columns, "import" if self.has_import else "0"))
        return (
            f"SELECT {its} FROM {self.table} WHERE ({keys}) IN (SELECT {parts} FROM json_each(?))"  # noqa: S608 - as above
        )

    def update(self, column: str) -> str:
        """Return the statement that sets a column of a row: value, then its key."""
        assert column in self.all_columns, "a column of this program's own"
        keys = " AND ".join(f"{name} = ?" for name in self.columns[: self.key])
        return f"UPDATE {self.table} SET {column} = ? WHERE {keys}"  # noqa: S608 - as above

    @property
    def has_import(self) -> bool:
        """Whether its rows say which file they are from."""
        return self.table != "purchase_line"


def spelled(key: tuple[Value, ...]) -> str:
    """Return a key as it is kept with a disagreement."""
    return str(key[0]) if len(key) == 1 else json.dumps(key, ensure_ascii=False)


def key_of(shelf: Shelf, text: str) -> tuple[Value, ...]:
    """Return a key as it was spelled."""
    return (text,) if shelf.key == 1 else tuple(json.loads(text))


def _names(kind: FileKind) -> tuple[str, ...]:
    return tuple(each.name for each in FIELDS[kind])


_PURCHASE = ("number", "supplier", "contract", "placed")
_LINE = ("number", "line", "item", "kind", "model", "tacs", "quantity", "unit_pence", "year",
         "budget", "pool")  # fmt: skip
AT: Mapping[str, int] = {name: place for place, name in enumerate(_names(FileKind.ORDER))}
"""Where the fields of an order are among its values."""
LINE = "order-line"

SHELVES: Mapping[str, Shelf] = {
    each.name: each
    for each in (
        Shelf("order", "purchase", 1, _PURCHASE, many=True),
        Shelf(LINE, "purchase_line", 2, _LINE),
        Shelf("despatch", "expected", 1, _names(FileKind.DESPATCH),
              {"source": "despatch", "asset_tag": "", "issued": ""}),
        Shelf("fleet", "expected", 1, _names(FileKind.FLEET),
              {"source": "fleet", "number": "", "despatch": "", "pallet": ""}),
        Shelf("sims", "sim", 1, _names(FileKind.SIMS)),
        Shelf("licences", "licence_purchase", 2, ("pool", "reference", "quantity", "bought",
                                                  "until", "number")),
        Shelf("budget", "budget", 3, _names(FileKind.BUDGET)),
        Shelf("programme", "programme", 1, ("one", *_names(FileKind.PROGRAMME))),
    )
}  # fmt: skip
"""By the word that a disagreement has in the book."""


def shelved(kind: FileKind, values: Values) -> tuple[tuple[Shelf, Values], ...]:
    """Return what of a row goes to which shelf."""
    match kind:
        case FileKind.ORDER:
            parts = ((SHELVES["order"], _PURCHASE), (SHELVES[LINE], _LINE))
            return tuple((shelf, tuple(values[AT[n]] for n in its)) for shelf, its in parts)
        case FileKind.PROGRAMME:
            return ((SHELVES[kind.value], (1, *values)),)
    return ((SHELVES[kind.value], values),)
