"""What the book says of the programme: each question is answered from a few rows or one index."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bench.stock.acceptance.queries import received as accepted
from bench.stock.programme.days import What
from bench.stock.programme.money import BudgetLine, OrderLine, Received
from bench.stock.standing.queries import here, lost_and_sent_back

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Aims:
    """What the programme's file says; 0 and None where it says nothing.

    `refresh_months` is how long a handset serves; `example` whether all of it is an example.
    """

    name: str = ""
    target: int = 0
    begins: date | None = None
    deadline: date | None = None
    capacity: int = 0
    in_service: int = 0
    refresh_months: int = 0
    example: bool = False


@dataclass(frozen=True, slots=True)
class StepTimes:
    """How often a step ended, its milliseconds in sum, and its counts by bucket."""

    name: str
    count: int
    milliseconds: int
    buckets: dict[int, int]


@dataclass(frozen=True, slots=True)
class Results:
    """How often something ended at a slot: `result` is pass, fail, error or held."""

    slot: str
    name: str
    result: str
    count: int


def aims(connection: sqlite3.Connection) -> Aims:
    """Return what the programme is to reach; all unknown where no file said it."""
    row = connection.execute(
        """SELECT name, target, begins, deadline, capacity, in_service, refresh_months, example
FROM programme"""
    ).fetchone()
    if row is None:
        return Aims()
    name, target, begins, deadline, capacity, in_service, months, example = row
    first, last = _day(begins), _day(deadline)
    return Aims(name, target, first, last, capacity, in_service, months, bool(example))


def days(connection: sqlite3.Connection) -> dict[What, dict[date, int]]:
    """Return what was done on each day, by what it was."""
    found: dict[What, dict[date, int]] = defaultdict(dict)
    for day, what, count in connection.execute("SELECT day, what, n FROM programme_day"):
        found[What(what)][date.fromisoformat(day)] = count
    return found


def last_day(connection: sqlite3.Connection) -> date | None:
    """Return the last day on which anything was done; None where nothing ever was."""
    (last,) = connection.execute("SELECT max(day) FROM programme_day WHERE n <> 0").fetchone()
    return _day(last or "")


def hours(connection: sqlite3.Connection, since: int) -> list[int]:
    """Return how many were staged in each hour in which any was, from that one (since 1970) on."""
    asked = "SELECT n FROM programme_hour WHERE hour >= ? AND n > 0"
    return [count for (count,) in connection.execute(asked, (since,))]


def steps(connection: sqlite3.Connection) -> tuple[StepTimes, ...]:
    """Return how long each step takes, by name."""
    found: dict[str, StepTimes] = {}
    rows = "SELECT name, bucket, n, ms FROM programme_step ORDER BY name, bucket"
    for name, bucket, count, ms in connection.execute(rows):
        known = found.get(name, StepTimes(name, 0, 0, {}))
        buckets = known.buckets | {bucket: count}
        found[name] = StepTimes(name, known.count + count, known.milliseconds + ms, buckets)
    return tuple(found.values())


def results(connection: sqlite3.Connection) -> tuple[Results, ...]:
    """Return how steps ended, by slot, name and result."""
    rows = "SELECT slot, name, result, n FROM programme_result ORDER BY slot, name, result"
    return tuple(Results(*row) for row in connection.execute(rows))


def phases(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many handsets are in each phase; those lost or at their supplier by that."""
    lost, sent_back = lost_and_sent_back(connection)
    beside = {"lost or stolen": lost, "at the supplier": sent_back}
    return {**here(connection), **{name: count for name, count in beside.items() if count}}


def lines(connection: sqlite3.Connection) -> tuple[OrderLine, ...]:
    """Return the lines of all orders."""
    rows = connection.execute(
        """SELECT number, line, item, kind, model, quantity, unit_pence, year, budget
FROM purchase_line ORDER BY number, line"""
    )
    return tuple(OrderLine(*row) for row in rows)


def budgets(connection: sqlite3.Connection) -> tuple[BudgetLine, ...]:
    """Return the budget."""
    rows = connection.execute(
        "SELECT year, budget, line, pence FROM budget ORDER BY year, budget, line"
    )
    return tuple(BudgetLine(*row) for row in rows)


def received(connection: sqlite3.Connection) -> Received:
    """Return what came under which order; SIMs and licences by what the files named.

    Accessories and services are those that a person accepted.
    """
    handsets = connection.execute("SELECT number, model, n FROM programme_received").fetchall()
    sims = "SELECT number, count(*) FROM sim WHERE number <> '' GROUP BY number"
    pools = "SELECT number, sum(quantity) FROM licence_purchase WHERE number <> '' GROUP BY number"
    return Received(
        {(number, model): count for number, model, count in handsets},
        dict(connection.execute(sims).fetchall()),
        dict(connection.execute(pools).fetchall()),
        accepted(connection),
    )


def issued(connection: sqlite3.Connection) -> dict[str, int]:
    """Return the handsets that are not gone by the month of their first issue (`2022-11`)."""
    found: dict[str, int] = defaultdict(int)
    own = "SELECT month, n FROM programme_issue WHERE n > 0"
    fleet = """SELECT substr(issued, 1, 7), count(*) FROM expected
WHERE source = 'fleet' AND issued <> '' AND imei NOT IN (
  SELECT imei FROM programme_handset WHERE gone = 1) GROUP BY 1"""
    for question in (own, fleet):
        for month, count in connection.execute(question):
            found[month] += count
    return dict(found)


def last_read(connection: sqlite3.Connection) -> int:
    """Return the last event that the page was folded with; 0 for none."""
    asked = "SELECT max(seq) FROM mark WHERE page = 'programme'"
    return int(connection.execute(asked).fetchone()[0] or 0)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
