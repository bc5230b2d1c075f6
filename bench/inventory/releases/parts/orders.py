"""Orders: what was bought, so that a bench knows what is to come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bench.events.orders import Json
from bench.inventory.releases.form import FormError, flag, integer, listed, members, spelled, text

VERSION = 1
MOST, MOST_HANDSETS, LONGEST = 20_000, 1_000_000, 80
"""Lines in all, handsets on a line, characters of a text."""
_MEMBERS = ("closed", "count", "due", "model", "number", "supplier")


@dataclass(frozen=True, slots=True)
class Order:
    """A line of an order: `count` handsets of a model; `due` where the supplier named a day."""

    number: str
    model: str
    count: int
    supplier: str = ""
    due: date | None = None
    closed: bool = False


def read(said: Json) -> tuple[Order, ...]:
    """Read the part; raises `FormError`."""
    orders = members(said, "orders", "orders", "v")["orders"]
    found = tuple(map(_order, listed(orders, "orders", MOST)))
    if len({(each.number, each.model) for each in found}) != len(found):
        raise FormError("orders: an order has a model twice.")
    return found


def written(orders: Iterable[Order]) -> str:
    """Spell the part."""
    lines: list[Json] = [
        {
            "number": each.number, "model": each.model, "count": each.count,
            "supplier": each.supplier, "due": each.due.isoformat() if each.due else None,
            "closed": each.closed,
        }
        for each in sorted(orders, key=lambda each: (each.number, each.model))
    ]  # fmt: skip
    return spelled({"v": VERSION, "orders": lines})


def _order(value: Json) -> Order:
    its = members(value, "an order", *_MEMBERS)
    return Order(
        _named(its["number"], "an order's number"),
        _named(its["model"], "an order's model"),
        integer(its["count"], "an order's count", 1, MOST_HANDSETS),
        text(its["supplier"], "an order's supplier", LONGEST),
        _day(its["due"]),
        flag(its["closed"], "an order's end"),
    )


def _named(value: Json, where: str) -> str:
    found = text(value, where, LONGEST)
    if not found:
        raise FormError(f"{where}: it is empty.")
    return found


def _day(value: Json) -> date | None:
    if value is None:
        return None
    try:
        found = date.fromisoformat(text(value, "an order's day", 10))
    except ValueError:
        raise FormError("an order's day: it is none.") from None
    if found.isoformat() != value:
        raise FormError("an order's day: it is not spelled YYYY-MM-DD.")
    return found
