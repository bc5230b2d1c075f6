"""`stock roll-out`: the programme on the terminal, on paper, as a table."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.program import header_of
from bench.command_line.stock.opening import read_book
from bench.custody.durable import create
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.programme.asking import ask
from bench.stock.programme.sections import Section, sections, too_early
from bench.stock.programme.telling import Teller
from bench.stock.programme.view import RollOutView
from bench.stock.programme.words import clock

if TYPE_CHECKING:
    from bench.command_line.program import Program


def show(record: Path, program: Program, out: Path | None, *, as_json: bool) -> int:
    """Show the roll-out as it stands in the book; into `out` as PDF or CSV, by its ending."""
    header = header_of(record)
    teller = Teller(datetime.now(UTC), header.bench, header.simulated)
    with read_book(record) as book:
        view = ask(book, teller)
    if out:
        _write(out, _content(view, out, program))
    elif as_json:
        sys.stdout.write(f"{json.dumps(_as_object(view), ensure_ascii=False)}\n")
    else:
        _print(view)
    return 1 if view.warnings else 0


def _content(view: RollOutView, out: Path, program: Program) -> bytes:
    if out.suffix.lower() == ".pdf":
        from bench.stock.programme.paper import paper  # noqa: PLC0415 - it loads fpdf2

        return paper(view, program.fonts)
    from bench.stock.programme.table import as_table  # noqa: PLC0415 - where it is used

    return as_table(view)


def _write(out: Path, content: bytes) -> None:
    try:
        made = create(out, content)
    except OSError as error:
        detail = error.strerror or str(error)
        raise ProblemError(Problem(ProblemCode.FILE_UNUSABLE, out.name, detail)) from error
    if not made:
        detail = "there is one of that name"
        raise ProblemError(Problem(ProblemCode.FILE_UNUSABLE, out.name, detail))
    sys.stdout.write(f"{out}\n")


def _as_object(view: RollOutView) -> dict[str, object]:
    return {
        "programme": view.aims.name,
        "at": clock(view.at),
        "event": view.seq,
        "simulated": view.simulated,
        "warnings": list(view.warnings),
        "tables": [
            {
                "title": each.title,
                "columns": each.columns,
                "rows": [[value.raw for value in row] for row in each.rows],
            }
            for each in sections(view)
        ],
    }


def _print(view: RollOutView) -> None:
    name = plain(view.aims.name, 200) or "The roll-out"
    sys.stdout.write(f"{name}, as it was at {clock(view.at)}\n")
    for warning in filter(None, (*view.warnings, too_early(view))):
        sys.stdout.write(f"! {plain(warning, 400)}\n")
    for section in sections(view):
        _print_section(section)


def _print_section(section: Section) -> None:
    sys.stdout.write(f"\n{section.title}\n")
    if not section.rows:
        sys.stdout.write(f"  {section.none}\n")
        return
    told = [section.columns, *([plain(v.shown, 60) for v in row] for row in section.rows)]
    widths = [max(len(row[n]) for row in told) for n in range(len(section.columns))]
    for row in told:
        cells = (
            cell.rjust(width) if value.is_number else cell.ljust(width)
            for cell, width, value in zip(row, widths, section.rows[0], strict=True)
        )
        sys.stdout.write(f"  {'  '.join(cells).rstrip()}\n")
