"""The day's reconciliation and the shift on the command line.

A shift is handed over at the desk, where both sign; here it is only looked at.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.decisions import TRAINEES
from bench.command_line.people_desk import acting
from bench.command_line.stock.opening import open_stock
from bench.custody.entries import Actor, Entry
from bench.custody.ledger import Ledger
from bench.events.orders import CustodyKind
from bench.stock.papers.report import Row, shown
from bench.stock.reconciling import sheet
from bench.stock.reconciling.balance import recorded
from bench.stock.reconciling.desk import balance_of
from bench.stock.shifts import queries as shifts
from bench.stock.shifts import sheet as shift_sheet

if TYPE_CHECKING:
    from bench.command_line.program import Program


def reconcile(program: Program, record: Path, *, records: bool, as_json: bool) -> int:
    """Work the day's sums out, and put them into the record if asked; 1 where they are off."""
    with open_stock(program, record) as (ledger, book):
        day = datetime.now(UTC).date()
        balance = balance_of(book, ledger, day, lambda _: None, lambda: False)
        if records:
            by = _whoever(program, ledger)
            ledger.append([Entry(CustodyKind.RECONCILED, data=recorded(balance))], by=by)
    if as_json:
        sys.stdout.write(json.dumps(recorded(balance), ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(f"{sheet.in_words(balance)}\n")
        sys.stdout.writelines(map(_line, sheet.rows(balance)))
    return int(not balance.is_balanced)


def shift(program: Program, record: Path) -> int:
    """Say what the shift leaves."""
    with open_stock(program, record) as (ledger, book):
        left = shifts.read(book.connection, ledger.open_runs(), datetime.now(UTC))
    sys.stdout.writelines(map(_line, shift_sheet.rows(left)))
    return 0


def _whoever(program: Program, ledger: Ledger) -> Actor | None:
    if ledger.header.simulated:
        return TRAINEES[0]
    return acting(program.desk(ledger), CustodyKind.RECONCILED)


def _line(row: Row) -> str:
    return "  ".join(filter(None, map(shown, row))) + "\n"
