"""What is not here is known by its place: lost, or at its supplier, whatever its phase is."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.custody.entries import Entry
from bench.events.desks import Workspace
from bench.events.orders import CustodyKind
from bench.stock.standing.queries import lost_and_sent_back
from tests.bench.stock.counter import Counter, counter, made_up, made_up_imei
from tests.bench.stock.handing.on_the_road import SEAL, back_home, manifest, on_their_way, staged

HERE = "bench-07/quarantine"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as made:
        yield made


def stand(desk: Counter) -> Tally[tuple[str, str]]:
    """How many handsets stand where: phase and place, as a reconciliation reads them."""
    return Tally(desk.book.connection.execute("SELECT phase, place FROM handset").fetchall())


def test_what_is_lost_stands_apart_from_what_is_in_quarantine(desk: Counter) -> None:
    here, gone = staged(desk, 1, 2)
    desk.go(Workspace.CUSTODY, "aside", "set-aside")
    desk.scan(here.asset_tag)
    desk.choose("damaged")
    desk.go(Workspace.CUSTODY, "lost")
    desk.scan(gone.asset_tag)
    desk.choose("stolen")
    docket = on_their_way(desk, [3])
    desk.go(Workspace.DISPATCH, "receive")
    for scan in (manifest(docket), SEAL):
        desk.scan(scan)
    desk.choose("rest")
    desk.choose("lost")
    assert stand(desk) == {("quarantined", HERE): 1, ("quarantined", "lost"): 2}
    assert lost_and_sent_back(desk.book.connection) == (2, 0)


def test_what_was_found_again_is_in_quarantine_here(desk: Counter) -> None:
    (handset,) = staged(desk, 1)
    desk.go(Workspace.CUSTODY, "lost")
    desk.scan(handset.asset_tag)
    desk.choose("lost")
    desk.go(Workspace.DISPATCH, "return")
    desk.scan(handset.asset_tag)
    assert stand(desk) == {("quarantined", HERE): 1}
    assert lost_and_sent_back(desk.book.connection) == (0, 0)


def test_what_is_at_its_supplier_keeps_its_phase_and_stands_there(desk: Counter) -> None:
    desk.append(
        Entry(CustodyKind.GOODS_IN, made_up(1), to="bench-07/stock"),
        Entry(CustodyKind.DOA, made_up(1)),
    )
    (wiped,) = back_home(desk, 2)
    desk.append(Entry(CustodyKind.WIPED, wiped))
    desk.go(Workspace.CUSTODY, "aside", "supplier")
    desk.scan("RMA-77")
    for number in (1, 2):
        desk.scan(made_up_imei(number))
    assert stand(desk) == {
        ("dead-on-arrival", "supplier:unknown"): 1, ("wiped", "supplier:unknown"): 1,
    }  # fmt: skip
    assert lost_and_sent_back(desk.book.connection) == (0, 2)
