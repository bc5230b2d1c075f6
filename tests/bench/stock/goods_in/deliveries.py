"""Deliveries as their files announce them, and the counter where they are counted in."""

from __future__ import annotations

from dataclasses import dataclass

from bench.custody.database import transaction
from bench.events.desks import Workspace
from tests.bench.stock.counter import Counter, made_up_imei

TAC = made_up_imei(1).tac
MODEL = "Galaxy A32"


@dataclass(frozen=True)
class Announced:
    """Handsets of one carton, by their numbers."""

    carton: str
    numbers: range
    order: str = "PO-1"
    despatch: str = "D-1"
    pallet: str = "P-1"
    model: str = MODEL


def order(
    desk: Counter, number: str, quantity: int, *, tacs: str = TAC, model: str = MODEL
) -> None:
    """Let an order file have been taken."""
    with desk.book.writer() as files, transaction(files):
        files.execute(
            "INSERT INTO purchase VALUES (?, 'Example Mobile', '', '2026-01-02', 1)", [number]
        )
        line = (
            "INSERT INTO purchase_line VALUES (?, 1, 'handset', 'handset', ?, ?, ?, 0, '', '', '')"
        )
        files.execute(line, [number, model, tacs, quantity])


def announce(desk: Counter, *cartons: Announced) -> None:
    """Let a despatch note have been taken."""
    with desk.book.writer() as files, transaction(files):
        for each in cartons:
            for number in each.numbers:
                expect(
                    desk, number, each.model, each.order, each.despatch, each.pallet, each.carton,
                    files=files,
                )  # fmt: skip


def expect(  # noqa: PLR0913 - all that a list can say
    desk: Counter, number: int, model: str = MODEL, order: str = "", despatch: str = "",
    pallet: str = "", carton: str = "", *, source: str = "despatch", tag: str = "",
    second: str = "", files: object = None,
) -> None:  # fmt: skip
    """Let a file have named one handset."""
    to = files or desk.book.connection
    to.execute(  # type: ignore[attr-defined]
        "INSERT INTO expected VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 1)",
        (made_up_imei(number).digits, second, f"RZ8N{number:07d}", model, order, despatch, pallet,
         carton, source, tag),
    )  # fmt: skip


def two_cartons(desk: Counter) -> None:
    """Announce a pallet of two cartons, four handsets and three, and an order for the seven."""
    order(desk, "PO-1", 7)
    announce(desk, Announced("C-1", range(1, 5)), Announced("C-2", range(5, 8)))


def count(desk: Counter, *numbers: int) -> None:
    """Scan boxes."""
    for number in numbers:
        desk.scan(made_up_imei(number))


def begin(desk: Counter, code: str) -> None:
    """Go to the desk and scan the code of a delivery."""
    desk.go(Workspace.GOODS_IN, "count")
    desk.scan(code)


def discrepancies(desk: Counter) -> list[tuple[object, ...]]:
    """Return kind, settlement, reason, whether open and how it was closed, in order."""
    asked = "SELECT kind, settlement, reason, open, how FROM discrepancy ORDER BY entry"
    return desk.book.connection.execute(asked).fetchall()
