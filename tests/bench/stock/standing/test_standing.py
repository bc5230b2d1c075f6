"""The page of handsets: which consignment a handset is in, and who has it after a correction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bench.custody.corrections import deciding
from bench.custody.corrections.kinds import Why
from bench.custody.database import PLAIN
from bench.custody.entries import Entry
from bench.events.orders import CustodyKind
from tests.bench.stock.counter import made_up
from tests.bench.stock.shelf import Shelf, shelf

_K = CustodyKind
_PACKED = (_K.SCANNED, _K.STAGED, _K.PACKED, _K.SEALED)


@pytest.fixture
def stock(tmp_path: Path) -> Iterator[Shelf]:
    with shelf(tmp_path) as made:
        handset = made_up(1)
        made.append(Entry(_K.GOODS_IN, handset, from_="supplier:X", to="bench-07/stock"))
        made.append(*(Entry(kind, handset) for kind in _PACKED))
        made.append(Entry(_K.CONSIGNED, handset, docket="C-1"))
        yield made


def stands(stock: Shelf) -> tuple[str, str, str]:
    asked = "SELECT phase, place, docket FROM handset"
    phase, place, docket = stock.means.book.connection.execute(asked).fetchone()
    return phase, place, docket


def sent(stock: Shelf) -> None:
    handset = made_up(1)
    stock.append(
        Entry(_K.DISPATCHED, handset, docket="C-1", from_="bench-07/stock", to="site:NORTH")
    )


def test_a_handset_that_is_taken_out_of_a_consignment_is_in_none(stock: Shelf) -> None:
    assert stands(stock)[2] == "C-1"
    stock.append(Entry(_K.CONSIGNED, made_up(1), docket="C-1", data={"out": True}))
    assert stands(stock)[2] == ""
    stock.append(Entry(_K.CONSIGNED, made_up(1), docket="C-2"))
    assert stands(stock)[2] == "C-2"


def test_a_handset_that_came_back_is_in_no_consignment(stock: Shelf) -> None:
    sent(stock)
    assert stands(stock) == ("dispatched", "site:NORTH", "C-1")
    stock.append(Entry(_K.RETURNED, made_up(1), to="bench-07/stock"))
    assert stands(stock) == ("returned", "bench-07/stock", "")


def test_a_handset_that_did_not_leave_after_all_is_here_in_its_consignment(stock: Shelf) -> None:
    sent(stock)
    with closing(PLAIN.read(stock.means.ledger.path)) as record:
        seq = stock.means.ledger.history(made_up(1).uid)[-1].seq
        entry = deciding.undo(record, seq, why=Why.NOT_DONE)
    stock.append(entry)
    assert stands(stock) == ("sealed", "bench-07/stock", "C-1")
