"""Licences taken by runs, given back, bought by file; the book says what the record says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bench.custody import queries as of_record
from bench.custody.entries import Entry
from bench.custody.ledger import Ledger
from bench.enrolment.profiles.profile import Method
from bench.events.desks import Weight, Workspace
from bench.events.device import HandsetDetached
from bench.events.orders import CustodyKind
from bench.events.person import RunVoided
from bench.problems import CATALOGUE, ProblemCode
from bench.staging.enrolled import asked
from bench.staging.programme import Limits
from bench.staging.stock_room import StockRoom
from bench.stock.book.book import Book, beside
from bench.stock.licences import queries
from bench.stock.rooms import PAGES
from tests.bench.staging.bench_talk import A1, PLAN, imei
from tests.bench.staging.workplace import PATHS, Workplace, workplace
from tests.bench.stock.counter import counter, made_up

MANAGED = replace(PLAN, method=Method.ADB, licences=("vpn",), name="managed", version=1)
TODAY = datetime.now(UTC).date()
YESTERDAY, TOMORROW = TODAY - timedelta(1), TODAY + timedelta(1)


class Slots:
    """A bench whose handsets take a licence each, and its book."""

    def __init__(self, bench: Workplace, book: Book) -> None:
        self.bench, self.book = bench, book

    def buy(self, quantity: int, reference: str = "R-1", until: date | None = None) -> None:
        row = ("vpn", reference, quantity, "2020-01-01", until.isoformat() if until else "", "", 1)
        self.book.connection.execute("INSERT INTO licence_purchase VALUES (?,?,?,?,?,?,?)", row)

    def stage(self, number: int) -> None:
        before = self.bench.ledger.counts().staged
        self.bench.stage(number)
        self.leave()
        assert self.bench.ledger.counts().staged == before + 1, "it was let in"

    def leave(self) -> None:
        self.bench.post(HandsetDetached(PATHS[0]))
        self.book.catch_up(self.bench.ledger.events)

    def happens(self, kind: CustodyKind, number: int) -> None:
        device = self.bench.ledger.device_by_imei(imei(number))
        assert device is not None
        self.bench.ledger.append([Entry(kind, device.ref)])
        self.book.catch_up(self.bench.ledger.events)

    def refuses(self, number: int) -> bool:
        self.bench.plug(number)
        self.bench.scan(imei(number))
        scan = self.bench.views[-1].scan
        assert scan is not None
        self.leave()
        return CATALOGUE[ProblemCode.NO_LICENCE].what in scan.answer

    def holders(self) -> set[str]:
        rows = self.book.connection.execute("SELECT uid FROM licence_held WHERE pool = 'vpn'")
        found = {uid for (uid,) in rows}
        assert found == asked(self.bench.ledger, of_record.licence_holders).get("vpn", set())
        return found

    @property
    def low(self) -> list[str]:
        standing = self.bench.views[-1].problems
        return [p.detail for p in standing if p.code is ProblemCode.LICENCES_LOW]


@contextmanager
def slots(folder: Path, licences: int | None = None) -> Iterator[Slots]:
    kept: list[Book] = []

    def stock(ledger: Ledger) -> StockRoom:
        kept.append(Book.open(beside(ledger.path), PAGES, ledger.header.origin))
        return StockRoom(kept[0], {})

    limits = Limits(licences={} if licences is None else {"vpn": licences})
    with workplace(folder, MANAGED, stock=stock, limits=limits) as bench:
        try:
            yield Slots(bench, kept[0])
        finally:
            kept[0].close()


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Slots]:
    with slots(tmp_path) as made:
        yield made


def test_what_was_bought_by_file_can_be_staged_and_no_more(at: Slots) -> None:
    assert at.refuses(1)
    at.buy(1)
    at.stage(1)
    assert at.refuses(2)
    at.buy(1, "R-2")
    at.stage(2)
    assert len(at.holders()) == 2


def test_a_purchase_that_has_ended_lets_nothing_be_staged(at: Slots) -> None:
    at.buy(5, until=YESTERDAY)
    assert at.refuses(1)
    at.buy(5, "R-2", until=TOMORROW)
    at.stage(1)


def test_files_go_before_the_settings_and_the_settings_stand_where_no_file_does(
    tmp_path: Path,
) -> None:
    with slots(tmp_path, licences=1) as at:
        at.stage(1)
        assert at.refuses(2)
        at.buy(2)
        at.stage(2)
        assert at.refuses(3)


@pytest.mark.parametrize("kind", [CustodyKind.WIPED, CustodyKind.RETURNED])
def test_a_licence_is_given_back(at: Slots, kind: CustodyKind) -> None:
    at.buy(1)
    at.stage(1)
    if kind is CustodyKind.RETURNED:
        at.happens(CustodyKind.HANDED_OVER, 1)
    at.happens(kind, 1)
    assert at.holders() == set()


def test_a_run_that_is_voided_gives_back_what_it_took_and_no_other_does(at: Slots) -> None:
    at.buy(2)
    at.stage(1)
    at.bench.stage(2)
    at.bench.post(RunVoided(A1, "made up"))
    at.leave()
    at.bench.plug(1)
    at.bench.post(RunVoided(A1, "plugged in by mistake"))
    at.leave()
    assert len(at.holders()) == 1


def test_the_page_is_the_same_when_it_is_folded_again(at: Slots) -> None:
    at.buy(3)
    for number in (1, 2):
        at.stage(number)
    before = at.book.connection.execute("SELECT * FROM licence_held").fetchall()
    at.book.tear_out()
    at.book.catch_up(at.bench.ledger.events)
    assert at.book.connection.execute("SELECT * FROM licence_held").fetchall() == before
    assert len(before) == 2


def test_a_pool_that_runs_low_is_said_and_no_longer_once_more_was_bought(at: Slots) -> None:
    at.buy(2)
    at.stage(1)
    assert at.low == []
    at.stage(2)
    assert at.low == ["0 of 2 are free"]
    at.buy(10, "R-2")
    at.stage(3)
    assert at.low == []


def test_each_handset_s_licence_has_its_purchase(at: Slots) -> None:
    at.buy(1)
    at.buy(1, "R-2")
    for number in (1, 2):
        at.stage(number)
    found = []
    for number in (1, 2):
        device = at.bench.ledger.device_by_imei(imei(number))
        assert device is not None
        its = queries.of_handset(at.book.connection, device.uid, TODAY)["vpn"]
        found.append(its.reference if its else "")
    assert found == ["R-1", "R-2"]


def test_the_desk_shows_purchases_what_is_uncovered_and_what_is_low(tmp_path: Path) -> None:
    with slots(tmp_path) as at:
        at.buy(1, until=TOMORROW)
        at.stage(1)
        at.book.connection.execute("DELETE FROM licence_purchase")
        at.buy(4, "R-5", until=YESTERDAY)
    with counter(tmp_path) as desk:
        desk.go(Workspace.ROLL_OUT, "licences")
        assert [(line.cells[1:5], line.weight) for line in desk.desk.lines] == [
            (("R-5", "4", "0", "0"), Weight.OPEN),
            (("no purchase covers these", "", "1", "0"), Weight.BAD),
        ]
        assert desk.desk.remark == "Low: vpn."
        desk.choose("back")
        assert desk.desk.title == "Roll-out"


def test_what_a_record_says_oddly_of_licences_is_passed_over(tmp_path: Path) -> None:
    odd = json.loads('[[], {"vpn": 1}, "vpn", [7, null]]')
    with slots(tmp_path) as at:
        for said in odd:
            device = replace(made_up(5), uid=f"odd{odd.index(said):023d}")
            scanned = Entry(CustodyKind.SCANNED, device)
            staged = Entry(CustodyKind.STAGED, device, data={"licences": said})
            at.bench.ledger.append([scanned, staged])
        at.book.catch_up(at.bench.ledger.events)
        assert at.holders() == set()
