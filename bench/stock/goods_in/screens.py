"""What the counting of a delivery shows. Pure."""

from __future__ import annotations

from bench.events.desks import Choice, Line, Wanted, Weight
from bench.identity.plain import plain
from bench.stock.desk.turns import Face
from bench.stock.goods_in.delivery import Delivery, Scope, Tally

TITLE = "Count in"
_COLUMNS = ("Part", "Counted", "Announced", "Still to come")


def shown(
    delivery: Delivery, twice: str, open_ones: int, *, is_damaged: bool, has_odd_ones: bool
) -> Face:
    """Return the face of a count; `twice` is the box that came again just now, "" for none."""
    tally = delivery.tally
    remark = f"{open_ones} awaited or set aside: decide on them under Open discrepancies."
    return Face(
        f"{TITLE}: {plain(delivery.scope.spoken)}",
        _prompt(tally, is_damaged=is_damaged),
        Wanted.SCAN,
        _choices(delivery, twice, is_damaged=is_damaged, has_odd_ones=has_odd_ones),
        min(tally.done, tally.total),
        tally.total,
        "handsets",
        _COLUMNS,
        tuple(_line(*each) for each in delivery.tallies),
        remark if open_ones else "",
    )


def capital(text: str) -> str:
    """Return it as a sentence begins."""
    return text[:1].upper() + text[1:]


def _prompt(tally: Tally, *, is_damaged: bool) -> str:
    if is_damaged:
        return "Scan the box that is damaged."
    if tally.total and not tally.missing:
        return "All are counted: scan the next code, or a box that is over."
    return "Scan the next box."


def _choices(
    delivery: Delivery, twice: str, *, is_damaged: bool, has_odd_ones: bool
) -> tuple[Choice, ...]:
    """The first keep their keys, whatever else is offered."""
    around = delivery.scope.enclosing
    damaged = "No, it is not damaged" if is_damaged else "The next box is damaged"
    offered = [
        ("damaged", damaged, True),
        ("close", "There are no more boxes", delivery.tally.missing > 0),
        ("wider", f"Count all of {plain(around.spoken)}" if around else "", bool(around)),
        ("another", f"It is another box with the number of {twice}", bool(twice)),
        ("report", "Print its discrepancies", has_odd_ones),
    ]
    return tuple(Choice(name, text) for name, text, is_possible in offered if is_possible)


def _line(scope: Scope, tally: Tally) -> Line:
    cells = (
        plain(capital(scope.spoken)), str(tally.done + tally.extra), str(tally.total),
        str(tally.missing),
    )  # fmt: skip
    return Line(cells, Weight.OPEN if tally.missing else Weight.GOOD)
