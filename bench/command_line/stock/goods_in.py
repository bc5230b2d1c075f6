"""Orders, deliveries and discrepancies on the command line.

Each reads the book as it lies there and returns an exit code: 0 done, 1 nothing of that name, or
(for a delivery) something of it is missing.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from bench.command_line.stock.opening import read_book
from bench.custody.statement.words import moment
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.goods_in import reports
from bench.stock.goods_in.codes import names_of
from bench.stock.goods_in.reports import DiscrepancyRow, OrderRow, PartRow

DONE, MISSING = 0, 1
_MOST = 100_000


def show_orders(record: Path, *, as_json: bool) -> int:
    """Tell each order in a line."""
    with read_book(record) as book:
        rows = reports.orders(book)
    _tell("orders", rows, map(_order, rows), as_json=as_json)
    return DONE


def show_delivery(record: Path, name: str, *, as_json: bool) -> int:
    """Tell each carton of a delivery in a line, then all together."""
    with read_book(record) as book:
        found = (reports.parts(book, each) for each in names_of(name))
        rows = next(filter(None, found), [])
    if not rows:
        raise ProblemError(Problem(ProblemCode.NOT_EXPECTED, plain(name)))
    _tell("cartons", rows, (*map(_part, rows), _sum(rows)), as_json=as_json)
    return MISSING if any(row.missing for row in rows) else DONE


def show_discrepancies(record: Path, *, only_open: bool, as_json: bool) -> int:
    """Tell each discrepancy in a line, in the order of the record."""
    with read_book(record) as book:
        if only_open:
            rows = reports.open_discrepancies(book, _MOST)
        else:
            rows = list(reports.discrepancies(book))
    _tell("discrepancies", rows, map(_odd, rows), as_json=as_json)
    return DONE


def _tell(name: str, rows: Iterable[NamedTuple], lines: Iterable[str], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps({name: [row._asdict() for row in rows]}) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in lines)


def _order(row: OrderRow) -> str:
    supplier = f" from {plain(row.supplier)}" if row.supplier else ""
    still = f", {row.open} awaited or set aside" if row.open else ""
    return (
        f"{plain(row.number) or 'without an order'}{supplier}: {row.ordered} ordered, "
        f"{row.announced} announced, {row.counted} counted{still}"
    )


def _part(row: PartRow) -> str:
    over = f", {row.extra} over" if row.extra else ""
    settled = f", {row.settled} settled" if row.settled else ""
    place = ", ".join(filter(None, map(plain, (row.despatch, row.pallet, row.carton))))
    return f"{place}: {row.counted} of {row.announced}, {row.missing} missing{settled}{over}"


def _sum(rows: Iterable[PartRow]) -> str:
    announced, counted, settled, missing, extra = map(
        sum, zip(*(row[3:] for row in rows), strict=True)
    )
    return (
        f"together {counted} of {announced} counted, {missing} missing, {settled} settled, "
        f"{extra} over"
    )


def _odd(row: DiscrepancyRow) -> str:
    about = row.imei or f"{row.handsets} handsets"
    places = filter(None, map(plain, (row.number, row.despatch, row.pallet, row.carton)))
    stands = "open" if row.is_open else f"{row.how} later" if row.how else "final"
    at = moment(datetime.fromtimestamp(row.at / 1000, UTC))
    return (
        f"{at} {row.kind} {about} ({', '.join(places)}): {row.settlement}, {plain(row.reason)}; "
        f"{stands}"
    )
