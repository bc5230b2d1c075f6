"""CSV as it is sent: commas, semicolons, tabs; with marks, in the encodings of Excel; cut short.

Source: RFC 4180; the line `sep=;` before all is Excel's own.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TextIO

from bench.identity.cells import neutral
from bench.identity.plain import plain
from bench.stock.intake.reading.encoding import Seen, encoding_of
from bench.stock.intake.reading.table import (
    HEADING_WITHIN,
    MOST_CHARACTERS,
    MOST_COLUMNS,
    NO_FLAWS,
    Row,
    Table,
    TableError,
)

_DELIMITERS = ",;\t|"
_SHORT = 64
"""Characters of an identifier, and more."""
_SEP = re.compile(r"sep=(.)\s*", re.IGNORECASE)
FORMULA = "a formula stands here: put its value in"


@contextmanager
def open_csv(path: Path, seen: Seen) -> Iterator[Table]:
    """Open a CSV; reading its rows raises `TableError` where it is none."""
    encoding = encoding_of(path, seen.head)
    with path.open("rb") as raw:
        file = io.TextIOWrapper(raw, encoding, newline="")
        try:
            yield Table(_rows(file), lambda: min(raw.tell() / seen.size, 1.0))
        finally:
            file.detach()


def _rows(file: TextIO) -> Iterator[Row]:
    lines = _Lines(file)
    reader = csv.reader(lines, delimiter=_delimiter(lines), strict=True)
    width = 0
    try:
        for cells in reader:
            number = reader.line_num + lines.skipped
            row = _row(number, cells)
            if len(row.cells) < width and not lines.is_ended:
                raise TableError(f"it is cut short in line {number}")
            width = max(width, len(row.cells))
            yield row
    except UnicodeDecodeError as error:
        raise TableError("it changed while it was read") from error
    except csv.Error as error:
        where = f"line {reader.line_num + lines.skipped}"
        if "unexpected end" in str(error):
            raise TableError(f"it is cut short: quotes are open at its end, {where}") from error
        raise TableError(f"{where}: {plain(str(error))}") from error


class _Lines:
    """The lines of a file, some looked at before they are given; knows how the last one ended."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.ahead = [line for line in (file.readline() for _ in range(HEADING_WITHIN)) if line]
        self.skipped = 0
        self.is_ended = True

    def __iter__(self) -> Iterator[str]:
        ahead, self.ahead = self.ahead, []
        for lines in (ahead, self._file):
            for line in lines:
                self.is_ended = line.endswith(("\n", "\r"))
                yield line


def _delimiter(lines: _Lines) -> str:
    """Return what most often parts one of the first lines."""
    told = _SEP.fullmatch(lines.ahead[0]) if lines.ahead else None
    if told:
        lines.ahead.pop(0)
        lines.skipped = 1
        return told[1]
    bare = [re.sub(r'"[^"]*"', "", line) for line in lines.ahead]
    return max(_DELIMITERS, key=lambda each: max((line.count(each) for line in bare), default=0))


def _row(number: int, cells: Sequence[str]) -> Row:
    if len(cells) > MOST_COLUMNS:
        raise TableError(f"line {number} has more than {MOST_COLUMNS} columns")
    texts = tuple([text_of(cell) for cell in cells])
    if "=" in "".join(texts):
        flaws = {at: FORMULA for at, text in enumerate(texts) if text[:1] == "="}
        return Row(number, texts, flaws)
    return Row(number, texts, NO_FLAWS)


def text_of(cell: str) -> str:
    """Return a cell as one line; an apostrophe that only kept it from being a formula goes."""
    return cell if cell.isalnum() and cell.isascii() and len(cell) < _SHORT else _shown(cell)


@lru_cache(4096)
def _shown(cell: str) -> str:
    text = plain(cell, MOST_CHARACTERS)
    return text[1:] if text[:1] == "'" and neutral(text[1:]) == text else text
