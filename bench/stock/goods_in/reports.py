"""What was ordered and announced against what was counted, as rows; any thread.

Times are milliseconds since 1970, UTC. Every figure is counted when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from bench.stock.goods_in.delivery import Scope
from bench.stock.goods_in.kinds import Odd
from bench.stock.goods_in.queries import pallet_of

if TYPE_CHECKING:
    import sqlite3

_PAGE = 500


class OrderRow(NamedTuple):
    """An order: handsets ordered, announced by despatch notes, counted in; discrepancies open.

    `ordered` is 0 where no order file named it.
    """

    number: str
    supplier: str
    placed: str
    ordered: int
    announced: int
    counted: int
    open: int


class PartRow(NamedTuple):
    """A carton of a despatch: handsets announced, counted, decided about but not counted, missing.

    `extra` were counted in it though they were not announced in it.
    """

    despatch: str
    pallet: str
    carton: str
    announced: int
    counted: int
    settled: int
    missing: int
    extra: int


class DiscrepancyRow(NamedTuple):
    """A discrepancy: what it is, about which handset or how many, and what became of it.

    `entry` is its number across epochs, `docket` the consignment that it is about, "" for a
    delivery to this house. `closed` is the event that ended it later (0 for none), `how` it did:
    `counted`, `settled` or `undone`.
    """

    seq: int
    at: int
    kind: str
    imei: str
    handsets: int
    number: str
    despatch: str
    pallet: str
    carton: str
    settlement: str
    reason: str
    is_open: bool
    closed: int
    how: str
    docket: str
    entry: int


class KindRow(NamedTuple):
    """How many discrepancies there are of a kind with a settlement, and how many of them open."""

    kind: Odd
    settlement: str
    handsets: int
    open: int


_ORDERS = """WITH ordered AS (
  SELECT number, sum(quantity) AS handsets FROM purchase_line WHERE kind = 'handset' GROUP BY number
), announced AS (
  SELECT number, count(*) AS handsets FROM expected GROUP BY number
), arrived AS (
  SELECT number, count(*) AS handsets FROM counted WHERE undone = 0 GROUP BY number
), odd AS (
  SELECT number, sum(count) AS handsets FROM discrepancy WHERE open = 1 GROUP BY number
), named AS (
  SELECT number FROM purchase UNION SELECT number FROM announced UNION SELECT number FROM arrived
)
SELECT n.number, coalesce(p.supplier, ''), coalesce(p.placed, ''), coalesce(o.handsets, 0),
  coalesce(a.handsets, 0), coalesce(c.handsets, 0), coalesce(d.handsets, 0)
FROM named n LEFT JOIN purchase p USING (number) LEFT JOIN ordered o USING (number)
LEFT JOIN announced a USING (number) LEFT JOIN arrived c USING (number)
LEFT JOIN odd d USING (number)
ORDER BY p.placed, n.number"""
_PARTS = """SELECT e.despatch, e.carton, count(*), count(c.imei),
  sum(c.imei IS NULL AND EXISTS (SELECT 1 FROM discrepancy d
      WHERE d.imei = e.imei AND d.imei <> '' AND d.closed = 0))
FROM expected e LEFT JOIN counted c ON c.imei = e.imei AND c.undone = 0
WHERE {where} GROUP BY e.despatch, e.carton"""
_EXTRA = """SELECT count(*) FROM counted c WHERE c.carton = ? AND c.despatch = ? AND c.undone = 0
AND NOT EXISTS (SELECT 1 FROM expected e
  WHERE e.imei = c.imei AND e.carton = c.carton AND e.despatch = c.despatch)"""
_ROW = """SELECT seq, at, kind, imei, count, number, despatch, pallet, carton, settlement, reason,
  open, closed, how, docket, entry FROM discrepancy"""
_DISCREPANCIES = f"{_ROW} WHERE entry > ? ORDER BY entry LIMIT ?"
_OPEN = f"{_ROW} WHERE open = 1 AND docket = '' ORDER BY at, entry LIMIT ?"
_OPEN_WITH = f"{_ROW} WHERE imei = ? AND imei <> '' AND closed = 0 AND open = 1 AND docket = ''"
"""What is awaited at a site is settled there, with its consignment."""


def orders(connection: sqlite3.Connection) -> list[OrderRow]:
    """Return all orders, those placed first at the top; those that no order file named first."""
    return [OrderRow(*row) for row in connection.execute(_ORDERS)]


def parts(connection: sqlite3.Connection, name: str) -> list[PartRow]:
    """Return the cartons of what bears this name: an order, a despatch, a pallet or a carton."""
    for column in ("despatch", "carton", "pallet", "number"):
        asked = _PARTS.format(where=f"e.{column} = ?")
        rows = connection.execute(asked, (name,)).fetchall()
        if rows:
            return sorted(_part(connection, *row) for row in rows)
    return []


def discrepancies(connection: sqlite3.Connection) -> Iterator[DiscrepancyRow]:
    """Yield every discrepancy in the order of the record; few are in memory at a time."""
    last = 0
    while rows := connection.execute(_DISCREPANCIES, (last, _PAGE)).fetchall():
        for row in rows:
            yield _row(row)
        last = rows[-1][-1]


def discrepancies_within(connection: sqlite3.Connection, scope: Scope) -> Iterator[DiscrepancyRow]:
    """Yield those of a despatch, or of an order (the fleet has none) that has no despatch."""
    column = "despatch" if scope.despatch else "number"
    asked = f"{_ROW} WHERE {column} = ? ORDER BY entry"
    return map(_row, connection.execute(asked, (scope.despatch or scope.number,)))


def discrepancy_count(connection: sqlite3.Connection) -> int:
    """Return how many rows `discrepancies` yields."""
    (count,) = connection.execute("SELECT count(*) FROM discrepancy").fetchone()
    return int(count)


def open_discrepancies(connection: sqlite3.Connection, most: int) -> list[DiscrepancyRow]:
    """Return those that are awaited or set aside, the oldest first."""
    return [_row(row) for row in connection.execute(_OPEN, (most,))]


def open_with(connection: sqlite3.Connection, imei: str) -> DiscrepancyRow | None:
    """Return the oldest open discrepancy about an IMEI."""
    row = connection.execute(f"{_OPEN_WITH} ORDER BY entry LIMIT 1", (imei,)).fetchone()
    return _row(row) if row else None


def by_kind(connection: sqlite3.Connection) -> list[KindRow]:
    """Return the discrepancies in numbers; a short delivery counts each missing handset."""
    rows = connection.execute(
        """SELECT kind, settlement, sum(count), sum(open * count) FROM discrepancy
        GROUP BY kind, settlement ORDER BY kind, settlement"""
    )
    return [KindRow(Odd(kind), *rest) for kind, *rest in rows]


def _row(row: tuple[object, ...]) -> DiscrepancyRow:
    found = DiscrepancyRow._make(row)
    return found._replace(is_open=bool(found.is_open))


def _part(
    connection: sqlite3.Connection,
    despatch: str, carton: str, announced: int, counted: int, settled: int,
) -> PartRow:  # fmt: skip
    pallet = pallet_of(connection, despatch, carton)
    extra = connection.execute(_EXTRA, (carton, despatch)).fetchone()[0] if carton else 0
    missing = announced - counted - settled
    return PartRow(despatch, pallet, carton, announced, counted, settled, missing, extra)
