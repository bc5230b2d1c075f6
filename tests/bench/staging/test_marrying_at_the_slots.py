"""SIMs married at the slots: a step of a profile that waits for a scan, and passes by no key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bench.custody.entries import Entry
from bench.custody.ledger import Ledger
from bench.events.device import HandsetDetached
from bench.events.orders import CustodyKind, StartStep
from bench.events.person import RunResumed, RunVoided, StepConfirmed
from bench.events.run import SimScanned
from bench.events.views import Category, ScanTone
from bench.problems import Problem, ProblemCode
from bench.staging.advance import advance
from bench.staging.plan import PlannedStep
from bench.staging.run import State
from bench.staging.stock_room import StockRoom
from bench.staging.view import view_of
from bench.stock.book.book import Book, beside
from bench.stock.rooms import PAGES
from tests.bench.staging.bench_talk import A1, PLAN, imei, in_state, staging
from tests.bench.staging.workplace import A2, PATHS, Workplace, workplace
from tests.bench.stock.counter import made_up
from tests.bench.stock.sims.sim_talk import eid, iccid

SIM_STEP = PlannedStep("SIM", over_adb=False, marries=True)
WITH_SIM = replace(PLAN, steps=(SIM_STEP, PlannedStep("verify")))


def rows(numbers: Sequence[int], of: str = "") -> list[tuple[str, str, str, str, str, str]]:
    return [(iccid(n).digits, of, "", "EXAMPLE MOBILE", "AIR-1", "") for n in numbers]


class Slots:
    """A bench whose profile marries SIMs, and its book."""

    def __init__(self, bench: Workplace, book: Book) -> None:
        self.bench, self.book = bench, book

    def name_sims(self, *numbers: int, of: str = "") -> None:
        self.book.connection.executemany(
            "INSERT INTO sim VALUES (?, ?, ?, ?, ?, ?, 1)", rows(numbers, of)
        )

    def box(self, number: int, port: int = 0) -> None:
        self.bench.plug(number, PATHS[port])
        self.bench.scan(imei(number))

    def events(self, kind: CustodyKind) -> list[str]:
        return [e.body.decode() for e in self.bench.ledger.events(0, 1000)
                if f'"type":"{kind}"' in e.body.decode()]  # fmt: skip

    @property
    def answer(self) -> str:
        scan = self.bench.views[-1].scan
        assert scan is not None
        return scan.answer

    @property
    def tone(self) -> ScanTone:
        scan = self.bench.views[-1].scan
        assert scan is not None
        return scan.tone


@contextmanager
def slots(folder: Path) -> Iterator[Slots]:
    kept: list[Book] = []

    def stock(ledger: Ledger) -> StockRoom:
        book = Book.open(beside(ledger.path), PAGES, ledger.header.origin)
        kept.append(book)
        return StockRoom(book, {})

    with workplace(folder, WITH_SIM, stock=stock) as bench:
        try:
            yield Slots(bench, kept[0])
        finally:
            kept[0].close()


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Slots]:
    with slots(tmp_path) as made:
        made.name_sims(1, 2, 3)
        yield made


def test_a_box_a_sim_and_the_next_step_begins(at: Slots) -> None:
    at.box(1)
    assert (at.bench.slot().word, at.bench.steps()) == ("Scan SIM", [])
    at.bench.scan(iccid(1))
    assert (at.tone, [s.step for s in at.bench.steps()]) == (ScanTone.GOOD, [1])
    (married,) = at.events(CustodyKind.SIM_MARRIED)
    assert iccid(1).digits in married
    assert f"SIM …{iccid(1).digits[-4:]}" in at.events(CustodyKind.STEP_FINISHED)[0]


def test_a_sim_that_another_handset_has_holds_and_another_one_is_the_decision(at: Slots) -> None:
    at.box(1)
    at.bench.scan(iccid(1))
    at.box(2, port=1)
    at.bench.scan(iccid(1))
    assert at.bench.slot(A2).category is Category.HELD
    assert (at.tone, at.bench.slot(A2).word) == (ScanTone.BAD, "SIM elsewhere")
    at.bench.scan(iccid(1))
    assert at.bench.slot(A2).category is Category.HELD
    at.bench.scan(iccid(2))
    assert at.bench.slot(A2).category is Category.WORKING
    assert len(at.events(CustodyKind.SIM_MARRIED)) == 2
    assert len(at.events(CustodyKind.RESUMED)) == 1


def test_a_sim_married_at_the_desk_is_held_at_the_slots_too(at: Slots) -> None:
    taken = Entry(CustodyKind.GOODS_IN, made_up(900))
    wed = Entry(CustodyKind.SIM_MARRIED, made_up(900), data={"sim": {"iccid": iccid(1).digits}})
    at.bench.ledger.append((taken, wed))
    at.box(1)
    at.bench.scan(iccid(1))
    assert at.bench.slot().category is Category.HELD


def test_a_sim_of_no_file_is_refused_and_the_handset_goes_on_waiting(at: Slots) -> None:
    at.box(1)
    at.bench.scan(iccid(99))
    assert "No file of the operator" in at.answer
    assert at.bench.slot().word == "Scan SIM"


def test_a_handset_with_another_sim_is_sent_to_the_desk(at: Slots) -> None:
    at.box(1)
    at.bench.scan(iccid(1))
    at.bench.post(RunVoided(A1, "made up"), HandsetDetached(PATHS[0]))
    at.box(1)
    at.bench.scan(iccid(2))
    assert "married to another SIM" in at.answer
    at.bench.scan(iccid(1))
    assert at.tone is ScanTone.GOOD
    assert len(at.events(CustodyKind.SIM_MARRIED)) == 1, "it has had it all along"


def test_of_two_that_wait_the_box_scanned_last_or_the_slot_that_is_chosen_gets_it(
    at: Slots,
) -> None:
    at.box(1)
    at.box(2, port=1)
    at.bench.scan(A1)
    assert "the SIM for" in at.answer
    at.bench.scan(iccid(1))
    assert at.bench.slot().category is Category.WORKING
    at.bench.scan(iccid(2))
    assert at.bench.slot(A2).category is Category.WORKING


def test_nobody_guesses_which_of_two_a_sim_is_for(at: Slots) -> None:
    for port in (0, 1, 2):
        at.box(port + 1, port)
    at.bench.scan(iccid(1))
    at.bench.scan(iccid(2))
    assert "Scan the slot" in at.answer
    assert len(at.events(CustodyKind.SIM_MARRIED)) == 1


def test_a_sim_that_nobody_waits_for_changes_nothing(at: Slots) -> None:
    at.bench.scan(iccid(1))
    assert "No handset in a slot waits" in at.answer
    assert at.events(CustodyKind.SIM_MARRIED) == []


def test_an_esim_is_known_by_its_chip(at: Slots) -> None:
    at.name_sims(20, of=eid(5).digits)
    at.box(1)
    at.bench.scan(eid(6))
    assert at.tone is ScanTone.BAD
    at.bench.scan(eid(5))
    assert eid(5).digits in at.events(CustodyKind.SIM_MARRIED)[0]


def test_no_key_passes_a_step_that_waits_for_a_sim(at: Slots) -> None:
    at.box(1)
    at.bench.post(StepConfirmed(A1, 1))
    at.bench.post(RunResumed(A1))
    assert (at.bench.slot().word, at.bench.steps()) == ("Scan SIM", [])


def test_after_a_restart_the_handset_waits_for_its_sim_again(tmp_path: Path) -> None:
    with slots(tmp_path) as at:
        at.name_sims(1)
        at.box(1)
    with slots(tmp_path) as at:
        at.bench.plug(1)
        at.bench.post(RunResumed(A1))
        assert at.bench.slot().word == "Scan SIM"
        at.bench.scan(iccid(1))
        assert at.bench.slot().category is Category.WORKING


def test_a_bench_without_a_book_marries_nothing(tmp_path: Path) -> None:
    with workplace(tmp_path, WITH_SIM) as bench:
        bench.plug(1)
        bench.scan(imei(1))
        bench.scan(iccid(1))
        scan = bench.views[-1].scan
        assert scan is not None
        assert "no stock" in scan.answer
        assert bench.slot().word == "Scan SIM"


# ── the run by itself ───────────────────────────────────────────────────────────────────────────
FREE = SimScanned({"iccid": iccid(1).digits})
TAKEN = replace(FREE, trouble=Problem(ProblemCode.SIM_ELSEWHERE))


@pytest.mark.parametrize("state", [s for s in State if s not in (State.STAGING, State.HELD)])
@pytest.mark.parametrize("fact", [FREE, TAKEN])
def test_a_sim_changes_nothing_in_any_other_state(state: State, fact: SimScanned) -> None:
    run = in_state(state)
    assert advance(run, fact) == (run, ())


@pytest.mark.parametrize("fact", [FREE, TAKEN])
def test_a_step_that_wants_no_sim_takes_none(fact: SimScanned) -> None:
    after, orders = advance(staging(), fact)
    assert after == staging()
    assert not any(isinstance(order, StartStep) for order in orders)


def test_a_handset_that_is_away_is_married_to_nothing() -> None:
    away = replace(staging(WITH_SIM), present=False)
    assert advance(away, FREE)[0] == away
    assert view_of(staging(WITH_SIM)).word == "Scan SIM"
