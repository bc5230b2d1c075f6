"""Who has a handset once it was said otherwise: what is taken back, what an epoch carries on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.custody.entries import DeviceRef, Entry
from bench.custody.phases import Phase
from bench.events.desks import Workspace
from bench.events.orders import CustodyKind
from bench.stock.handing import queries
from tests.bench.stock.counter import Counter, counter
from tests.bench.stock.handing.on_the_road import BADGE, on_their_way, staged
from tests.bench.stock.taken_back import is_folded_anew_alike, take_back

K = CustodyKind


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as made:
        yield made
        assert is_folded_anew_alike(made)


def given(desk: Counter) -> DeviceRef:
    """Hand a handset over by a badge."""
    (handset,) = staged(desk, 1)
    desk.go(Workspace.DISPATCH, "hand-over")
    for scan in (BADGE, handset.asset_tag, BADGE):
        desk.scan(scan)
    return handset


def holder(desk: Counter, handset: DeviceRef) -> str:
    return queries.holder_of(desk.book.connection, handset.uid)


def place(desk: Counter, handset: DeviceRef) -> str:
    (found,) = desk.book.connection.execute(
        "SELECT place FROM handset WHERE uid = ?", (handset.uid,)
    ).fetchone()
    return str(found)


def test_a_hand_over_that_is_taken_back_never_was(desk: Counter) -> None:
    handset = given(desk)
    who = holder(desk, handset)
    take_back(desk, handset.uid, K.HANDED_OVER)
    book = desk.book.connection
    assert (holder(desk, handset), place(desk, handset)) == ("", "bench-07/stock")
    assert queries.spells(book, handset.uid) == queries.ever_held_by(book, who) == ()
    take_back(desk, handset.uid, K.CORRECTED)
    assert holder(desk, handset) == who
    assert queries.ever_held_by(book, who)[0].accepted == "badge"


@pytest.mark.parametrize("ends", [K.RETURNED, K.QUARANTINED])
def test_whoever_had_it_has_it_all_the_time_where_its_end_is_taken_back(
    desk: Counter, ends: CustodyKind
) -> None:
    handset = given(desk)
    before = queries.spells(desk.book.connection, handset.uid)
    (who,) = {each.holder for each in before}
    to = {K.RETURNED: "bench-07/stock", K.QUARANTINED: "lost"}[ends]
    desk.append(Entry(ends, handset, from_=f"person:{who}", to=to))
    assert holder(desk, handset) == ""
    take_back(desk, handset.uid, ends)
    assert queries.spells(desk.book.connection, handset.uid) == before
    assert place(desk, handset) == f"person:{who}"


def test_another_epoch_leaves_what_is_on_its_way_on_its_way(desk: Counter) -> None:
    docket = on_their_way(desk, [1])
    (awaited,) = queries.awaited(desk.book.connection, docket)
    known = desk.ledger.device(awaited.uid)
    assert known is not None
    desk.append(Entry(K.CARRIED, known.ref, phase=Phase.DISPATCHED, to="site:Brixton"))
    assert queries.awaited(desk.book.connection, docket) == (awaited,)


def test_what_was_set_aside_on_its_way_by_mistake_is_awaited_again(desk: Counter) -> None:
    docket = on_their_way(desk, [1])
    (awaited,) = queries.awaited(desk.book.connection, docket)
    known = desk.ledger.device(awaited.uid)
    assert known is not None
    desk.append(Entry(K.QUARANTINED, known.ref))
    assert queries.awaited(desk.book.connection, docket) == ()
    take_back(desk, awaited.uid, K.QUARANTINED)
    assert queries.awaited(desk.book.connection, docket) == (awaited,)
