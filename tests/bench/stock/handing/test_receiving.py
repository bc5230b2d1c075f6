"""A consignment comes to its site: seal, labels, what is missing or over, both signatures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.events.desks import Wanted, Workspace
from bench.events.orders import CustodyKind
from bench.events.views import ScanTone
from bench.stock.handing import queries
from tests.bench.stock.counter import Counter, counter, made_up_imei
from tests.bench.stock.handing.on_the_road import (
    BADGE,
    SEAL,
    manifest,
    on_their_way,
    said,
    staged,
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as made:
        yield made


def begin(desk: Counter, docket: str) -> None:
    desk.go(Workspace.DISPATCH, "receive")
    desk.scan(manifest(docket))
    desk.scan(SEAL)
    assert desk.desk.wanted is Wanted.SCAN, desk.answer


def sign_both(desk: Counter) -> None:
    desk.sign()
    desk.scan(BADGE)
    desk.sign()


def test_a_consignment_is_ticked_off_label_by_label_and_signed_by_both_sides(
    desk: Counter,
) -> None:
    docket = on_their_way(desk, [1, 2])
    begin(desk, docket)
    desk.scan(made_up_imei(1))
    assert (desk.desk.done, desk.desk.total) == (1, 2)
    desk.scan(made_up_imei(1))
    assert desk.answer.tone is ScanTone.REPEATED
    desk.scan("SIM-000002")
    assert desk.desk.wanted is Wanted.SIGNATURE
    sign_both(desk)
    received = desk.bodies(CustodyKind.RECEIVED)
    assert {(e["to"], e["docket"]) for e in received} == {("site:Brixton", docket)}
    one, other = desk.bodies(CustodyKind.MANIFEST_SIGNED)
    assert (said(one)["side"], said(other)["side"]) == ("from", "to")
    assert set(said(other, "commit")) == {"signature"}
    desk.scan(manifest(docket))
    assert "signed for" in desk.answer.answer
    assert desk.desk.choices == ()


def test_a_count_that_was_broken_off_goes_on_where_it_was(tmp_path: Path) -> None:
    with counter(tmp_path) as desk:
        docket = on_their_way(desk, [1, 2])
        begin(desk, docket)
        desk.scan(made_up_imei(1))
    with counter(tmp_path) as desk:
        desk.go(Workspace.DISPATCH, "receive", docket)
        assert (desk.desk.done, desk.desk.total) == (1, 2)


def test_what_is_missing_is_named_and_settled_when_it_comes_later(desk: Counter) -> None:
    docket = on_their_way(desk, [1, 2])
    begin(desk, docket)
    desk.scan(made_up_imei(1))
    desk.choose("rest")
    assert [line.cells[0] for line in desk.desk.lines] == ["SIM-000002"]
    desk.choose("awaited")
    sign_both(desk)
    (short,) = desk.bodies(CustodyKind.DISCREPANCY)
    assert short["data"] == {"discrepancy": "short", "settlement": "awaited"}
    desk.scan(manifest(docket))
    desk.choose("rest")
    assert "nothing else is awaited" in desk.answer.answer
    desk.scan(made_up_imei(2))
    assert desk.desk.wanted is Wanted.SIGNATURE
    *_, late = desk.bodies(CustodyKind.DISCREPANCY)
    assert late["data"] == {
        "discrepancy": "short", "settlement": "accepted", "settles": short["seq"],
    }  # fmt: skip
    sign_both(desk)
    assert not queries.is_incomplete(desk.book.connection, docket)
    open_ = "SELECT count(*) FROM discrepancy WHERE open = 1"
    assert desk.book.connection.execute(open_).fetchone() == (0,)


def test_what_was_lost_on_its_way_is_set_aside_as_lost(desk: Counter) -> None:
    docket = on_their_way(desk, [1])
    begin(desk, docket)
    desk.choose("rest")
    desk.choose("lost")
    (lost,) = desk.bodies(CustodyKind.QUARANTINED)
    assert (said(lost)["problem"], lost["to"]) == ("lost", "lost")
    known = queries.arrival(desk.book.connection, docket, str(said(lost, "dev")["uid"]))
    assert known
    assert known.how == "lost"
    sign_both(desk)
    assert not queries.is_incomplete(desk.book.connection, docket)
    desk.scan(manifest(docket))
    assert "signed for" in desk.answer.answer


def test_a_handset_of_another_consignment_is_taken_in_or_set_aside(desk: Counter) -> None:
    docket = on_their_way(desk, [1])
    other = on_their_way(desk, [2, 3], 2, "Croydon")
    begin(desk, docket)
    desk.scan(made_up_imei(2))
    assert desk.answer.tone is ScanTone.BAD
    desk.choose("take")
    desk.scan(made_up_imei(3))
    desk.choose("aside")
    over = [said(e) for e in desk.bodies(CustodyKind.DISCREPANCY)]
    assert [each["settlement"] for each in over] == ["accepted", "set-aside"]
    (received,) = desk.bodies(CustodyKind.RECEIVED)
    assert (received["docket"], received["to"]) == (other, "site:Brixton")
    assert queries.share(desk.book.connection, other) == (1, 2)


def test_what_was_never_sent_can_only_be_set_aside(desk: Counter) -> None:
    docket = on_their_way(desk, [1])
    staged(desk, 5)
    begin(desk, docket)
    for stray in (5, 9):
        desk.scan(made_up_imei(stray))
        assert [c.name for c in desk.desk.choices] == ["aside", "back"]
        desk.choose("aside")
    known, unknown = (said(e) for e in desk.bodies(CustodyKind.DISCREPANCY))
    assert known["discrepancy"] == "over"
    assert unknown["imei"] == made_up_imei(9).digits


def test_a_seal_that_is_not_whole_is_noted_and_another_is_refused(desk: Counter) -> None:
    docket = on_their_way(desk, [1])
    desk.go(Workspace.DISPATCH, "receive")
    desk.scan(docket)
    desk.scan("S0004712")
    assert desk.answer.tone is ScanTone.BAD
    assert desk.bodies(CustodyKind.DISCREPANCY) == []
    desk.choose("other")
    (noted,) = desk.bodies(CustodyKind.DISCREPANCY)
    assert (noted["reason"], noted["docket"]) == ("seal-not-whole", docket)
    desk.choose("back")
    desk.scan(docket)
    assert desk.desk.total == 1


def test_a_manifest_of_another_digest_an_unknown_card_and_one_not_sent_are_refused(
    desk: Counter,
) -> None:
    docket = on_their_way(desk, [1])
    desk.go(Workspace.DISPATCH, "receive")
    for scan in (manifest(docket, "f" * 64), "BENCH-07-C00077", "nothing"):
        desk.scan(scan)
        assert desk.answer.tone is ScanTone.BAD, scan
        assert desk.desk.title == "Receive a consignment"


def test_a_handset_that_went_elsewhere_meanwhile_is_not_awaited(desk: Counter) -> None:
    docket = on_their_way(desk, [1, 2])
    desk.go(Workspace.DISPATCH, "hand-over")
    for scan in (BADGE, made_up_imei(1), BADGE):
        desk.scan(scan)
    assert [a.name for a in queries.awaited(desk.book.connection, docket)] == ["SIM-000002"]
    desk.go(Workspace.DISPATCH, "receive", docket)
    desk.scan(made_up_imei(1))
    assert "handed-over" in desk.answer.answer


def test_whoever_brought_it_may_have_gone(desk: Counter) -> None:
    docket = on_their_way(desk, [1])
    begin(desk, docket)
    desk.scan(made_up_imei(1))
    desk.choose("gone")
    desk.choose("name", "Testperson Zwei")
    desk.sign()
    (taken,) = desk.bodies(CustodyKind.MANIFEST_SIGNED)
    assert said(taken)["alone"] is True
    assert set(said(taken, "commit")) == {"recipient", "signature"}
