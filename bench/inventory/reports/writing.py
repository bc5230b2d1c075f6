"""A report as Markdown, JSON or CSV, piece by piece as it is read; nothing in it is more than text.

What is written here a bench has said: cells are one plain line each, no markup in Markdown, no
formula in CSV.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime

from bench.enrolment.exports.cells import cell
from bench.identity.plain import plain
from bench.inventory.reports.reading import Cell, Report, Rows
from bench.inventory.reports.sections import Section

_LIMIT = 200
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~!&])")


def shown(value: Cell) -> str:
    """Return a value in words: times as UTC to the millisecond, "" for nothing."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            at = value.astimezone(UTC).isoformat(timespec="milliseconds")
            return at.removesuffix("+00:00") + "Z"
        case date():
            return value.isoformat()
        case _:
            return plain(str(value), _LIMIT)


def markdown(title: str, report: Report) -> Iterator[str]:
    """Yield the report as Markdown (CommonMark with tables as GitHub has them)."""
    yield f"# {_neutral(title)}\n"
    for section, rows in report:
        yield f"\n## {section.title}\n\n"
        yield from _table(section, rows)


def as_csv(report: Report) -> Iterator[str]:
    """Yield the report as one CSV (RFC 4180): the name of the section stands first in each row."""
    for section, rows in report:
        yield _line(("section", *section.columns))
        yield from (_line((section.name, *map(shown, row))) for row in rows)


def as_json(head: dict[str, Cell], report: Report) -> Iterator[str]:
    """Yield the report as one JSON object: what `head` says, and a list of objects a section."""
    yield "{" + "".join(f"{json.dumps(key)}: {_json(value)}, " for key, value in head.items())
    for number, (section, rows) in enumerate(report):
        yield f"{', ' if number else ''}{json.dumps(section.name)}: ["
        yield from _joined(_object(section.columns, row) for row in rows)
        yield "]"
    yield "}\n"


def _table(section: Section, rows: Rows) -> Iterator[str]:
    first = next(rows, None)
    if first is None:
        yield f"{section.none}\n"
        return
    yield f"| {' | '.join(section.columns)} |\n|{' --- |' * len(section.columns)}\n"
    for row in _from(first, rows):
        yield f"| {' | '.join(_neutral(shown(value)) for value in row)} |\n"


def _from(first: tuple[Cell, ...], rest: Rows) -> Rows:
    yield first
    yield from rest


def _neutral(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow([cell(each) for each in cells])
    return out.getvalue()


def _object(columns: Sequence[str], row: Sequence[Cell]) -> str:
    named = zip(columns, row, strict=True)
    return f"{{{', '.join(f'{json.dumps(_key(name))}: {_json(value)}' for name, value in named)}}}"


def _key(column: str) -> str:
    return column.lower().replace(" ", "_")


def _json(value: Cell) -> str:
    is_plain = value is None or isinstance(value, bool | int)
    return json.dumps(value if is_plain else shown(value))


def _joined(pieces: Iterable[str]) -> Iterator[str]:
    for number, piece in enumerate(pieces):
        yield f", {piece}" if number else piece
