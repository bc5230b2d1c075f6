"""A report drawn: headings on every page, a row as many lines high as its longest cell needs.

It loads fontTools: import it where it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench.stock.papers.document import BOLD, PLAIN, Document
from bench.stock.papers.report import Column, Issue, Report, Row, shown

_LINE, _SIZE, _GAP = 3.3, 7.0, 1.5
"""Millimetres from line to line, points of the letters, millimetres beside a column's text."""
_MARGIN, _FOOT = 12.0, 16.0
_UPRIGHT, _ACROSS = (210.0, 297.0), (297.0, 210.0)
_FIT = 6
"""Columns that an upright page has room for."""
_MOST_LINES = 4
_REMARK = 600


def draw(
    report: Report,
    issue: Issue,
    rows: Iterator[Row],
    sink: Callable[[bytes], object],
    fonts: Path,
) -> None:
    """Write a report as PDF/A; one page is held at a time. Raises `OSError` without its faces."""
    size = _UPRIGHT if len(report.columns) <= _FIT else _ACROSS
    document = Document(sink, fonts, report.title, issue, size)
    sheet = _Sheet(document, report, issue)
    sheet.begin()
    for row in rows:
        sheet.row(row)
    sheet.close()
    document.end()


class _Sheet:
    """The page that is drawn now: where the next line goes, and what is on it."""

    def __init__(self, document: Document, report: Report, issue: Issue) -> None:
        self._document, self._report, self._issue = document, report, issue
        self._right = document.width - _MARGIN
        self._bottom = document.height - _FOOT
        room = self._right - _MARGIN
        total = sum(column.weight for column in report.columns)
        self._widths = [room * column.weight / total for column in report.columns]
        self._drawn: list[bytes] = []
        self._top = _MARGIN
        self._has_rows = False
        about = f"{report.title} · {issue.bench} · {shown(issue.at)}"
        self._about = document.settled(about, 120)

    def begin(self) -> None:
        """Write title and remarks, then the headings."""
        said = self._document
        self._line(said.settled(self._report.title, 100), 14, BOLD)
        for remark in (f"{self._issue.bench}, {shown(self._issue.at)}", *self._report.remarks):
            for line in self._broken(said.settled(remark, _REMARK), self._right - _MARGIN, 8.5, 12):
                self._line(line, 8.5, PLAIN)
        self._headings()

    def row(self, row: Row) -> None:
        """Write a row, on the next page where this one is full."""
        cells = [
            self._broken(self._document.settled(shown(cell)), width - _GAP, _SIZE, _MOST_LINES)
            for cell, width in zip(row, self._widths, strict=True)
        ]
        high = max(map(len, cells), default=1) * _LINE + 0.8
        if self._top + high > self._bottom:
            self._turn()
        self._cells(cells, PLAIN)
        self._top += high
        self._drawn.append(self._document.rule(_MARGIN, self._top - 0.4, self._right))
        self._has_rows = True

    def close(self) -> None:
        """Write the last page; where there was no row, that there is none."""
        if not self._has_rows:
            self._line(self._document.settled(self._report.none), 8.5, PLAIN)
        self._end_page()

    def _turn(self) -> None:
        self._end_page()
        self._top = _MARGIN
        self._headings()

    def _headings(self) -> None:
        cells = [
            self._broken(self._document.settled(column.title), width - _GAP, _SIZE, 2, BOLD)
            for column, width in zip(self._report.columns, self._widths, strict=True)
        ]
        high = max(map(len, cells), default=1) * _LINE + 1.4
        self._top += 1.5
        self._drawn.append(
            self._document.band(_MARGIN, self._top, self._right, self._top + high, 0.9)
        )
        self._cells(cells, BOLD)
        self._top += high + 0.4

    def _cells(self, cells: Sequence[Sequence[str]], face: str) -> None:
        left = _MARGIN
        for column, width, lines in zip(self._report.columns, self._widths, cells, strict=True):
            for number, line in enumerate(lines):
                if line:
                    at = left + self._indent(column, width, line, face)
                    top = self._top + (number + 0.85) * _LINE
                    self._drawn.append(self._document.text(at, top, line, _SIZE, face))
            left += width

    def _indent(self, column: Column, width: float, line: str, face: str) -> float:
        if not column.is_number:
            return _GAP / 2
        return width - _GAP / 2 - self._document.measured(line, _SIZE, face)

    def _line(self, text: str, size: float, face: str) -> None:
        high = size * 0.5
        self._drawn.append(self._document.text(_MARGIN, self._top + high * 0.8, text, size, face))
        self._top += high

    def _end_page(self) -> None:
        foot = self._document.height - 8
        said = self._document.text
        pages = f"Page {self._document.page} of "
        at = self._right - 24
        total = at + self._document.measured(pages, _SIZE)
        self._drawn += (said(_MARGIN, foot, self._about, _SIZE), said(at, foot, pages, _SIZE))
        self._document.end_page(b"".join(self._drawn), (total, foot))
        self._drawn.clear()

    def _broken(
        self, text: str, width: float, size: float, most: int, face: str = PLAIN
    ) -> Sequence[str]:
        """Break a text into lines no wider than `width`; what is over ends in an ellipsis."""
        measured = self._document.measured
        if measured(text, size, face) <= width:
            return (text,)
        lines: list[str] = []
        while text and len(lines) < most:
            end = self._fitting(text, width, size, face)
            lines.append(text[:end].rstrip())
            text = text[end:].lstrip()
        if text:
            lines[-1] = f"{lines[-1][:-1]}…"
        return lines

    def _fitting(self, text: str, width: float, size: float, face: str) -> int:
        """Return how many letters fit, up to the end of a word if there is one; at least one."""
        end = 1
        while end < len(text) and self._document.measured(text[: end + 1], size, face) <= width:
            end += 1
        space = text.rfind(" ", 0, end + 1)
        return space if space > 0 and end < len(text) else end
