"""What the list of quarantine and the reasons of returns say once something is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.custody.entries import DeviceRef, Entry
from bench.custody.phases import Phase
from bench.events.orders import CustodyKind
from bench.stock.returns import queries
from tests.bench.stock.counter import Counter, counter
from tests.bench.stock.handing.on_the_road import staged
from tests.bench.stock.taken_back import FIRST, SECOND, is_folded_anew_alike, take_back

K = CustodyKind


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as made:
        yield made
        assert is_folded_anew_alike(made)


def aside(desk: Counter) -> list[str]:
    return [each.problem for each in queries.in_quarantine(desk.book.connection, 9)]


def set_aside(desk: Counter) -> DeviceRef:
    (handset,) = staged(desk, 1)
    desk.append(Entry(K.QUARANTINED, handset, data={"problem": "faulty"}))
    return handset


def test_what_was_released_by_mistake_is_in_quarantine_again_for_its_reason(desk: Counter) -> None:
    handset = set_aside(desk)
    desk.ledger.append((Entry(K.RELEASED, handset),), by=FIRST, second=SECOND)
    desk.append()
    assert aside(desk) == []
    take_back(desk, handset.uid, K.RELEASED)
    assert aside(desk) == ["faulty"]
    assert queries.problem_of(desk.book.connection, handset.uid) == "faulty"


def test_what_was_set_aside_by_mistake_is_not(desk: Counter) -> None:
    handset = set_aside(desk)
    take_back(desk, handset.uid, K.QUARANTINED)
    assert aside(desk) == []
    assert queries.problem_of(desk.book.connection, handset.uid) == ""


def test_another_epoch_carries_on_what_is_aside(desk: Counter) -> None:
    handset = set_aside(desk)
    desk.append(Entry(K.CARRIED, handset, phase=Phase.QUARANTINED))
    assert aside(desk) == ["faulty"]


def test_a_return_that_is_taken_back_is_no_reason(desk: Counter) -> None:
    (handset,) = staged(desk, 1)
    desk.append(
        Entry(K.HANDED_OVER, handset, to="person:r-1"),
        Entry(K.RETURNED, handset, data={"scenario": "malware"}),
    )
    book = desk.book.connection
    assert queries.last_scenario(book, handset.uid) == "malware"
    take_back(desk, handset.uid, K.RETURNED)
    assert queries.last_scenario(book, handset.uid) == ""
    take_back(desk, handset.uid, K.CORRECTED)
    assert queries.last_scenario(book, handset.uid) == "malware"
