"""The sheet of a reconciliation: every sum as a row, then every difference by name."""

from __future__ import annotations

from collections.abc import Iterator

from bench.events.desks import Line, Weight
from bench.stock.papers.report import Column, Report, Row
from bench.stock.reconciling.balance import Balance

COLUMNS = (Column("What", 20), Column("Number", 8, is_number=True), Column("Detail", 30))


def rows(balance: Balance) -> Iterator[Row]:
    """Yield the sums and the differences."""
    yield ("Handsets counted in", balance.counted, "")
    yield from ((f"of which {place}", count, "") for place, count in balance.places.items())
    yield ("= not found", balance.rest, "0 where it balances")
    yield ("Expected, not counted in", balance.expected, "named in the discrepancy report")
    yield from _of_sims(balance)
    for pool in balance.pools:
        detail = f"{pool.held} held, {pool.free} free"
        yield (f"Licences {pool.pool}", pool.bought, detail)
    for each in balance.differences:
        yield (f"Difference: {each.kind.value}", None, f"{each.what}: {each.detail}")


def _of_sims(balance: Balance) -> Iterator[Row]:
    sims = balance.sims
    yield ("SIMs of all files", sims.known, "")
    yield ("of which in handsets", sims.married, "")
    yield ("of which free", sims.free, "")
    yield ("of which lost", sims.lost, "")
    yield ("of which spent", sims.spent, "faulty, or their contract has ended")
    yield ("= not found", sims.rest, "0 where it balances")


def sheet(balance: Balance) -> Report:
    """Return the sheet as a report: a value that is ready, which the book is not asked for."""
    made = tuple(rows(balance))
    return Report(
        f"reconciliation-{balance.day}", f"Reconciliation of {balance.day}", COLUMNS,
        lambda _: made, lambda _: len(made), (in_words(balance),),
    )  # fmt: skip


def in_words(balance: Balance) -> str:
    """Say in a sentence whether it balances."""
    if balance.is_balanced:
        return f"It balances: {balance.counted} counted in, each of them stands somewhere."
    number = len(balance.differences)
    return f"It does not balance: {balance.rest} handsets are not found, {number} differences."


def lines(balance: Balance) -> tuple[Line, ...]:
    """Return what a desk shows, differences first."""
    told = tuple(rows(balance))
    first = len(told) - len(balance.differences)
    shown = [Line(_texts(row), Weight.BAD) for row in told[first:]]
    return (*shown, *(Line(_texts(row)) for row in told[:first]))


def _texts(row: Row) -> tuple[str, ...]:
    return tuple("" if cell is None else str(cell) for cell in row)
