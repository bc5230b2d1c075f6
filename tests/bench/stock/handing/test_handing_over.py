"""Handsets go to persons: who takes them, by what it was accepted, and what is kept of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.custody.entries import Entry, RunPosition
from bench.custody.personal import table
from bench.events.desks import Wanted, Workspace
from bench.events.orders import CustodyKind
from bench.events.views import ScanTone
from bench.stock.handing import queries
from bench.stock.handing.giving import Acceptance
from bench.stock.handing.paper import keep
from bench.stock.handing.receipt import Receipt
from tests.bench.custody.statement.readers import text_of
from tests.bench.stock.counter import Counter, counter, made_up_imei
from tests.bench.stock.handing.on_the_road import (
    BADGE,
    OTHER_BADGE,
    back_home,
    on_their_way,
    said,
    staged,
)

NAME = "Testperson Eins"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as made:
        made.go(Workspace.DISPATCH, "hand-over")
        yield made


def holders(desk: Counter) -> list[str]:
    return [each.holder for each in queries.holders(desk.book.connection)]


def test_a_badge_a_label_and_the_badge_again_hand_a_handset_over_with_no_key(
    desk: Counter,
) -> None:
    (handset,) = staged(desk, 1)
    for scan in (BADGE, handset.asset_tag, BADGE):
        desk.scan(scan)
        assert desk.answer.tone is ScanTone.GOOD, desk.answer
    (event,) = desk.bodies(CustodyKind.HANDED_OVER)
    assert event["data"] == {"accepted": "badge"}
    assert event["from"] == "bench-07/stock"
    (holder,) = holders(desk)
    assert event["to"] == f"person:{holder}"
    assert desk.desk.wanted is Wanted.BADGE


def test_several_handsets_go_to_one_person_in_one_signature(desk: Counter) -> None:
    one, other = staged(desk, 1, 2)
    desk.scan(BADGE)
    desk.scan(one.asset_tag)
    desk.scan(other.imeis[0])
    desk.choose("sign")
    desk.sign()
    assert [e["data"] for e in desk.bodies(CustodyKind.HANDED_OVER)] == [
        {"accepted": "signature"}, {"accepted": "signature"},
    ]  # fmt: skip
    (holder,) = holders(desk)
    assert len(queries.held_by(desk.book.connection, holder)) == 2


def test_neither_name_nor_badge_nor_signature_stands_in_the_record_or_the_book(
    desk: Counter,
) -> None:
    (handset,) = staged(desk, 1)
    desk.choose("name", NAME)
    desk.scan(handset.asset_tag)
    desk.choose("sign")
    desk.sign("100,900 200,100;300,500 9000,501")
    with desk.ledger.opener.read(desk.ledger.path) as record:
        (holder,) = holders(desk)
        kept = {text.field: text.text for text in table.by_subject(record, holder)}
    assert kept == {"recipient": NAME, "signature": "100,900 200,100;300,500 9000,501"}
    told = json.dumps(desk.bodies()) + str(desk.book.connection.execute(
        "SELECT * FROM holding").fetchall())  # fmt: skip
    assert not [each for each in (NAME, "9000,501", "04A21B7F") if each in told]
    assert set(said(desk.bodies(CustodyKind.HANDED_OVER)[0], "commit")) == {
        "recipient",
        "signature",
    }


def test_the_badge_is_not_shown_where_it_is_read(desk: Counter) -> None:
    desk.scan(BADGE)
    assert "04A21B7F" not in repr(desk.bench.views[-1])


def test_whoever_has_one_already_is_the_same_person_by_it(desk: Counter) -> None:
    one, other = staged(desk, 1, 2)
    desk.choose("name", NAME)
    desk.scan(one.asset_tag)
    desk.choose("sign")
    desk.sign()
    desk.scan(one.asset_tag)
    assert "1 handset already" in desk.answer.answer
    desk.scan(other.asset_tag)
    desk.choose("sign")
    desk.sign()
    assert len(holders(desk)) == 1


def test_another_badge_does_not_accept(desk: Counter) -> None:
    (handset,) = staged(desk, 1)
    desk.scan(BADGE)
    desk.scan(handset.asset_tag)
    desk.scan(OTHER_BADGE)
    assert desk.answer.tone is ScanTone.BAD
    assert desk.bodies(CustodyKind.HANDED_OVER) == []


def test_a_badge_that_bounced_before_the_first_handset_accepts_nothing(desk: Counter) -> None:
    desk.scan(BADGE)
    desk.scan(BADGE)
    assert desk.answer.tone is ScanTone.REPEATED
    assert desk.bodies(CustodyKind.HANDED_OVER) == []


def test_the_same_badge_is_the_same_person_with_or_without_what_a_reader_sends_before_it(
    desk: Counter,
) -> None:
    one, other = staged(desk, 1, 2)
    for badge, handset in ((BADGE, one), ("]C004:a2:1b:7f", other)):
        for scan in (badge, handset.asset_tag, badge):
            desk.scan(scan)
    assert len(holders(desk)) == 1


def test_what_is_no_badge_begins_nothing(desk: Counter) -> None:
    for scan in ("SLOT-A1", "5901234123457", "x", "BADGE:"):
        desk.scan(scan)
        assert desk.answer.tone is ScanTone.BAD, scan
        assert "badge" in desk.answer.answer.lower()


def test_a_handset_that_is_not_fit_to_go_is_refused_and_said_why(desk: Counter) -> None:
    on_their_way(desk, [2])
    back_home(desk, 3)
    desk.scan(BADGE)
    desk.scan(made_up_imei(9))
    assert desk.desk.lines == ()
    desk.scan(made_up_imei(3))
    assert "came back" in desk.answer.answer
    desk.scan(made_up_imei(2))
    assert desk.answer.tone is ScanTone.GOOD
    desk.scan(made_up_imei(2))
    assert "among them already" in desk.answer.answer
    desk.scan(BADGE)
    desk.scan(BADGE)
    desk.scan(made_up_imei(2))
    assert "person has it already" in desk.answer.answer


def test_a_handset_whose_staging_was_taken_back_goes_to_nobody(desk: Counter) -> None:
    docket = on_their_way(desk, [1])
    (sent,) = queries.awaited(desk.book.connection, docket)
    known = desk.ledger.device(sent.uid)
    assert known is not None
    desk.append(
        Entry(CustodyKind.VOIDED, known.ref, run=RunPosition("run1", "A1", "x", open=False))
    )
    desk.scan(BADGE)
    desk.scan(made_up_imei(1))
    assert "no finished staging of it stands" in desk.answer.answer


def test_two_receipts_of_one_second_lie_beside_each_other(desk: Counter) -> None:
    paper = Receipt("r-1", NOON, Acceptance.BADGE, (("SIM-000001", "…0018", "A32", ""),)).paper
    other = replace(paper, rows=(("SIM-000002", "…0026", "A32", ""),))
    kept = [keep(desk.means, each, lambda: False) for each in (paper, other, paper)]
    assert len({each.path for each in kept}) == 2
    for each in kept:
        assert hashlib.sha256(each.path.read_bytes()).hexdigest() == each.sha256


def test_a_dot_is_no_signature_and_leaving_hands_nothing_over(desk: Counter) -> None:
    (handset,) = staged(desk, 1)
    desk.choose("name", "  ")
    assert "name is wanted" in desk.answer.answer
    desk.choose("name", NAME)
    desk.scan(handset.asset_tag)
    desk.choose("sign")
    desk.sign("100,100")
    assert desk.answer.tone is ScanTone.BAD
    desk.choose("back")
    desk.choose("leave")
    assert desk.bodies(CustodyKind.HANDED_OVER) == []


def test_the_receipt_names_nobody(desk: Counter, tmp_path: Path) -> None:
    (handset,) = staged(desk, 1)
    desk.choose("name", NAME)
    desk.scan(handset.asset_tag)
    desk.choose("sign")
    desk.sign()
    desk.choose("receipt")
    desk.work()
    (paper,) = desk.means.papers.glob("hand-over-r-*.pdf")
    text = text_of(paper.read_bytes(), tmp_path)
    assert str(handset.asset_tag) in text
    assert handset.imeis[0].digits not in text
    assert NAME not in text
    assert "SIMULATED" in text


def test_a_person_and_a_handset_can_be_asked_for(desk: Counter) -> None:
    (handset,) = staged(desk, 1)
    for scan in (BADGE, handset.asset_tag, BADGE):
        desk.scan(scan)
    desk.go(Workspace.CUSTODY, "who-has")
    desk.scan(BADGE)
    assert [line.cells[0] for line in desk.desk.lines] == [str(handset.asset_tag)]
    desk.scan(handset.asset_tag)
    assert "has it" in desk.answer.answer
    assert desk.desk.lines[0].cells[-1] == "now"


def test_the_holders_are_listed_over_their_index_alone(desk: Counter) -> None:
    asked: list[str] = []
    book = desk.book.connection
    book.set_trace_callback(asked.append)
    list(queries.holders(book, "r-1", 50))
    book.set_trace_callback(None)
    (plan,) = book.execute(f"EXPLAIN QUERY PLAN {asked[0]}").fetchall()
    assert "COVERING INDEX holding_now" in plan[3]
