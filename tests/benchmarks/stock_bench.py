"""The full house asked and put on paper: searches, lists, and reports of 30,000 rows.

In a process of its own; prints seconds, rows and MiB as JSON.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.identity.scans import read_scan
from bench.stock.finding import lists, queries
from bench.stock.finding.lists import Group
from bench.stock.finding.reports import EVERY_HANDSET
from bench.stock.finding.sought import Sought
from bench.stock.papers.report import Issue, Report, Row
from bench.stock.papers.writing import Form, write
from tests.benchmarks.full_house import (
    BENCH,
    carton,
    docket,
    full_house,
    iccid,
    imei,
    msisdn,
    standing_house,
)
from tests.benchmarks.peers import ROOT

_ROWS = 30_000
_FEW = 3_000


def sought(turn: int) -> Iterator[str]:
    """Yield what a person looks for, all over the house."""
    number = turn * 7919 % 40_000
    yield from (imei(number).digits, imei(number).digits[-4:], f"RZ8N{number:07d}")
    yield from (f"{number:07d}", f"SIM-{number + 1:06d}", iccid(number), iccid(number)[-5:])
    yield from (msisdn(number), msisdn(number)[-4:], carton(number), docket(number))
    yield from (f"PO-{2600 + turn % 10}", f"P{number:08d}", "nobody's", "8888")


def searches(book: sqlite3.Connection, turns: int) -> list[float]:
    """Look for things; seconds each."""
    took = []
    for turn in range(turns):
        for text in sought(turn):
            what = Sought.of(read_scan(text), text)
            if what is None:
                raise RuntimeError(text)
            took.append(_timed(lambda what=what: queries.find(book, what)))  # type: ignore[misc]
    return took


def pages(book: sqlite3.Connection) -> list[float]:
    """Go through the lists there are, a page at a time, some pages of each; seconds a page."""
    took = []
    for group in Group:
        took.append(_timed(lambda group=group: lists.names(book, group)))  # type: ignore[misc]
        for of in lists.names(book, group)[:5]:
            last = None
            for _ in range(4):
                began = time.perf_counter()
                page = lists.page_of(book, group, of.name, last)
                took.append(time.perf_counter() - began)
                last = page[-1] if page else last
            took.append(_timed(lambda of=of: lists.size(book, of.group, of.name)))  # type: ignore[misc]
    return took


def report(book: sqlite3.Connection, form: Form, rows: int) -> dict[str, float]:
    """Write so many rows, and what that took of time, and of memory beyond what there was."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        issue = Issue(datetime.now(UTC), BENCH, simulated=True)
        path, fonts = Path(folder) / "report", ROOT / "resources" / "fonts"
        began = time.perf_counter()
        write(_some(rows), form, issue, book, path, fonts)
        took = time.perf_counter() - began
        size = path.stat().st_size
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {"seconds": took, "bytes": size, "grown_mib": grown / 1024}


def bare(book: sqlite3.Connection, rows: int) -> float:
    """Write the same rows with Python's csv alone."""
    with tempfile.TemporaryFile("w", newline="", encoding="utf-8") as file:
        return _timed(lambda: csv.writer(file).writerows(_first(book, rows)))


def _some(rows: int) -> Report:
    report = EVERY_HANDSET
    return Report(
        report.name, report.title, report.columns, lambda book: _first(book, rows), lambda _: rows
    )


def _first(book: sqlite3.Connection, rows: int) -> Iterator[Row]:
    return (row for row, _ in zip(EVERY_HANDSET.rows(book), range(rows), strict=False))


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.stock_bench")
    parser.add_argument("what", choices=("search", "csv", "jsonl", "pdf"))
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--house", type=Path, default=standing_house())
    asked = parser.parse_args()
    with full_house(asked.house) as (ledger, opened):
        events = ledger.tail().seq
        with opened.reader() as book:
            found: dict[str, object] = {"events": events}
            if asked.what == "search":
                searches(book, 1)
                found |= {"search": searches(book, 10 * asked.turns), "list": pages(book)}
            else:
                form = Form(asked.what)
                found |= {
                    "few": report(book, form, _FEW),
                    "many": [report(book, form, _ROWS) for _ in range(asked.turns)],
                    "bare": [bare(book, _ROWS) for _ in range(asked.turns)],
                    "rows": _ROWS,
                }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
