"""Quarantine, release by two, wiping, the supplier, disposal by two with its certificate."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.custody.entries import Entry
from bench.custody.personal import table
from bench.custody.phases import Phase
from bench.events.desks import Workspace
from bench.events.orders import CustodyKind, Json
from bench.events.views import ScanTone
from tests.bench.custody.statement.readers import text_of
from tests.bench.stock.counter import Counter, counter, made_up, made_up_imei
from tests.bench.stock.handing.on_the_road import back_home, said, staged


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as made:
        yield made


@pytest.fixture
def manned(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path, is_manned=True) as made:
        made.prove(made.people[0])
        yield made


def aside(desk: Counter, deed: str) -> None:
    desk.go(Workspace.CUSTODY, "aside", deed)


def phase(desk: Counter, number: int) -> Phase:
    known = desk.ledger.device_by_imei(made_up_imei(number))
    assert known is not None
    return known.phase


def quarantined(desk: Counter, number: int = 1) -> None:
    (handset,) = staged(desk, number)
    to = desk.means.place("quarantine")
    desk.append(Entry(CustodyKind.QUARANTINED, handset, data={"problem": "faulty"}, to=to))


def test_what_is_typed_of_a_handset_can_be_erased(desk: Counter) -> None:
    (handset,) = staged(desk, 1)
    aside(desk, "set-aside")
    desk.scan(handset.asset_tag)
    desk.choose("other", "Testperson dropped it")
    (event,) = desk.bodies(CustodyKind.QUARANTINED)
    assert (said(event)["problem"], event["to"]) == ("other", "bench-07/quarantine")
    assert "dropped" not in json.dumps(event)
    record = desk.ledger.opener.read(desk.ledger.path)
    assert [t.text for t in table.by_subject(record, handset.uid)] == ["Testperson dropped it"]
    record.close()
    assert desk.desk.lines[0].cells[0] == "SIM-000001"


def test_something_else_has_to_be_said(desk: Counter) -> None:
    staged(desk, 1)
    aside(desk, "set-aside")
    desk.scan(made_up_imei(1))
    desk.choose("other", " ")
    assert desk.answer.tone is ScanTone.BAD
    desk.choose("leave")
    assert desk.bodies(CustodyKind.QUARANTINED) == []


def test_a_release_waits_for_a_second_person(manned: Counter) -> None:
    quarantined(manned)
    aside(manned, "release")
    manned.scan("SIM-000001")
    manned.choose("clean")
    assert manned.bodies(CustodyKind.RELEASED) == []
    assert phase(manned, 1) is Phase.QUARANTINED
    manned.prove(manned.people[1])
    (released,) = manned.bodies(CustodyKind.RELEASED)
    assert (released["reason"], released["to"]) == ("clean", "bench-07/stock")
    assert phase(manned, 1) is Phase.IN_STOCK
    assert manned.desk.lines == ()
    quarantined(manned, 2)
    manned.scan("SIM-000002")
    manned.choose("wiped")
    manned.prove(manned.people[1])
    assert phase(manned, 2) is Phase.WIPED


def test_what_is_in_quarantine_is_not_wiped_out_of_it_by_one(desk: Counter) -> None:
    quarantined(desk)
    aside(desk, "wipe")
    desk.scan("SIM-000001")
    assert "two persons do" in desk.answer.answer
    assert phase(desk, 1) is Phase.QUARANTINED


def test_a_wiped_handset_stands_in_stock_to_be_staged_anew(desk: Counter) -> None:
    back_home(desk, 1)
    aside(desk, "wipe")
    desk.scan(made_up_imei(1))
    desk.choose("factory-reset")
    assert phase(desk, 1) is Phase.WIPED
    desk.append(Entry(CustodyKind.SCANNED, made_up(1, tag=True)))
    assert phase(desk, 1) is Phase.AT_BENCH


def test_a_handset_that_nobody_trusts_is_wiped_with_a_warning(desk: Counter) -> None:
    (handset,) = staged(desk, 1)
    desk.append(
        Entry(CustodyKind.HANDED_OVER, handset, to="person:r-0011223344556677"),
        Entry(CustodyKind.RETURNED, handset, data={"scenario": "malware"}),
    )
    aside(desk, "wipe")
    desk.scan(made_up_imei(1))
    assert "consider disposal" in desk.desk.remark


def test_two_dispose_of_handsets_with_the_certificate_of_this_bench(
    manned: Counter, tmp_path: Path
) -> None:
    quarantined(manned, 1)
    back_home(manned, 2)
    manned.append(Entry(CustodyKind.WIPED, made_up(2, tag=True), data={"method": "x"}))
    aside(manned, "dispose")
    for number in (1, 2):
        manned.scan(made_up_imei(number))
    manned.scan(made_up_imei(1))
    assert manned.answer.tone is ScanTone.REPEATED
    manned.choose("shredded")
    manned.choose("own")
    manned.work()
    manned.choose("dispose")
    assert manned.bodies(CustodyKind.DISPOSED) == []
    manned.prove(manned.people[1])
    (paper,) = manned.means.papers.glob("disposal-*.pdf")
    digest = hashlib.sha256(paper.read_bytes()).hexdigest()
    disposed = manned.bodies(CustodyKind.DISPOSED)
    assert [e["data"] for e in disposed] == [{"certificate": digest, "method": "shredded"}] * 2
    text = text_of(paper.read_bytes(), tmp_path)
    assert "SIM-000001" in text
    assert made_up_imei(2).digits in text


def test_the_number_of_a_firm_s_certificate_will_do_and_a_label_will_not(desk: Counter) -> None:
    quarantined(desk)
    aside(desk, "dispose")
    desk.scan(made_up_imei(1))
    desk.choose("recycled")
    for text in ("SIM-000001", "=1+1", "x"):
        desk.scan(text)
        assert "no number of a certificate" in desk.answer.answer, text
    desk.scan("weee-2026/0815")
    assert "no number of a certificate" not in desk.answer.answer
    assert "takes two persons" in desk.answer.answer
    assert desk.bodies(CustodyKind.DISPOSED) == []


SIM: dict[str, Json] = {"sim": {"iccid": "89440000000000000012"}}


def test_a_handset_does_not_leave_the_house_for_good_with_a_sim_in_it(desk: Counter) -> None:
    quarantined(desk)
    handset = made_up(1, tag=True)
    desk.append(Entry(CustodyKind.SIM_MARRIED, handset, data=SIM))
    aside(desk, "dispose")
    desk.scan("SIM-000001")
    assert "SIM …0012 is still in it" in desk.answer.answer
    assert desk.desk.choices == ()
    desk.append(Entry(CustodyKind.SIM_TAKEN, handset, data={**SIM, "why": "returned"}))
    desk.scan("SIM-000001")
    assert desk.answer.tone is ScanTone.GOOD


def test_what_a_person_had_goes_to_no_supplier_before_it_is_wiped(desk: Counter) -> None:
    (handset,) = back_home(desk, 1)
    aside(desk, "supplier")
    desk.scan("RMA-77")
    desk.scan("SIM-000001")
    assert "wipe it first" in desk.answer.answer
    desk.append(
        Entry(CustodyKind.WIPED, handset, data={"method": "x"}),
        Entry(CustodyKind.SIM_MARRIED, handset, data=SIM),
    )
    desk.scan("SIM-000001")
    assert "SIM …0012 is still in it" in desk.answer.answer
    assert desk.bodies(CustodyKind.DISCREPANCY) == []


def test_what_cannot_be_disposed_of_is_said_why(desk: Counter) -> None:
    staged(desk, 1)
    aside(desk, "dispose")
    assert desk.desk.choices == ()
    desk.scan(made_up_imei(1))
    assert "it is staged" in desk.answer.answer


def test_a_dead_handset_goes_back_to_whoever_supplied_it(desk: Counter) -> None:
    import_ = "INSERT INTO purchase VALUES ('PO-1', 'Testmobile', '', '2026-11-01', 1)"
    desk.book.connection.execute(import_)
    for number in (1, 2):
        desk.append(
            Entry(CustodyKind.GOODS_IN, made_up(number), order="PO-1", to="bench-07/stock"),
            Entry(CustodyKind.DOA, made_up(number)),
        )
    quarantined(desk, 3)
    aside(desk, "supplier")
    desk.scan(made_up_imei(1))
    assert desk.answer.tone is ScanTone.BAD
    desk.scan("RMA-77")
    for number in (1, 2):
        desk.scan(made_up_imei(number))
    back = desk.bodies(CustodyKind.DISCREPANCY)
    assert {(e["to"], said(e)["rma"]) for e in back} == {("supplier:Testmobile", "RMA-77")}
    desk.scan(made_up_imei(2))
    assert "went back already" in desk.answer.answer
    desk.scan(made_up_imei(3))
    assert "release it first" in desk.answer.answer
    assert len(desk.bodies(CustodyKind.DISCREPANCY)) == 2
