"""What the book says of boxes, parts of deliveries and orders; any thread, one connection each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bench.stock.goods_in.delivery import (
    CountedBox,
    Delivery,
    Level,
    Listed,
    OrderLine,
    Scope,
    Tally,
)

if TYPE_CHECKING:
    import sqlite3

_LISTED = (
    "imei, imei2, serial, model, number, despatch, pallet, carton, source, asset_tag FROM expected"
)
_COUNTED = "SELECT uid, imei, number, carton, at FROM counted"
_WITHIN = {
    Level.ORDER: "e.number = :number",
    Level.DESPATCH: "e.despatch = :despatch",
    Level.PALLET: "e.pallet = :pallet AND +e.despatch = :despatch",  # by the pallet's index
    Level.CARTON: "e.carton = :carton AND e.despatch = :despatch",
    Level.FLEET: "e.source = 'fleet'",
}
_IS_COUNTED = "EXISTS (SELECT 1 FROM counted c WHERE c.imei = e.imei AND c.undone = 0)"
_IS_SETTLED = """EXISTS (SELECT 1 FROM discrepancy d
  WHERE d.imei = e.imei AND d.imei <> '' AND d.closed = 0)"""
_IS_MISSING = f"NOT {_IS_COUNTED} AND NOT {_IS_SETTLED} ORDER BY e.pallet, e.carton, e.imei"
_TOTAL = f"SELECT count(*), coalesce(sum({_IS_COUNTED}), 0) FROM expected e"  # noqa: S608 - our own words
_SETTLED = f"""SELECT count(DISTINCT d.imei) FROM discrepancy d CROSS JOIN expected e USING (imei)
WHERE d.closed = 0 AND d.imei <> '' AND NOT {_IS_COUNTED}"""  # noqa: S608 - as above
"""What was decided about are few, so that they are looked at first."""
_PLACES = (
    (Level.CARTON, "carton"),
    (Level.PALLET, "pallet"),
    (Level.DESPATCH, "despatch"),
)


# ── a box ───────────────────────────────────────────────────────────────────────────────────────
def listed_with(connection: sqlite3.Connection, imeis: Sequence[str]) -> tuple[Listed, ...]:
    """Return the announced handsets with one of these IMEIs, first or second.

    It is one where all is well.
    """
    found: dict[str, Listed] = {}
    for column in ("imei", "imei2"):
        for imei in imeis:
            # the second term lets the partial index of second IMEIs be used
            asked = f"SELECT {_LISTED} WHERE {column} = ? AND {column} <> ''"
            for row in connection.execute(asked, (imei,)):
                found.setdefault(row[0], Listed(*row))
    return tuple(found.values())


def listed_as(connection: sqlite3.Connection, *, serial: str) -> tuple[Listed, ...]:
    """Return the announced handsets of a serial number: not always one."""
    asked = f"SELECT {_LISTED} WHERE serial = ? AND serial <> ''"
    return tuple(Listed(*row) for row in connection.execute(asked, (serial,)))


def listed_of_fleet(connection: sqlite3.Connection, tag: str) -> Listed | None:
    """Return the earlier handset that carries this asset tag."""
    asked = f"SELECT {_LISTED} WHERE asset_tag = ? AND asset_tag <> '' AND source = 'fleet'"
    row = connection.execute(asked, (tag,)).fetchone()
    return Listed(*row) if row else None


def counted_with(connection: sqlite3.Connection, imeis: Sequence[str]) -> CountedBox | None:
    """Return the handset that was counted in with one of these IMEIs."""
    for column in ("imei", "imei2"):
        for imei in imeis:
            asked = f"{_COUNTED} WHERE {column} = ? AND {column} <> '' AND undone = 0"
            if row := connection.execute(asked, (imei,)).fetchone():
                return CountedBox(*row)
    return None


def is_settled(connection: sqlite3.Connection, imei: str) -> bool:
    """Whether something was decided about an announced handset that is still not counted."""
    asked = "SELECT 1 FROM discrepancy WHERE imei = ? AND imei <> '' AND closed = 0"
    return connection.execute(asked, (imei,)).fetchone() is not None


def holder_of_tag(connection: sqlite3.Connection, tag: str) -> str:
    """Return the uid of the handset that an asset tag is on, "" for none."""
    asked = "SELECT uid FROM handset WHERE asset_tag = ? AND asset_tag <> ''"
    row = connection.execute(asked, (tag,)).fetchone()
    return str(row[0]) if row else ""


# ── an order ────────────────────────────────────────────────────────────────────────────────────
def lines_of(connection: sqlite3.Connection, number: str) -> tuple[OrderLine, ...]:
    """Return the lines of an order that are for handsets, each with what came of its model."""
    received = received_of(connection, number)
    rows = connection.execute(
        """SELECT line, model, tacs, quantity FROM purchase_line
        WHERE number = ? AND kind = 'handset' ORDER BY line""",
        (number,),
    )
    return tuple(
        OrderLine(number, line, model, tuple(tacs.split()), quantity, received.get(model, 0))
        for line, model, tacs, quantity in rows
    )


def received_of(connection: sqlite3.Connection, number: str) -> Mapping[str, int]:
    """Return how many were counted in under an order, by model."""
    rows = connection.execute(
        "SELECT model, count(*) FROM counted WHERE number = ? AND undone = 0 GROUP BY model",
        (number,),
    )
    return dict(rows.fetchall())


def supplier_of(connection: sqlite3.Connection, number: str) -> str:
    """Return who an order was placed with, "" where no file says."""
    asked = "SELECT supplier FROM purchase WHERE number = ?"
    row = connection.execute(asked, (number,)).fetchone()
    return str(row[0]) if row else ""


# ── a delivery ──────────────────────────────────────────────────────────────────────────────────
def scopes_named(connection: sqlite3.Connection, codes: Sequence[str]) -> tuple[Scope, ...]:
    """Return every part of a delivery that one of these codes names, the smallest kind first.

    Suppliers number cartons from 1 in each despatch, so that a code can name several.
    """
    for level, column in _PLACES:
        found = _named(connection, level, column, codes)
        if found:
            return found
    numbers = [code for code in codes if _is_order(connection, code)]
    return tuple(Scope(Level.ORDER, number=number) for number in numbers[:1])


def delivery(
    connection: sqlite3.Connection, scope: Scope, known: Mapping[Scope, Tally]
) -> Delivery:
    """Return a scope with all around it, as the book has them; those `known` are not counted anew.

    Looks at each handset that was announced in them.
    """
    around: list[tuple[Scope, Tally]] = []
    each: Scope | None = scope
    while each:
        around.append((each, known.get(each) or tally(connection, each)))
        each = each.enclosing
    is_listed = around[0][1].total > 0 or scope.level is not Level.ORDER
    if not is_listed:
        around = [(scope, _tally_of_order(connection, scope))]
    return Delivery(scope, is_listed, tuple(around))


def tally(connection: sqlite3.Connection, scope: Scope) -> Tally:
    """Return how far a scope is whose handsets were announced one by one."""
    within, values = _WITHIN[scope.level], _named_values(scope)
    total, done = connection.execute(f"{_TOTAL} WHERE {within}", values).fetchone()
    (settled,) = connection.execute(f"{_SETTLED} AND {within}", values).fetchone()
    return Tally(total, done, settled)


def numbers_of(connection: sqlite3.Connection, scope: Scope) -> tuple[str, ...]:
    """Return the orders that a scope is for; looks at each handset of it."""
    if scope.level is Level.ORDER:
        return (scope.number,)
    within = f"{_WITHIN[scope.level]} AND e.number <> '' ORDER BY 1"
    asked = f"SELECT DISTINCT e.number FROM expected e WHERE {within}"  # noqa: S608 - our own words
    rows = connection.execute(asked, _named_values(scope))
    return tuple(number for (number,) in rows)


def missing(connection: sqlite3.Connection, scope: Scope, most: int) -> tuple[Listed, ...]:
    """Return who was announced in a scope, is not counted, and nothing was decided about."""
    asked = f"SELECT {_LISTED} e WHERE {_WITHIN[scope.level]} AND {_IS_MISSING} LIMIT :most"
    rows = connection.execute(asked, _named_values(scope) | {"most": most})
    return tuple(Listed(*row) for row in rows)


def pallet_of(connection: sqlite3.Connection, despatch: str, carton: str) -> str:
    """Return the pallet that a carton of a despatch is on, "" for none."""
    asked = "SELECT pallet FROM expected WHERE carton = ? AND despatch = ? LIMIT 1"
    row = connection.execute(asked, (carton, despatch)).fetchone()
    return str(row[0]) if row else ""


def open_in(connection: sqlite3.Connection, scope: Scope) -> int:
    """Return how many discrepancies of a despatch or an order are awaited or set aside."""
    asked = f"SELECT count(*) FROM discrepancy WHERE {_about(scope)} AND open = 1"  # noqa: S608 - our own words
    return int(connection.execute(asked, _named_values(scope)).fetchone()[0])


def has_odd_ones(connection: sqlite3.Connection, scope: Scope) -> bool:
    """Whether there was any discrepancy in a despatch or an order."""
    asked = f"SELECT 1 FROM discrepancy WHERE {_about(scope)} LIMIT 1"  # noqa: S608 - our own words
    return connection.execute(asked, _named_values(scope)).fetchone() is not None


def _about(scope: Scope) -> str:
    return "despatch = :despatch" if scope.despatch else "number = :number"


def _named(
    connection: sqlite3.Connection, level: Level, column: str, codes: Sequence[str]
) -> tuple[Scope, ...]:
    asked = {
        Level.CARTON: "SELECT DISTINCT despatch, '', carton FROM expected",
        Level.PALLET: "SELECT DISTINCT despatch, pallet, '' FROM expected",
        Level.DESPATCH: "SELECT despatch, '', '' FROM expected",
    }[level]
    found: dict[Scope, None] = {}
    for code in codes:
        limit = " LIMIT 1" if level is Level.DESPATCH else ""
        asking = f"{asked} WHERE {column} = ? AND {column} <> ''{limit}"
        for despatch, pallet, carton in connection.execute(asking, (code,)):
            inside = pallet_of(connection, despatch, carton) if carton else pallet
            found[Scope(level, "", despatch, inside, carton)] = None
    return tuple(found)


def _is_order(connection: sqlite3.Connection, number: str) -> bool:
    asked = """SELECT EXISTS (SELECT 1 FROM purchase WHERE number = :number)
    OR EXISTS (SELECT 1 FROM expected WHERE number = :number AND number <> '')"""
    (is_one,) = connection.execute(asked, {"number": number}).fetchone()
    return bool(is_one)


def _tally_of_order(connection: sqlite3.Connection, scope: Scope) -> Tally:
    """Return how far an order is of which only the number of handsets is known."""
    lines = lines_of(connection, scope.number) if scope.number else ()
    done = sum(received_of(connection, scope.number).values()) if scope.number else 0
    (settled,) = connection.execute(
        """SELECT coalesce(sum(count), 0) FROM discrepancy
        WHERE number = ? AND kind = 'short' AND imei = '' AND closed = 0""",
        (scope.number,),
    ).fetchone()
    return Tally(sum(line.quantity for line in lines), done, settled)


def _named_values(scope: Scope) -> dict[str, str | int]:
    return {
        "number": scope.number,
        "despatch": scope.despatch,
        "pallet": scope.pallet,
        "carton": scope.carton,
    }
