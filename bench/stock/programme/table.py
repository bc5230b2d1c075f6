"""The roll-out for a program: one table of all that its page says, a value a row (RFC 4180)."""

from __future__ import annotations

from collections.abc import Iterator

from bench.enrolment.exports.cells import as_csv
from bench.stock.programme.sections import Section, day_by_day, sections
from bench.stock.programme.view import RollOutView
from bench.stock.programme.words import clock

_HEADINGS = ("Table", "Row", "Column", "Value")


def as_table(view: RollOutView) -> bytes:
    """Return the bytes of the CSV; no cell is a formula in a spreadsheet."""
    return as_csv([_HEADINGS, *_about(view), *_rows(view)])


def _about(view: RollOutView) -> Iterator[tuple[str, ...]]:
    yield "About", "Programme", "", view.aims.name
    yield "About", "As of", "", clock(view.at)
    yield "About", "Event", "", str(view.seq)
    yield "About", "Bench", "", view.bench
    yield "About", "Simulated", "", "yes" if view.simulated else "no"
    for number, warning in enumerate(view.warnings, 1):
        yield "Warnings", str(number), "", warning


def _rows(view: RollOutView) -> Iterator[tuple[str, ...]]:
    for section in (*sections(view), day_by_day(view)):
        keys = _keys(section)
        for row in section.rows:
            name = ", ".join(value.raw for value in row[:keys])
            for column, value in zip(section.columns[keys:], row[keys:], strict=True):
                yield section.title, name, column, value.raw


def _keys(section: Section) -> int:
    """Return how many first columns name a row: all that are texts, but for the last column."""
    texts = [not any(row[n].is_number for row in section.rows) for n in range(len(section.columns))]
    first = next((n for n, is_text in enumerate(texts) if not is_text), len(texts) - 1)
    return max(first, 1)
