"""Finding on the command line; of IMEI, SIM and telephone numbers only the ends are shown."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.forms import form_of
from bench.command_line.stock.opening import read_book
from bench.command_line.stock.papers import Paper, written
from bench.custody import queries as custody
from bench.identity.plain import plain
from bench.identity.scans import read_scan
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.finding import lists, queries
from bench.stock.finding.lists import FoundGroup, Group
from bench.stock.finding.queries import Answer
from bench.stock.finding.reports import handsets_of
from bench.stock.finding.sought import Sought
from bench.stock.finding.telling import HEADS, answer_lines
from bench.stock.gaps.epochs import earlier
from bench.stock.gaps.queries import account
from bench.stock.gaps.reports import gap_report, handset_report, in_words
from bench.stock.standing.naming import end_of

if TYPE_CHECKING:
    import sqlite3


def find(record: Path, what: str, *, as_json: bool) -> int:
    """Say what goes by it; exit code 1 where nothing does."""
    with read_book(record) as book:
        lines = [[plain(cell) for cell in line.cells] for line in answer_lines(_found(book, what))]
    if as_json:
        names = [head.lower() for head in HEADS]
        rows = [dict(zip(names, line, strict=True)) for line in lines]
        sys.stdout.write(json.dumps({"sought": what, "found": rows}, ensure_ascii=False) + "\n")
    else:
        sys.stdout.writelines("  ".join(filter(None, line)) + "\n" for line in lines)
    return 0 if lines else 1


def listed(record: Path, by: str, name: str | None, paper: Paper) -> int:
    """Write a list of handsets, or say which lists there are of that kind."""
    group = Group(by)
    with read_book(record) as book:
        if name is not None:
            size = lists.size(book, group, name)
            return written(book, record, handsets_of(FoundGroup(group, name, size)), paper)
        there = lists.names(book, group)
    sys.stdout.writelines(f"{plain(each.name)}: {each.handsets}\n" for each in there)
    return 0


def gaps(record: Path, handset: str | None, paper: Paper) -> int:
    """Write the gap report: of all handsets, or of one; exit code 1 where there are gaps."""
    now = datetime.now(UTC)
    with read_book(record) as book:
        if handset is None:
            found = account(book, round(now.timestamp() * 1000))
            sys.stdout.write(f"{in_words(found)}\n")
            written(book, record, gap_report(now), paper)
            return int(not found.is_whole)
        known = _found(book, handset).handsets
        if len(known) != 1:
            detail = f"{plain(handset)}: {len(known)} handsets go by it"
            raise ProblemError(Problem(ProblemCode.NOT_FOUND, detail=detail))
        opener, uid = form_of(record).opener, known[0].uid
        with closing(opener.read(record)) as events:
            history = (*earlier(record, opener, uid), *custody.history(events, uid))
        name = known[0].asset_tag or end_of(known[0].imei)
        return written(book, record, handset_report(name, history, now), paper)


def _found(book: sqlite3.Connection, what: str) -> Answer:
    sought = Sought.of(read_scan(what), what)
    return queries.find(book, sought) if sought else Answer()
