"""XLSX as it is sent: what nobody sees, what is merged, what was computed, what was rounded.

Cells come as texts as a person would read them. A number of more than 15 digits is none any more:
the spreadsheet rounded it when it was put in. openpyxl streams the cells; what it does not tell of
a sheet that it streams (hidden rows and columns, merged cells) is read beside it, as a stream too.
Source: ECMA-376, part 1, clauses 18.3.1.13 (col), 18.3.1.55 (mergeCell), 18.3.1.73 (row).
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from bench.identity.plain import plain
from bench.stock.intake.reading.delimited import FORMULA, text_of
from bench.stock.intake.reading.table import (
    MOST_COLUMNS,
    NO_FLAWS,
    Row,
    Table,
    TableError,
)

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

_MOST_UNPACKED, _MOST_KEPT = 1 << 30, 1 << 27
"""Bytes that a workbook may unpack to, and a part of it that its reader keeps in memory while rows
are streamed, such as that of all texts: a bomb is larger."""
_STREAMED = "xl/worksheets/"
_DAMAGE = (
    zlib.error, EOFError, KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError,
    ArithmeticError, RuntimeError,
)  # fmt: skip
"""What a workbook's reader fails with in the parts of a damaged one: packed wrongly, not at all as
it says, with a password (`RuntimeError`)."""
_SPAN = 1_000
"""Merged cells beyond that are a form, no list."""
_EXACT = 10**15
_TRUE = ("1", "true")


@dataclass(frozen=True, slots=True)
class _Unseen:
    """What a sheet hides and merges: rows by number from 1, columns from 0.

    `merged` are by their first row: last row, first and last column.
    """

    rows: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()
    merged: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)


@contextmanager
def open_xlsx(path: Path, sheet: str = "") -> Iterator[Table]:
    """Open a sheet of a workbook, the first that is seen unless one is named."""
    from openpyxl import load_workbook  # noqa: PLC0415 - 60 ms that only a workbook is worth

    with path.open("rb") as file:
        with _told():
            _refuse_bomb(file)
            book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        with closing(book):
            with _told():
                table = _table(path, book, sheet)
            yield table


def _table(path: Path, book: Workbook, sheet: str) -> Table:
    sheets = [each for each in book.worksheets if each.sheet_state == "visible"]
    names = tuple(plain(each.title) for each in sheets)
    if not sheets:
        raise TableError("no sheet of it is visible")
    chosen = sheets[names.index(sheet)] if sheet in names else sheets[0]
    unseen = _unseen(path, chosen)
    reading = _Reading(chosen, unseen)
    return Table(reading.rows(), reading.share, plain(chosen.title), names, unseen.columns)


@contextmanager
def _told() -> Iterator[None]:
    """Say what a workbook is not; what is wrong inside it comes as any of these from its reader."""
    try:
        yield
    except TableError:
        raise
    except BadZipFile as error:
        raise TableError("it is no XLSX: it was cut short, or has a password") from error
    except expat.ExpatError as error:
        raise TableError("its sheet is damaged, or was cut short") from error
    except _DAMAGE as error:
        raise TableError(f"its workbook is damaged: {plain(str(error))}") from error


def _refuse_bomb(file: BinaryIO) -> None:
    with ZipFile(file) as packed:
        sizes = [(each.filename, each.file_size) for each in packed.infolist()]
    if sum(size for _, size in sizes) > _MOST_UNPACKED:
        raise TableError("it unpacks to more than a gigabyte: have it sent as CSV")
    if any(size > _MOST_KEPT for name, size in sizes if not name.startswith(_STREAMED)):
        raise TableError("its texts would fill the memory: have it sent as CSV")
    file.seek(0)


# ── its rows ────────────────────────────────────────────────────────────────────────────────────
class _Reading:
    """Reads a sheet from its top; merged cells have the value of their first."""

    def __init__(self, sheet: ReadOnlyWorksheet, unseen: _Unseen) -> None:
        self._cells: Iterator[Sequence[Any]] = iter(sheet.rows)
        self._last = sheet.max_row or 1
        self._unseen = unseen
        self._number = 0
        self._under: dict[int, tuple[int, str, str]] = {}

    def share(self) -> float:
        """Return how much of the sheet is read."""
        return min(self._number / self._last, 1.0)

    def rows(self) -> Iterator[Row]:
        """Yield its rows; raises `TableError` where it is damaged further down."""
        with _told():
            for cells in self._cells:
                self._number += 1
                yield self._row(cells)

    def _row(self, cells: Sequence[Any]) -> Row:
        if len(cells) > MOST_COLUMNS:
            cells = cells[:MOST_COLUMNS]
        texts, flaws = _read(cells)
        self._spread(texts, flaws)
        hidden = self._number in self._unseen.rows
        flaw = "the row is hidden in the sheet: show it or delete it" if hidden else ""
        while texts and not texts[-1]:
            texts.pop()
        return Row(self._number, tuple(texts), flaws or NO_FLAWS, flaw)

    def _spread(self, texts: list[str], flaws: dict[int, str]) -> None:
        for column, (last, text, flaw) in tuple(self._under.items()):
            if self._number > last:
                del self._under[column]
                continue
            texts.extend([""] * (column + 1 - len(texts)))
            texts[column] = text
            if flaw:
                flaws[column] = flaw
        for last, first, until in self._unseen.merged.get(self._number, ()):
            for column in range(first, min(until + 1, len(texts))):
                side = "cells are merged sideways: part them" if until > first else ""
                if side:
                    flaws[column] = side
                self._under[column] = (last, texts[first], side or flaws.get(first, ""))


def _read(cells: Sequence[Any]) -> tuple[list[str], dict[int, str]]:
    texts: list[str] = []
    flaws: dict[int, str] = {}
    for at, cell in enumerate(cells):
        value = cell.value
        if value.__class__ is str and cell.data_type not in ("f", "e"):
            texts.append(text_of(value))
            continue
        text, flaw = _said(value, cell.data_type)
        texts.append(text)
        if flaw:
            flaws[at] = flaw
    return texts, flaws


def _said(value: object, data_type: str) -> tuple[str, str]:
    match data_type, value:
        case "f", _:
            return "", FORMULA
        case "e", _:
            return plain(str(value)), "a formula's error stands here: put the value in"
        case _, bool():
            return str(value).upper(), ""
        case _, int() | float():
            return _number(value)
    return _day(value) if isinstance(value, dt.datetime) else plain(str(value or "")), ""


def _day(value: dt.datetime) -> str:
    return value.isoformat(" ") if value.time() != dt.time() else value.date().isoformat()


def _number(value: float) -> tuple[str, str]:
    """Spell a number as a spreadsheet shows it, which keeps 15 digits of it."""
    if abs(value) >= _EXACT:
        return f"{value:.14E}", "a number this long was rounded: have the column sent as text"
    return (str(int(value)) if value == int(value) else f"{value:.15g}"), ""


# ── what nobody sees ────────────────────────────────────────────────────────────────────────────
def _unseen(path: Path, sheet: ReadOnlyWorksheet) -> _Unseen:
    rows: set[int] = set()
    columns: set[int] = set()
    merged: dict[int, list[tuple[int, int, int]]] = {}

    def begins(name: str, its: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "row" if its.get("hidden") in _TRUE:
                rows.add(int(its.get("r", "0")))
            case "col" if its.get("hidden") in _TRUE:
                last = min(int(its.get("max", "1")), MOST_COLUMNS)
                columns.update(range(int(its.get("min", "1")) - 1, last))
            case "mergeCell":
                _merge(merged, its.get("ref", ""))

    _parse(path, vars(sheet)["_worksheet_path"], begins)
    return _Unseen(frozenset(rows), frozenset(columns), merged)


def _parse(path: Path, part: str, begins: Callable[[str, dict[str, str]], None]) -> None:
    """Tell `begins` each element of a part of a workbook; none of them may declare anything."""

    def refuse(*_: object) -> None:
        raise TableError("its workbook declares what no workbook does")

    parser = expat.ParserCreate()
    parser.StartElementHandler = begins
    parser.StartDoctypeDeclHandler = refuse
    with ZipFile(path) as packed, packed.open(part) as file:
        parser.ParseFile(file)


def _merge(merged: dict[int, list[tuple[int, int, int]]], ref: str) -> None:
    from openpyxl.utils import range_boundaries  # noqa: PLC0415 - as above

    first, top, last, bottom = (each or 1 for each in range_boundaries(ref))
    if len(merged) > _SPAN:
        raise TableError("so much of it is merged that it is no list")
    merged.setdefault(top, []).append((bottom, first - 1, last - 1))
