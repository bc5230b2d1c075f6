"""What was said of a consignment and is taken back by a correction."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.custody.entries import Entry
from bench.events.desks import Wanted, Workspace
from bench.events.orders import CustodyKind
from bench.events.views import ScanTone
from bench.stock.consignments import queries
from bench.stock.consignments.queries import Consignment, State
from bench.stock.handing import queries as handing
from tests.bench.stock.consignments.consignment_talk import (
    DOCKET,
    NEXT,
    SITE,
    begin,
    fill,
    hand_over,
    inside,
    leave,
    papers,
)
from tests.bench.stock.counter import Counter, counter
from tests.bench.stock.packing.boxes_talk import PROFILES, ref, tag
from tests.bench.stock.taken_back import is_folded_anew_alike, take_back

K = CustodyKind


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path, profiles=PROFILES) as made:
        yield made
        assert is_folded_anew_alike(made)


def sent(desk: Counter, *numbers: int) -> None:
    fill(desk, *numbers)
    leave(desk)
    hand_over(desk)


def known(desk: Counter, docket: str = DOCKET) -> Consignment:
    found = queries.consignment(desk.book.connection, docket)
    assert found is not None
    return found


def uid(number: int) -> str:
    return ref(number).uid


def test_one_that_did_not_leave_is_not_awaited_and_may_go_with_another(desk: Counter) -> None:
    sent(desk, 1, 2)
    take_back(desk, uid(1), K.DISPATCHED)
    assert (known(desk).state, known(desk).count) == (State.DISPATCHED, 1)
    assert handing.share(desk.book.connection, DOCKET) == (0, 1)
    begin(desk, "Elsewhere")
    desk.scan(tag(1))
    assert desk.answer.tone is ScanTone.GOOD
    assert (inside(desk), inside(desk, NEXT)) == ([tag(2)], [tag(1)])


def test_a_consignment_of_which_nothing_left_is_here_and_signed_for_anew(desk: Counter) -> None:
    sent(desk, 1, 2)
    desk.work()
    for number in (1, 2):
        take_back(desk, uid(number), K.DISPATCHED)
    assert (known(desk).state, known(desk).count) == (State.SEALED, 2)
    assert handing.on_their_way(desk.book.connection, 9) == ()
    desk.go(Workspace.DISPATCH, "dispatch", DOCKET)
    assert desk.desk.wanted is Wanted.SIGNATURE
    desk.sign("1,1 2,2;3,3 4,4")
    desk.write("Example Driver")
    desk.sign("1,1 2,2;3,3 4,5")
    desk.work()
    assert known(desk).state is State.DISPATCHED
    assert papers(desk)[:2] == [f"{DOCKET}-M1-signed-2.pdf", f"{DOCKET}-M1-signed.pdf"]
    assert [each.docket for each in handing.on_their_way(desk.book.connection, 9)] == [DOCKET]


def test_that_it_did_not_leave_is_taken_back_too(desk: Counter) -> None:
    sent(desk, 1)
    take_back(desk, uid(1), K.DISPATCHED)
    take_back(desk, uid(1), K.CORRECTED)
    assert (known(desk).state, known(desk).count) == (State.DISPATCHED, 1)
    assert [each.uid for each in handing.awaited(desk.book.connection, DOCKET)] == [uid(1)]


def test_what_did_not_arrive_is_awaited_again(desk: Counter) -> None:
    sent(desk, 1)
    desk.append(Entry(K.RECEIVED, ref(1), docket=DOCKET, to=f"site:{SITE}"))
    assert known(desk).received == 1
    take_back(desk, uid(1), K.RECEIVED)
    assert known(desk).received == 0
    desk.go(Workspace.DISPATCH, "receive", DOCKET)
    desk.scan("CAGE-1")
    desk.scan(tag(1))
    assert desk.answer.tone is ScanTone.GOOD
    assert known(desk).received == 1
    assert desk.desk.wanted is Wanted.SIGNATURE


def test_one_set_aside_by_mistake_is_fit_to_go_again(desk: Counter) -> None:
    fill(desk, 1)
    desk.append(Entry(K.QUARANTINED, ref(1)))
    desk.go(Workspace.DISPATCH, "dispatch", DOCKET)
    assert tag(1) in desk.answer.answer
    take_back(desk, uid(1), K.QUARANTINED)
    desk.choose(DOCKET)
    assert desk.desk.wanted is Wanted.SIGNATURE
