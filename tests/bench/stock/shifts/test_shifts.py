"""A shift is handed over: what is open is seen, both sign, the record keeps no stroke of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.custody.entries import Entry, RunPosition
from bench.events.orders import CustodyKind
from bench.events.person import HiddenText
from bench.problems import ProblemCode, ProblemError
from bench.stock.desk.turns import Turn
from bench.stock.papers.writing import Written
from bench.stock.shifts.desk import Signing, begin
from tests.bench.stock.counter import made_up
from tests.bench.stock.shelf import FIRST, Shelf, shelf

_K = CustodyKind
ONE, OTHER = HiddenText("100,900 200,100 300,500 900,500"), HiddenText("1,9 2,1;3,5 9,5;7,7 8,8")


@pytest.fixture
def stock(tmp_path: Path) -> Iterator[Shelf]:
    with shelf(tmp_path) as made:
        for number in (1, 2, 3):
            made.append(Entry(_K.GOODS_IN, made_up(number), to="bench-07/stock"))
        made.append(Entry(_K.SCANNED, made_up(1), RunPosition("r1", "A2", "staging", open=True)))
        made.append(Entry(_K.SCANNED, made_up(2), RunPosition("r2", "A1", "held", open=True)))
        yield made


def _written(stock: Shelf) -> Signing:
    task = stock.work(begin(stock.means).answered("write", "")).task
    assert isinstance(task, Signing)
    return task


def _signing(stock: Shelf) -> Signing:
    """Return the task as it is once a sheet lies there."""
    return Signing(begin(stock.means).shift, Written(Path("shift.pdf"), 5, "0" * 64))


def _signed(task: Signing, *strokes: HiddenText) -> Turn:
    turn = Turn(task)
    for each in strokes:
        assert turn.task is not None
        turn = turn.task.signed(each)
    return turn


def _rows(stock: Shelf) -> list[tuple[str, ...]]:
    return [line.cells for line in begin(stock.means).face().lines]


def test_what_is_open_stands_first_then_the_house_then_what_was_done(stock: Shelf) -> None:
    assert [row[:3] for row in _rows(stock)] == [
        ("Slot", "A1", "held"),
        ("Slot", "A2", "staging"),
        ("In the house", "in-stock", "1"),
        ("In the house", "at-bench", "2"),
        ("Done", "counted in", "3"),
    ]


def test_both_sign_the_digest_of_a_sheet_that_lies_there(stock: Shelf) -> None:
    turn = _signed(_written(stock), ONE, OTHER)
    (entry,) = turn.entries
    (paper,) = stock.means.papers.iterdir()
    assert entry.data["sheet"] == hashlib.sha256(paper.read_bytes()).hexdigest()
    assert {text.field: text.text for text in entry.personal} == {
        "signature": ONE.text,
        "second_signature": OTHER.text,
    }


def test_no_stroke_of_a_signature_is_in_the_record_and_the_next_shift_counts_anew(
    stock: Shelf,
) -> None:
    stock.append(*_signed(_signing(stock), ONE, OTHER).entries)
    (body,) = stock.bodies(_K.SHIFT_HANDED_OVER)
    assert ONE.text not in json.dumps(body)
    assert body["commit"]
    assert "Done" not in [row[0] for row in _rows(stock)]
    stock.append(Entry(_K.GOODS_IN, made_up(4)))
    assert _rows(stock)[-1][:3] == ("Done", "counted in", "1")


def test_nobody_hands_a_shift_over_to_themselves(stock: Shelf) -> None:
    entries = _signed(_signing(stock), ONE, OTHER).entries
    with pytest.raises(ProblemError) as refused:
        stock.means.ledger.append(entries, by=FIRST, second=FIRST)
    assert refused.value.problem.code is ProblemCode.NEEDS_SECOND_PERSON


@pytest.mark.parametrize("strokes", ["", "5,5", "x,y", "1,2 " * 20_000])
def test_what_is_no_signature_is_refused_and_asked_again(stock: Shelf, strokes: str) -> None:
    task = _signing(stock)
    turn = task.signed(HiddenText(strokes))
    assert turn.task is task
    assert turn.entries == ()


def test_one_signature_does_not_do_for_both(stock: Shelf) -> None:
    turn = _signed(_signing(stock), ONE, ONE)
    assert (turn.entries, turn.task is None) == ((), False)


def test_a_signature_is_in_no_repr(stock: Shelf) -> None:
    assert ONE.text not in repr(_signed(_signing(stock), ONE).task)
