"""Reports on the command line: which there are, and one of them into a file.

Each returns an exit code: 0 done, 1 refused.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.forms import form_of
from bench.command_line.program import header_of
from bench.command_line.stock.opening import read_book
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.papers.report import Issue, Report
from bench.stock.papers.writing import Form, free_path, write
from bench.stock.reports import reports

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Paper:
    """What a report becomes: its form, and the file; None makes a name in the present folder."""

    form: str
    out: Path | None
    fonts: Path


def report(record: Path, name: str | None, paper: Paper) -> int:
    """Write the report of that name, or say which there are."""
    offered = reports(datetime.now(UTC))
    if name is None:
        sys.stdout.writelines(f"{each.name}: {each.title}\n" for each in offered)
        return 0
    found = next((each for each in offered if each.name == name), None)
    if found is None:
        raise ProblemError(Problem(ProblemCode.NOT_FOUND, detail=f"a report named {name}"))
    with read_book(record) as book:
        return written(book, record, found, paper)


def written(book: sqlite3.Connection, record: Path, report: Report, paper: Paper) -> int:
    """Write a report, with the share that is done on a terminal, and say where it lies."""
    header = header_of(record, form_of(record))
    issue = Issue(datetime.now(UTC), header.bench, header.simulated)
    form = Form(paper.form)
    path = paper.out or free_path(Path.cwd(), report, form, issue)
    done = write(report, form, issue, book, path, paper.fonts, _shown)
    sys.stdout.write(f"{done.path}: {done.rows} rows, SHA-256 {done.sha256}\n")
    return 0


def _shown(share: float) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{share:4.0%}{'' if share < 1 else chr(10)}")
