"""Lists of handsets as reports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bench.stock.finding import lists
from bench.stock.finding.lists import Found, FoundGroup
from bench.stock.papers.report import Column, Report, Row, moment

if TYPE_CHECKING:
    import sqlite3

_COLUMNS = (
    Column("IMEI", 12), Column("Serial", 10), Column("Tag", 9), Column("Model", 8),
    Column("Stands", 10), Column("Since", 14), Column("With", 18), Column("Order", 9),
    Column("Carton", 9), Column("Consignment", 9),
)  # fmt: skip
_AT_ONCE = 500


def handsets_of(group: FoundGroup) -> Report:
    """Return the report of a list, as long as it may be."""

    def rows(book: sqlite3.Connection) -> Iterator[Row]:
        last: Found | None = None
        while page := lists.page_of(book, group.group, group.name, last, _AT_ONCE):
            yield from map(_row, page)
            last = page[-1]

    return Report(
        f"handsets-{group.group}-{group.name}",
        f"Handsets: {group.group} {group.name}",
        _COLUMNS,
        rows,
        lambda book: lists.size(book, group.group, group.name),
    )


def _row(each: Found) -> Row:
    return (
        each.imei, each.serial, each.asset_tag, each.model, each.phase, moment(each.at),
        each.place, each.number, each.carton, each.docket,
    )  # fmt: skip


def _every(book: sqlite3.Connection) -> Iterator[Row]:
    asked = f"SELECT {lists.COLUMNS} FROM handset ORDER BY imei"  # noqa: S608 - our own words
    return (_row(Found(*row)) for row in book.execute(asked))


EVERY_HANDSET = Report(
    "handsets",
    "All handsets, where they stand",
    _COLUMNS,
    _every,
    lambda book: int(book.execute("SELECT count(*) FROM handset").fetchone()[0]),
)
