"""Text for other programs' tables: what it says is text there and nothing else."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from bench.identity.cells import neutral
from bench.identity.plain import plain

_LIMIT = 4000


def as_csv(rows: Iterable[Sequence[str]]) -> str:
    """Return RFC 4180 text (CRLF) in which a spreadsheet finds no formula: each cell `neutral`."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([_cell(each) for each in row] for row in rows)
    return out.getvalue()


def as_markdown(rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table, the first row its head."""
    head, *rest = rows
    lines = [_line(head), _line(["---"] * len(head)), *map(_line, rest)]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return neutral(plain(text, _LIMIT))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_escaped(cell) for cell in cells)} |"


def _escaped(text: str) -> str:
    line = plain(text, _LIMIT)
    for character in "\\`*_<>[]|&":
        line = line.replace(character, f"\\{character}")
    return line
