"""The gap report: of all handsets, and of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bench.custody.entries import SealedEvent
from bench.stock.gaps import queries
from bench.stock.gaps.keeping import Gap
from bench.stock.gaps.queries import Account, Period
from bench.stock.papers.report import Column, Report, Row, moment

if TYPE_CHECKING:
    import sqlite3

_MINUTE = 60_000
_COLUMNS = (
    Column("IMEI", 11), Column("Serial", 10), Column("Tag", 9), Column("Gap", 11),
    Column("From", 13), Column("To", 13), Column("Minutes", 7, is_number=True),
    Column("What is known", 24),
)  # fmt: skip
_OF_ONE = (
    Column("With", 20), Column("From", 14), Column("To", 14),
    Column("Minutes", 8, is_number=True), Column("Given by", 12), Column("Gap", 24),
)  # fmt: skip
_HOW = (
    "Time is counted from when a handset was first met until it was disposed of. Steps by which "
    "the clock was set are left out of each length."
)


def gap_report(now: datetime) -> Report:
    """Return the report of every gap, those open first."""
    at = _milliseconds(now)

    def rows(book: sqlite3.Connection) -> Iterator[Row]:
        for imei, serial, tag, kind, began, ended, length, detail in queries.gap_rows(book, at):
            times = (moment(int(began)), moment(int(ended)), int(length) // _MINUTE)
            yield (str(imei), str(serial), str(tag), str(kind), *times, str(detail))

    return Report(
        "gaps", "Gaps in custody", _COLUMNS, rows, lambda book: queries.gap_count(book, at),
        (_HOW,), "Every minute of every handset is accounted for.",
    )  # fmt: skip


def handset_report(name: str, events: Sequence[SealedEvent], now: datetime) -> Report:
    """Return who had one handset from when to when, with its gaps; `name` is its tag or IMEI."""
    at = _milliseconds(now)

    def rows(book: sqlite3.Connection) -> Iterator[Row]:
        with_whom, gaps = queries.periods(book, events, at)
        yield from map(_period, with_whom)
        yield from map(_gap, gaps)

    def total(book: sqlite3.Connection) -> int:
        return sum(map(len, queries.periods(book, events, at)))

    title = f"Who had {name}, from when to when"
    return Report(f"gaps-{name}", title, _OF_ONE, rows, total, (_HOW,))


def in_words(account: Account) -> str:
    """Say in a sentence how much is accounted for."""
    minutes, lost = account.time // _MINUTE, account.gap_time // _MINUTE
    if account.is_whole:
        return f"{account.handsets} handsets, {minutes} minutes: every one is accounted for."
    named = f"{account.gaps} gaps of {lost} minutes are named"
    return f"{account.handsets} handsets, {minutes} minutes: {named}, {account.open} are open now."


def _period(each: Period) -> Row:
    times = (moment(each.since), moment(each.until or 0), each.length // _MINUTE)
    return (each.custodian, *times, each.by, "")


def _gap(each: Gap) -> Row:
    times = (moment(each.began.at), moment(each.ended.at), each.length // _MINUTE)
    return ("", *times, "", f"{each.kind}: {each.detail}")


def _milliseconds(now: datetime) -> int:
    return round(now.timestamp() * 1000)
