"""Counting a delivery in: a code opens it, each box counts up, what is odd is settled by a key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.custody.entries import Actor, Entry, Proof
from bench.custody.phases import Phase
from bench.events.desks import Wanted, Workspace
from bench.events.orders import CustodyKind
from bench.events.views import ScanTone
from tests.bench.stock.counter import Counter, counter, made_up, made_up_imei
from tests.bench.stock.goods_in.deliveries import (
    TAC,
    Announced,
    announce,
    begin,
    count,
    discrepancies,
    expect,
    order,
    two_cartons,
)

IN, ODD = CustodyKind.GOODS_IN, CustodyKind.DISCREPANCY


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as made:
        two_cartons(made)
        yield made


def test_a_carton_code_opens_it_and_each_box_counts_up(desk: Counter) -> None:
    begin(desk, "C-1")
    assert (desk.desk.done, desk.desk.total, desk.desk.wanted) == (0, 4, Wanted.SCAN)
    count(desk, 1, 2)
    assert (desk.desk.done, desk.answer.tone) == (2, ScanTone.GOOD)
    assert desk.answer.answer.endswith("2 of 4 in carton C-1.")
    assert [line.cells for line in desk.desk.lines] == [
        ("Carton C-1", "2", "4", "2"), ("Pallet P-1", "2", "7", "5"),
        ("Despatch D-1", "2", "7", "5"),
    ]  # fmt: skip


def test_a_handset_is_counted_in_under_its_order_and_carton_from_its_supplier(
    desk: Counter,
) -> None:
    begin(desk, "C-1")
    count(desk, 1)
    (body,) = desk.bodies(IN)
    assert (body["order"], body["lot"], body["from"]) == ("PO-1", "C-1", "supplier:Example Mobile")
    assert body["to"] == "bench-07/stock"
    assert body["data"] == {"despatch": "D-1", "pallet": "P-1", "source": "despatch"}
    known = desk.ledger.device_by_imei(made_up_imei(1))
    assert known is not None
    assert (known.phase, known.model, str(known.serial)) == (
        Phase.IN_STOCK, "Galaxy A32", "RZ8N0000001",
    )  # fmt: skip


def test_a_carton_that_is_complete_gives_way_to_its_pallet(desk: Counter) -> None:
    begin(desk, "C-1")
    count(desk, 1, 2, 3, 4)
    assert "pallet P-1" in desk.desk.title
    count(desk, 5)
    assert (desk.desk.done, desk.desk.total) == (5, 7)
    assert discrepancies(desk) == []


def test_boxes_of_a_delivery_are_counted_without_any_carton_code(desk: Counter) -> None:
    desk.go(Workspace.GOODS_IN, "count")
    count(desk, 6, 1)
    assert "despatch D-1" in desk.desk.title
    assert (desk.desk.done, desk.desk.total) == (2, 7)


def test_a_count_goes_on_where_it_stood_after_the_desk_was_left(desk: Counter) -> None:
    begin(desk, "C-1")
    count(desk, 1, 3)
    desk.bench.post()
    begin(desk, "C-1")
    assert (desk.desk.done, desk.desk.total) == (2, 4)
    assert "2 of 4 counted" in desk.answer.answer


@pytest.mark.parametrize("code", ["(00)340123450000000018", "]C100340123450000000018",
                                  "340123450000000018", "00340123450000000018"])  # fmt: skip
def test_a_shipping_code_is_known_with_and_without_its_identifier(desk: Counter, code: str) -> None:
    announce(desk, Announced("340123450000000018", range(21, 23), despatch="D-2"))
    begin(desk, code)
    assert "carton 340123450000000018" in desk.desk.title


def test_a_carton_number_that_two_deliveries_have_is_asked_about(desk: Counter) -> None:
    announce(desk, Announced("C-1", range(31, 33), despatch="D-9", pallet=""))
    begin(desk, "C-1")
    assert [c.text for c in desk.desk.choices] == ["The one of despatch D-1",
                                                   "The one of despatch D-9"]  # fmt: skip
    desk.choose("1")
    count(desk, 31)
    assert (desk.desk.done, desk.desk.total, desk.answer.tone) == (1, 2, ScanTone.GOOD)


def test_a_box_that_says_only_its_serial_number_is_counted(desk: Counter) -> None:
    begin(desk, "C-1")
    desk.scan("RZ8N0000002")
    assert desk.ledger.device_by_imei(made_up_imei(2)) is not None


def test_the_two_numbers_of_a_box_are_one_handset(desk: Counter) -> None:
    second = made_up_imei(900)
    expect(desk, 8, "Galaxy A32", "PO-1", "D-1", "P-1", "C-2", second=second.digits)
    order(desk, "PO-3", 1)
    begin(desk, "C-2")
    desk.scan(second)
    known = desk.ledger.device_by_imei(made_up_imei(8))
    assert known is not None
    assert known.imeis == (made_up_imei(8), second)
    count(desk, 8)
    assert desk.answer.tone is ScanTone.REPEATED


def test_a_box_that_is_scanned_twice_is_counted_once(desk: Counter) -> None:
    begin(desk, "C-1")
    count(desk, 1, 2, 1)
    assert (desk.answer.tone, desk.desk.done) == (ScanTone.REPEATED, 2)
    assert len(desk.bodies(IN)) == 2
    assert desk.bodies(ODD) == []


def test_another_box_with_the_number_of_one_is_a_duplicate(desk: Counter) -> None:
    begin(desk, "C-1")
    count(desk, 1, 1)
    desk.choose("another")
    desk.choose("supplier-asked")
    assert discrepancies(desk) == [("duplicate", "set-aside", "supplier-asked", 1, "")]
    (body,) = desk.bodies(ODD)
    assert body["data"] == {
        "discrepancy": "duplicate", "imei": made_up_imei(1).digits, "carton": "C-1",
        "pallet": "P-1", "despatch": "D-1", "settlement": "set-aside",
    }  # fmt: skip
    assert desk.desk.done == 1


def test_a_handset_that_no_list_names_waits_for_a_key_and_changes_nothing_without(
    desk: Counter,
) -> None:
    begin(desk, "C-1")
    count(desk, 99)
    assert (desk.answer.tone, desk.desk.wanted) == (ScanTone.BAD, Wanted.CHOICE)
    assert "is unknown" in desk.desk.prompt
    count(desk, 1)
    assert desk.bodies(IN) == []
    desk.choose("mistake")
    assert (desk.bodies(ODD), desk.desk.done) == ([], 0)


def test_an_unknown_handset_that_is_ours_is_counted_in_and_noted(desk: Counter) -> None:
    begin(desk, "C-1")
    count(desk, 99)
    desk.choose("supplier-confirmed")
    assert discrepancies(desk) == [("unknown", "accepted", "supplier-confirmed", 0, "")]
    (body,) = desk.bodies(IN)
    assert (body["order"], body["lot"]) == ("PO-1", "C-1")
    assert desk.desk.lines[0].cells == ("Carton C-1", "1", "4", "4")


def test_an_unknown_handset_that_goes_back_was_never_ours(desk: Counter) -> None:
    begin(desk, "C-1")
    count(desk, 99)
    desk.choose("not-ours")
    assert desk.ledger.device_by_imei(made_up_imei(99)) is None
    assert discrepancies(desk) == [("unknown", "returned-to-supplier", "not-ours", 0, "")]


def test_another_reason_is_asked_for_in_words_and_never_empty(desk: Counter) -> None:
    begin(desk, "C-1")
    count(desk, 99)
    desk.choose("other", "  ")
    assert desk.answer.tone is ScanTone.BAD
    desk.choose("other", "the\u202e driver\nhad =no= papers")
    assert discrepancies(desk) == [("unknown", "set-aside", "the driver had =no= papers", 1, "")]


def test_what_was_set_aside_is_settled_by_counting_it_in_when_its_list_comes(
    desk: Counter,
) -> None:
    begin(desk, "C-1")
    count(desk, 50)
    desk.choose("supplier-asked")
    announce(desk, Announced("C-7", range(50, 51), despatch="D-7"))
    begin(desk, "C-7")
    assert desk.desk.lines[0].cells == ("Carton C-7", "0", "1", "0")
    count(desk, 50)
    assert discrepancies(desk) == [("unknown", "set-aside", "supplier-asked", 0, "counted")]
    assert desk.desk.done == 1


def test_a_handset_of_another_carton_is_over_in_this_one(desk: Counter) -> None:
    begin(desk, "C-1")
    count(desk, 5)
    assert "is over: it was announced in carton C-2" in desk.answer.answer
    desk.choose("packed-elsewhere")
    assert discrepancies(desk) == [("over", "accepted", "packed-elsewhere", 0, "")]
    assert desk.bodies(IN)[0]["lot"] == "C-1"
    begin(desk, "C-2")
    assert (desk.desk.done, desk.desk.total) == (1, 3)


def test_more_than_was_ordered_is_over(desk: Counter) -> None:
    expect(desk, 8, "Galaxy A32", "PO-1", "D-1", "P-1", "C-2")
    begin(desk, "D-1")
    count(desk, *range(1, 8))
    count(desk, 8)
    assert "is over: order PO-1 is for 7" in desk.answer.answer


def test_a_handset_of_another_order_is_said_so(desk: Counter) -> None:
    announce(desk, Announced("C-5", range(40, 42), order="PO-2", despatch="D-2"))
    begin(desk, "C-1")
    count(desk, 40)
    assert "is of another order: it is of order PO-2" in desk.answer.answer
    desk.choose("packed-elsewhere")
    (body,) = desk.bodies(IN)
    assert (body["order"], body["data"]["despatch"]) == ("PO-2", "D-2")  # type: ignore[index,call-overload]
    assert discrepancies(desk) == [("wrong-order", "accepted", "packed-elsewhere", 0, "")]


def test_a_handset_whose_type_was_not_ordered_is_of_the_wrong_model(desk: Counter) -> None:
    order(desk, "PO-5", 9, tacs="00449999")
    announce(desk, Announced("C-8", range(60, 62), order="PO-5", despatch="D-5"))
    begin(desk, "C-8")
    count(desk, 60)
    assert f"is of the wrong model: type {TAC} is none of the ordered model" in desk.answer.answer
    desk.choose("wrong-model")
    assert discrepancies(desk) == [("wrong-model", "returned-to-supplier", "wrong-model", 0, "")]
    assert desk.desk.lines[0].cells == ("Carton C-8", "0", "2", "1")


def test_an_order_without_a_list_is_counted_by_number_and_type(desk: Counter) -> None:
    order(desk, "PO-6", 2, model="Galaxy A34")
    begin(desk, "PO-6")
    count(desk, 70, 71, 72)
    assert "is over: order PO-6 is for 2" in desk.answer.answer
    known = desk.ledger.device_by_imei(made_up_imei(70))
    assert known is not None
    assert known.model == "Galaxy A34"


# ── damaged ─────────────────────────────────────────────────────────────────────────────────────
def test_a_damaged_box_that_is_kept_is_counted_in_as_damaged(desk: Counter) -> None:
    begin(desk, "C-1")
    desk.choose("damaged")
    count(desk, 1)
    desk.choose("box-only")
    assert desk.bodies(IN)[0]["data"]["condition"] == "damaged"  # type: ignore[index,call-overload]
    assert discrepancies(desk) == [("damaged", "accepted", "box-only", 0, "")]
    count(desk, 2)
    assert (desk.desk.done, desk.answer.tone) == (2, ScanTone.GOOD)


def test_a_damaged_handset_is_counted_in_and_put_into_quarantine(desk: Counter) -> None:
    begin(desk, "C-1")
    desk.choose("damaged")
    count(desk, 1)
    desk.choose("handset-damaged")
    known = desk.ledger.device_by_imei(made_up_imei(1))
    assert known is not None
    assert known.phase is Phase.QUARANTINED
    assert desk.desk.done == 1


def test_damage_that_is_seen_after_the_count_is_noted_of_the_same_handset(desk: Counter) -> None:
    begin(desk, "C-1")
    count(desk, 1)
    desk.choose("damaged")
    count(desk, 1)
    assert "damaged" not in [c.name for c in desk.desk.choices]
    desk.choose("box-only")
    assert len(desk.bodies(IN)) == 1
    asked = "SELECT condition FROM counted"
    assert desk.book.connection.execute(asked).fetchall() == [("damaged",)]


def test_a_damaged_box_that_goes_back_is_not_counted_and_is_not_missing(desk: Counter) -> None:
    begin(desk, "C-1")
    desk.choose("damaged")
    count(desk, 1)
    desk.choose("damaged")
    assert desk.bodies(IN) == []
    assert desk.desk.lines[0].cells == ("Carton C-1", "0", "4", "3")


# ── what cannot be counted ──────────────────────────────────────────────────────────────────────
def test_what_was_disposed_of_is_not_counted_in_any_more(desk: Counter) -> None:
    for kind in (CustodyKind.SCANNED, CustodyKind.WIPED):
        desk.append(Entry(kind, made_up(1)))
    by, second = Actor("p-1", Proof.BADGE_PIN), Actor("p-2", Proof.BADGE_PIN)
    desk.ledger.append((Entry(CustodyKind.DISPOSED, made_up(1)),), by=by, second=second)
    begin(desk, "C-1")
    count(desk, 1)
    assert "it is disposed" in desk.answer.answer
    assert desk.bodies(IN) == []


def test_a_code_that_nothing_is_known_by_says_why_it_is_none(desk: Counter) -> None:
    begin(desk, "C-99' OR 1=1 --")
    assert desk.answer.tone is ScanTone.BAD
    assert any("IMEI" in each for each in desk.answer.reasons)


def test_a_box_before_any_delivery_that_no_list_names_asks_for_its_delivery(desk: Counter) -> None:
    desk.go(Workspace.GOODS_IN, "count")
    count(desk, 99)
    assert "scan the code of its delivery" in desk.answer.answer


def test_a_box_whose_two_numbers_are_two_handsets_of_the_list_is_refused(desk: Counter) -> None:
    begin(desk, "C-1")
    desk.scan(f"IMEI1:{made_up_imei(1)},IMEI2:{made_up_imei(2)}")
    assert "names two handsets" in desk.answer.answer
    assert desk.bodies(IN) == []


# ── the earlier fleet ───────────────────────────────────────────────────────────────────────────
def test_an_earlier_handset_is_counted_in_with_the_tag_it_carries(desk: Counter) -> None:
    expect(desk, 80, source="fleet", tag="OLD-000123")
    desk.go(Workspace.GOODS_IN, "fleet")
    desk.scan("OLD-000123")
    (body,) = desk.bodies(IN)
    assert (body["from"], body["data"]["source"]) == ("fleet", "fleet")  # type: ignore[index,call-overload]
    known = desk.ledger.device_by_imei(made_up_imei(80))
    assert known is not None
    assert str(known.asset_tag) == "OLD-000123"
    assert (desk.desk.done, desk.desk.total) == (1, 1)


def test_a_tag_that_another_handset_carries_is_not_given_twice(desk: Counter) -> None:
    desk.append(Entry(CustodyKind.GOODS_IN, made_up(123, tag=True)))
    expect(desk, 80, source="fleet", tag="SIM-000123")
    desk.go(Workspace.GOODS_IN, "fleet")
    count(desk, 80)
    assert "SIM-000123 is on another handset" in desk.answer.answer
    known = desk.ledger.device_by_imei(made_up_imei(80))
    assert known is not None
    assert known.asset_tag is None


def test_a_handset_that_is_not_of_the_fleet_list_is_not_taken_for_one(desk: Counter) -> None:
    desk.go(Workspace.GOODS_IN, "fleet")
    count(desk, 99)
    assert "is unknown" in desk.answer.answer
