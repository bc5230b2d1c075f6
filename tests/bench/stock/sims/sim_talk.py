"""Made-up SIMs, and the file of an operator that names them, in few words."""

from __future__ import annotations

from bench.identity.identifiers import Eid, Iccid, IdentifierError
from tests.bench.stock.counter import Counter


def iccid(number: int) -> Iccid:
    """Return an ICCID that no operator gave out."""
    for last in "0123456789":
        try:
            return Iccid.parse(f"894499{number:012d}{last}")
        except IdentifierError:
            continue
    raise AssertionError(number)


def eid(number: int) -> Eid:
    """Return an EID that no chip has: its last two digits make it 1 modulo 97."""
    thirty = f"8999{number:026d}"
    check = 98 - int(thirty + "00") % 97
    return Eid.parse(f"{thirty}{check:02d}")


def list_sims(
    at: Counter, *numbers: int, contract: str = "AIR-1", of: int | None = None, number: str = "PO-1"
) -> None:
    """Have an operator's file name these SIMs; `of` is the eUICC that they are subscriptions of."""
    rows = [
        (iccid(n).digits, "" if of is None else eid(of).digits, f"07700 900{n:03d}",
         "EXAMPLE MOBILE", contract, number)
        for n in numbers
    ]  # fmt: skip
    at.book.connection.executemany("INSERT INTO sim VALUES (?, ?, ?, ?, ?, ?, 1)", rows)
