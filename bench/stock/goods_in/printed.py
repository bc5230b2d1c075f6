"""Orders, deliveries and discrepancies as reports, on paper and as tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bench.stock.goods_in import reports
from bench.stock.goods_in.delivery import Scope
from bench.stock.goods_in.reports import DiscrepancyRow
from bench.stock.papers.report import Column, Report, Row, moment

if TYPE_CHECKING:
    import sqlite3


def _number(title: str, weight: int = 8) -> Column:
    return Column(title, weight, is_number=True)


_DISCREPANCY = (
    Column("When", 13), Column("What", 9), Column("IMEI", 12), _number("Handsets", 6),
    Column("Order", 9), Column("Despatch", 9), Column("Pallet", 9), Column("Carton", 12),
    Column("Settled as", 11), Column("Reason", 14), Column("Stands", 10), _number("Event", 6),
)  # fmt: skip
_ORDER = (
    Column("Order", 12), Column("Supplier", 14), Column("Placed", 9), _number("Ordered"),
    _number("Announced"), _number("Counted"), _number("To come"), _number("Open"),
)  # fmt: skip
_PART = (
    Column("Despatch", 10), Column("Pallet", 10), Column("Carton", 14), _number("Announced"),
    _number("Counted"), _number("Settled"), _number("Missing"), _number("Over"),
)  # fmt: skip
_HOW = "What is awaited or set aside is open until it is counted in or decided on."


def discrepancies_of(scope: Scope) -> Report:
    """Return the report of what was odd about a despatch, or about an order without one."""
    about = scope.despatch or scope.number

    def rows(book: sqlite3.Connection) -> Iterator[Row]:
        return map(_odd, reports.discrepancies_within(book, scope))

    def total(book: sqlite3.Connection) -> int:
        return sum(1 for _ in reports.discrepancies_within(book, scope))

    title = f"Discrepancies of {about}" if about else "Discrepancies of the earlier fleet"
    return Report(f"discrepancies-{about}", title, _DISCREPANCY, rows, total, (_HOW,), _NONE)


def delivery_of(name: str) -> Report:
    """Return the report of the cartons of what bears a name."""
    return Report(
        f"delivery-{name}",
        f"Delivery {name}",
        _PART,
        lambda book: reports.parts(book, name),
        lambda book: len(reports.parts(book, name)),
        none="No list names such a delivery.",
    )


def _every(book: sqlite3.Connection) -> Iterator[Row]:
    return map(_odd, reports.discrepancies(book))


def _odd(row: DiscrepancyRow) -> Row:
    stands = "open" if row.is_open else f"{row.how} later" if row.how else "final"
    return (
        moment(row.at), row.kind, row.imei, row.handsets, row.number, row.despatch, row.pallet,
        row.carton, row.settlement, row.reason, stands, row.seq,
    )  # fmt: skip


def _orders(book: sqlite3.Connection) -> Iterator[Row]:
    for row in reports.orders(book):
        yield (*row[:-1], max(max(row.ordered, row.announced) - row.counted, 0), row.open)


_NONE = "There was none."
DISCREPANCIES = Report(
    "discrepancies", "Discrepancies at goods-in", _DISCREPANCY, _every, reports.discrepancy_count,
    (_HOW,), _NONE,
)  # fmt: skip
ORDERS = Report(
    "orders", "Orders: ordered, announced, counted", _ORDER, _orders,
    lambda book: len(reports.orders(book)),
)  # fmt: skip
