"""Rows of a file into the book, a few hundred at a time, within the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from bench.stock.intake.checking import Refused, Values
from bench.stock.intake.comparing import Differs, compare
from bench.stock.intake.kinds import FileKind, Value
from bench.stock.intake.reading.table import Row
from bench.stock.intake.shelves import AT, Shelf, shelved, spelled

if TYPE_CHECKING:
    import sqlite3

Checked: TypeAlias = tuple[Row, Values]
ABOVE = "It stands further up in this file already."
CROSSED = "One of its IMEIs is another handset's."
_DISAGREE = """INSERT INTO disagreement (kind, key, field, import, ours, theirs)
  SELECT :kind, :key, :field, :import, :ours, :theirs WHERE NOT EXISTS (
    SELECT 1 FROM disagreement WHERE kind = :kind AND key = :key AND field = :field
      AND ours = :ours AND theirs = :theirs)
  ON CONFLICT DO NOTHING"""
"""What was asked once is not asked again, settled or not."""
_OWNERS = """SELECT imei, imei2, imei FROM expected
  WHERE imei IN (SELECT value FROM json_each(:all))
UNION ALL SELECT imei2, imei, imei FROM expected
  WHERE imei2 <> '' AND imei2 IN (SELECT value FROM json_each(:all))"""
_SAME_LINE = "SELECT line FROM purchase_line WHERE number = ? AND item = ? AND model = ?"
_LAST_LINE = "SELECT coalesce(max(line), 0) FROM purchase_line WHERE number = ?"


@dataclass(slots=True)
class Stored:
    """What became of the rows of a file: `new` and `known` ones, and what they said beyond.

    `disagreements` counts fields.
    """

    new: int = 0
    known: int = 0
    filled: int = 0
    disagreements: int = 0


class Storage:
    """Stores the rows of one file of a kind under the number of its import."""

    def __init__(self, connection: sqlite3.Connection, kind: FileKind, number: int) -> None:
        self._connection = connection
        self._kind, self._number = kind, number
        self._own: set[Values] = set()
        self.stored = Stored()

    def store(self, rows: Sequence[Checked]) -> Iterator[Refused]:
        """Store rows; yield those that cannot be, which only the rows before them show."""
        match self._kind:
            case FileKind.DESPATCH | FileKind.FLEET:
                crossed = self._crossed(rows)
                yield from crossed
                left_out = {id(each.row) for each in crossed}
                yield from self._shelve([each for each in rows if id(each[0]) not in left_out])
            case FileKind.ORDER:  # the number of a line may come of the line before it
                for row, values in rows:
                    yield from self._shelve([(row, self._numbered(values))])
            case _:
                yield from self._shelve(rows)

    def _shelve(self, rows: Sequence[Checked]) -> Iterator[Refused]:
        split = [(row, shelved(self._kind, values)) for row, values in rows]
        for place in range(len(split[0][1]) if split else 0):
            shelf = split[0][1][place][0]
            yield from self._put(shelf, [(row, parts[place][1]) for row, parts in split])

    def _put(self, shelf: Shelf, rows: Sequence[Checked]) -> Iterator[Refused]:
        fixed = tuple(shelf.fixed.values())
        known = self._known(shelf, rows)
        fresh: dict[Values, Values] = {}
        met: list[tuple[Values, Values]] = []
        for row, values in rows:
            key = values[: shelf.key]
            if key in fresh or key in known:
                if self._is_own(shelf, key, known) or (key in fresh and not shelf.many):
                    yield Refused(row, ABOVE)
                else:
                    met.append((key, values + fixed))
            else:
                fresh[key] = values + fixed
        self._insert(shelf, fresh)
        if not shelf.many:
            self.stored.new += len(fresh)
            self.stored.known += len(met)
        ours = {key: whole for key, (whole, _) in known.items()} | fresh
        for key, theirs in met:
            ours[key] = self._meet(shelf, key, ours[key], theirs)

    def _insert(self, shelf: Shelf, fresh: dict[Values, Values]) -> None:
        end = (self._number,) if shelf.has_import else ()
        self._connection.executemany(shelf.insert, [whole + end for whole in fresh.values()])
        if not shelf.has_import:
            self._own.update(fresh)

    def _is_own(self, shelf: Shelf, key: Values, known: dict[Values, tuple[Values, int]]) -> bool:
        """Whether a row of this very file said it already."""
        if shelf.many or key not in known:
            return False
        return known[key][1] == self._number or key in self._own

    def _known(self, shelf: Shelf, rows: Sequence[Checked]) -> dict[Values, tuple[Values, int]]:
        keys = json.dumps([values[: shelf.key] for _, values in rows])
        found = self._connection.execute(shelf.select, (keys,))
        return {each[: shelf.key]: (each[:-1], each[-1]) for each in found}

    def _meet(self, shelf: Shelf, key: Values, ours: Values, theirs: Values) -> Values:
        """Fill in what the book did not know, note what it knows otherwise; return what it says."""
        now = list(ours)
        for each in compare(shelf, ours, theirs):
            if isinstance(each, Differs):
                self._differ(shelf, key, each)
            else:
                self._connection.execute(shelf.update(each.field), (each.value, *key))
                now[shelf.all_columns.index(each.field)] = each.value
                self.stored.filled += 1
        return tuple(now)

    def _differ(self, shelf: Shelf, key: Values, found: Differs) -> None:
        said = {
            "kind": shelf.name, "key": spelled(key), "field": found.field, "import": self._number,
            "ours": str(found.ours), "theirs": str(found.theirs),
        }  # fmt: skip
        self.stored.disagreements += self._connection.execute(_DISAGREE, said).rowcount

    # ── handsets with two IMEIs ─────────────────────────────────────────────────────────────────
    def _crossed(self, rows: Sequence[Checked]) -> list[Refused]:
        """Return the rows that give an IMEI to another handset than one before them does."""
        said = json.dumps([imei for _, values in rows for imei in values[:2] if imei])
        owner: dict[object, Value] = {}
        for one, other, first in self._connection.execute(_OWNERS, {"all": said}):
            owner[one] = first
            if other:
                owner[other] = first
        refused = []
        for row, values in rows:
            imeis = [imei for imei in values[:2] if imei]
            if any(owner.get(imei, values[0]) != values[0] for imei in imeis):
                refused.append(Refused(row, CROSSED))
            else:
                owner.update(dict.fromkeys(imeis, values[0]))
        return refused

    # ── lines of an order that have no number ───────────────────────────────────────────────────
    def _numbered(self, values: Values) -> Values:
        """Return a line with its number: that of the same thing in this order, or the next."""
        number, line, item, model = (
            values[AT[name]] for name in ("number", "line", "item", "model")
        )
        if line:
            return values
        ask = self._connection.execute
        same = ask(_SAME_LINE, (number, item, model)).fetchone()
        free = same or ask(_LAST_LINE, (number,)).fetchone()
        return (*values[: AT["line"]], free[0] if same else free[0] + 1, *values[AT["line"] + 1 :])
