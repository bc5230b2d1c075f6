"""A report as CSV and as JSON lines, piece by piece."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence

from bench.enrolment.exports.cells import cell
from bench.identity.plain import plain
from bench.stock.papers.report import Cell, Issue, Report, Row, shown

_LIMIT = 4000


def csv_pieces(report: Report, rows: Iterator[Row]) -> Iterator[bytes]:
    """Yield the lines of a CSV (RFC 4180), headings first; no cell is a formula anywhere."""
    yield _line([column.title for column in report.columns])
    for row in rows:
        yield _line([shown(each) for each in row])


def json_pieces(report: Report, issue: Issue, rows: Iterator[Row]) -> Iterator[bytes]:
    """Yield JSON lines (jsonlines.org): what the report is, then an object a row."""
    yield _object({
        "report": report.name, "title": report.title, "made": shown(issue.at),
        "bench": issue.bench, "simulated": issue.simulated,
    })  # fmt: skip
    names = [column.name for column in report.columns]
    for row in rows:
        yield _object({name: _json(each) for name, each in zip(names, row, strict=True)})


def _line(cells: Sequence[str]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow([cell(each) for each in cells])
    return out.getvalue().encode()


def _object(said: dict[str, str | int | None]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode() + b"\n"


def _json(value: Cell) -> str | int | None:
    return value if value is None or isinstance(value, int) else plain(shown(value), _LIMIT)
