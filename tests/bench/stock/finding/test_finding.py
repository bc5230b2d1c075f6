"""Finding at the desk: by the end of a number, by any name; lists a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.custody.entries import Entry
from bench.events.desks import Workspace
from bench.events.orders import CustodyKind
from bench.events.views import ScanTone
from bench.identity.scans import read_scan
from bench.stock.book.book import Book
from bench.stock.desk.turns import Offer
from bench.stock.finding import lists, queries
from bench.stock.finding.desk import Finding
from bench.stock.finding.lists import Group
from bench.stock.finding.queries import Answer
from bench.stock.finding.sought import Sought
from tests.bench.stock.counter import Counter, counter, made_up, made_up_imei

ICCID, LINE = "8944110000000000011", "447700900123"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Counter]:
    kept: list[Counter] = []
    tasks = {w: (Offer("find", "Find", lambda: Finding(kept[0].means)),) for w in Workspace}
    with counter(tmp_path, tasks=tasks) as made:
        kept.append(made)
        made.book.connection.execute(
            "INSERT INTO sim VALUES (?, '', ?, 'EXAMPLE', 'AIR-1', 'PO-1', 1)", (ICCID, LINE)
        )
        made.book.connection.execute(
            "INSERT INTO expected VALUES (?, '', 'RZ8N9999999', 'SM-A325F', 'PO-1', '', '', 'CTN9',"
            " 'despatch', '', '', 1)",
            (made_up_imei(99).digits,),
        )
        made.append(*map(_counted, range(1, 31)))
        made.go(Workspace.CUSTODY, "find")
        yield made


def _counted(number: int) -> Entry:
    return Entry(
        CustodyKind.GOODS_IN, made_up(number, tag=True), lot="CTN1", order="PO-1",
        to="bench-07/stock",
    )  # fmt: skip


def _find(book: Book, text: str) -> Answer:
    sought = Sought.of(read_scan(text), text)
    assert sought is not None
    return queries.find(book.connection, sought)


def _married(number: int, iccid: str) -> Entry:
    return Entry(CustodyKind.SIM_MARRIED, made_up(number), data={"sim": {"iccid": iccid}})


def test_a_handset_is_found_by_any_of_its_numbers_and_by_their_ends(desk: Counter) -> None:
    imei = made_up_imei(7).digits
    for text in (imei, imei[-6:], "RZ8N0000007", "rz8n0000007", "0000007", "SIM-000007"):
        assert [found.uid for found in _find(desk.book, text).handsets] == [made_up(7).uid], text


def test_a_sim_is_found_by_its_number_or_its_line_and_so_is_its_handset(desk: Counter) -> None:
    desk.append(_married(3, ICCID))
    for text in (LINE, "07700 900123", "+44 7700 900123", "900123", ICCID):
        answer = _find(desk.book, text)
        assert [sim.iccid for sim in answer.sims] == [ICCID], text
        assert [found.uid for found in answer.handsets] == [made_up(3).uid], text


def test_what_a_handset_no_longer_has_still_leads_to_it(desk: Counter) -> None:
    desk.append(_married(3, ICCID))
    desk.append(Entry(CustodyKind.SIM_TAKEN, made_up(3), data={"sim": {"iccid": ICCID}}))
    assert [found.uid for found in _find(desk.book, ICCID).handsets] == [made_up(3).uid]


def test_what_was_not_counted_in_is_found_in_the_files(desk: Counter) -> None:
    answer = _find(desk.book, made_up_imei(99).digits[-6:])
    assert [each.carton for each in answer.expected] == ["CTN9"]
    assert answer.handsets == ()


def test_nothing_that_is_typed_means_more_than_its_letters(desk: Counter) -> None:
    for text in ("' OR 1=1 --", "%%%%", "____", "\N{SNOWMAN}" * 9, "9" * 600):
        assert _find(desk.book, text).is_empty, text


def test_too_little_to_look_for_is_refused(desk: Counter) -> None:
    desk.scan("007")
    assert desk.answer.tone is ScanTone.BAD
    assert "4 letters or digits" in desk.answer.answer


def test_a_scan_shows_the_one_handset_and_what_happened_to_it(desk: Counter) -> None:
    desk.scan("SIM-000007")
    shown = {line.cells[0]: line.cells[1] for line in desk.desk.lines}
    assert (shown["Tag"], shown["With"]) == ("SIM-000007", "bench-07/stock")
    assert "goods_in, bench-07/stock (technician)" in shown.values()
    assert made_up_imei(7).digits not in str(desk.desk)


def test_the_next_scan_looks_for_the_next(desk: Counter) -> None:
    desk.scan("SIM-000007")
    desk.bench.watch.seconds += 5
    desk.scan("SIM-000008")
    assert desk.desk.title == "Find: SIM-000008"


def test_a_whole_telephone_number_is_never_shown(desk: Counter) -> None:
    desk.append(_married(3, ICCID))
    desk.append(_married(4, ICCID))
    desk.scan("0123")
    assert "0123" in str(desk.desk.lines)
    assert LINE[3:] not in str(desk.desk)


def test_an_order_opens_the_list_of_its_handsets_a_page_at_a_time(desk: Counter) -> None:
    desk.scan("PO-1")
    desk.choose("number:PO-1")
    assert (desk.desk.done, desk.desk.total, len(desk.desk.lines)) == (20, 30, 20)
    first = desk.desk.lines
    desk.choose("next")
    assert (desk.desk.done, len(desk.desk.lines)) == (30, 10)
    assert set(first).isdisjoint(desk.desk.lines)
    assert "next" not in [choice.name for choice in desk.desk.choices]


def test_lists_are_reached_by_keys_and_printed(desk: Counter) -> None:
    for choice in ("lists", "phase", "phase:in-stock", "print", "csv"):
        desk.choose(choice)
    desk.work()
    (paper,) = desk.means.papers.iterdir()
    lines = paper.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 31
    assert desk.desk.title == "Where they stand: in-stock"


def test_a_list_goes_through_all_of_its_handsets_once(desk: Counter) -> None:
    all_of = {
        Group.PHASE: "in-stock", Group.ORDER: "PO-1", Group.CARTON: "CTN1",
        Group.PLACE: "bench-07/stock",
    }  # fmt: skip
    for group, name in all_of.items():
        seen: list[str] = []
        last = None
        while page := lists.page_of(desk.book.connection, group, name, last, 7):
            seen += [found.uid for found in page]
            last = page[-1]
        assert len(set(seen)) == len(seen) == 30, group


def test_no_search_looks_a_table_through(desk: Counter) -> None:
    asked: list[str] = []
    desk.book.connection.set_trace_callback(asked.append)
    _find(desk.book, "0000007")
    desk.book.connection.set_trace_callback(None)
    plans = [
        row[3]
        for question in asked
        for row in desk.book.connection.execute(f"EXPLAIN QUERY PLAN {question}").fetchall()
    ]
    assert plans
    assert not [plan for plan in plans if plan.startswith("SCAN") and "CONSTANT" not in plan]
