"""The station with a real record: what is seen or done is on the disk first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import pytest

from bench.custody.entries import Actor, Appended, Entry
from bench.custody.ledger import Besides, Ledger
from bench.events.device import (
    HandsetAttached,
    HandsetDetached,
    HandsetIdentified,
    HandsetIdentity,
    HandsetOnline,
    ProblemCleared,
    ProblemRaised,
)
from bench.events.orders import CustodyKind, Identify, Order
from bench.events.person import RunHeld, RunResumed, RunVoided, TextScanned
from bench.events.run import Fact
from bench.events.views import (
    Category,
    ScanTone,
)
from bench.events.work import LabelDoubtful, StepProgressed, StepSucceeded
from bench.identity.identifiers import Imei, UsbPath
from bench.identity.trial import TEST_CARD
from bench.problems import Problem, ProblemCode, ProblemError
from tests.bench.staging.bench_talk import PLAN, handset, imei
from tests.bench.staging.workplace import A1, A2, PATHS, workplace

KINDS = {kind for member in get_args(Fact) for kind in (get_args(member) or (member,))}
ELSEWHERE = UsbPath(3, (9,))


def test_there_is_somebody_for_every_kind_of_fact(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        assert set(bench.station._by_kind()) == KINDS


def test_a_handset_is_staged_and_every_view_came_after_its_commit(tmp_path: Path) -> None:
    with workplace(tmp_path, looks_on_disk=True) as bench:
        bench.stage(1)
        assert (bench.slot().category, bench.slot().asset_tag) == (Category.DONE, "SIM-000001")
        assert bench.views[-1].tally.staged == 1
        scans = [view.scan.tone for view in bench.views if view.scan]
        assert set(scans) == {ScanTone.GOOD}
        assert bench.seen_at[-1] == bench.ledger.tail().seq


def test_an_order_is_begun_only_after_its_commit(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        seen: list[tuple[str, str]] = []

        def carry_out(order: Order) -> None:
            on_disk = bench.ledger.events(bench.ledger.tail().seq - 1, 1)[0].body.decode()
            seen.append((type(order).__name__, on_disk.partition('"type":"')[2].partition('"')[0]))

        bench.station._carry_out = carry_out
        bench.plug(1)
        bench.scan(imei(1))
        assert seen[-1] == ("StartStep", "scanned")


def test_the_same_box_twice_within_half_a_second_is_one_scan(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        bench.plug(1)
        bench.scan(imei(1))
        bench.watch.seconds += 0.4
        bench.post(TextScanned(str(imei(1)), "Scanner"))
        assert bench.views[-1].tally.repeats_dropped == 1
        assert len(bench.steps()) == 1
        bench.scan(imei(1))
        assert bench.views[-1].scan is not None
        assert bench.views[-1].scan.tone is ScanTone.REPEATED
        assert len(bench.steps()) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("hello", "means nothing here"),
        ("000000000000000", "means nothing here"),
        (str(imei(9)), "No slot holds"),
        ("SLOT-A2", "Nothing is in that slot"),
        ("SIM-000077", "No handset on this bench waits"),
        ("4006381333931", "a Gtin"),
    ],
)
def test_a_scan_that_fits_nothing_changes_nothing_and_says_why(
    tmp_path: Path, text: str, says: str
) -> None:
    with workplace(tmp_path) as bench:
        bench.plug(1)
        before, slot = bench.ledger.tail(), bench.slot()
        bench.scan(text)
        scan = bench.views[-1].scan
        assert scan is not None
        assert (scan.text, scan.tone) == (text, ScanTone.BAD)
        assert says in scan.answer
        assert (bench.ledger.tail(), bench.slot()) == (before, slot)


@pytest.mark.parametrize(
    ("text", "tone", "says"),
    [
        (f"]C0{TEST_CARD[0]}", ScanTone.GOOD, "The scanner works: Code 128"),
        (f"]Q1{TEST_CARD[1]}", ScanTone.GOOD, "The scanner works: QR"),
        (str(TEST_CARD[0]), ScanTone.GOOD, "turn AIM identifiers on"),
        (str(TEST_CARD[1]).replace("\x1d", ""), ScanTone.REPEATED, "loses separators"),
    ],
)
def test_a_code_of_the_test_card_is_answered_and_changes_nothing(
    tmp_path: Path, text: str, tone: ScanTone, says: str
) -> None:
    with workplace(tmp_path) as bench:
        before = bench.ledger.tail()
        bench.scan(text)
        scan = bench.views[-1].scan
        assert scan is not None
        assert scan.tone is tone
        assert says in scan.answer
        assert bench.ledger.tail() == before


def test_a_box_scanned_for_a_chosen_slot_must_be_that_handsets(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        bench.plug(1, PATHS[0])
        bench.plug(2, PATHS[1])
        bench.scan("A1")
        bench.scan(imei(2))
        held = bench.slot(A1).problem
        assert held is not None
        assert held.code is ProblemCode.IMEI_MISMATCH
        assert bench.slot(A2).word == "Scan IMEI"
        bench.scan(imei(2))
        assert bench.slot(A2).category is Category.WORKING


def test_two_handsets_with_one_imei_are_both_held(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        bench.plug(1, PATHS[0])
        bench.scan(imei(1))
        twin = HandsetIdentity(handset(2).serial, handset(1).imeis, "SM-A325F")
        bench.plug(2, PATHS[1], twin)
        for slot in (A1, A2):
            problem = bench.slot(slot).problem
            assert problem is not None
            assert problem.code is ProblemCode.DUPLICATE_IMEI
        bench.post(RunResumed(A2))
        bench.post(HandsetIdentified(PATHS[1], 2, twin))
        assert bench.slot(A2).category is Category.HELD


def test_two_handsets_with_one_serial_number_are_two_handsets(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        bench.plug(1, PATHS[0])
        bench.plug(2, PATHS[1], HandsetIdentity(handset(1).serial, handset(2).imeis, "SM-A325F"))
        bench.scan(imei(1))
        bench.scan(imei(2))
        assert [order.session for order in bench.steps()] == [1, 2]


def test_a_held_handset_is_known_again_on_another_slot(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        bench.plug(1, PATHS[0])
        bench.scan(imei(1))
        bench.post(HandsetDetached(PATHS[0]))
        assert bench.slot(A1).word == "Unplugged"
        bench.post(HandsetAttached(PATHS[1]), HandsetOnline(PATHS[1], 5))
        bench.post(HandsetIdentified(PATHS[1], 5, handset(1)))
        assert bench.slot(A1).category is Category.EMPTY
        assert bench.slot(A2).category is Category.WORKING
        assert [run.position.slot for run in bench.ledger.open_runs()] == ["A2"]


@pytest.mark.parametrize("ends", ["void", "moved"])
def test_a_foreign_handset_gets_the_slot_when_the_held_run_leaves_it(
    tmp_path: Path, ends: str
) -> None:
    with workplace(tmp_path) as bench:
        bench.plug(1, PATHS[0])
        bench.scan(imei(1))
        bench.post(HandsetDetached(PATHS[0]))
        bench.plug(2, PATHS[0])
        foreign = bench.slot(A1).problem
        assert foreign is not None
        assert foreign.code is ProblemCode.FOREIGN_HANDSET
        if ends == "void":
            bench.post(RunVoided(A1, "lost"))
        else:
            bench.plug(1, PATHS[1])
            assert bench.slot(A2).category is Category.WORKING
        assert bench.orders[-1] == Identify(PATHS[0], 2)
        bench.post(HandsetIdentified(PATHS[0], 2, handset(2)))
        assert bench.slot(A1).word == "Scan IMEI"
        bench.scan(imei(2))
        assert bench.slot(A1).category is Category.WORKING


def test_what_the_adb_server_says_of_a_handset_that_is_gone_makes_no_run(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        bench.post(HandsetAttached(PATHS[0]), HandsetDetached(PATHS[0]), HandsetOnline(PATHS[0], 1))
        assert bench.slot(A1).category is Category.EMPTY
        assert bench.orders == []
        bench.plug(1)
        assert bench.slot(A1).word == "Scan IMEI"


def test_a_doubtful_label_that_is_read_back_is_printed(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        bench.plug(1)
        bench.scan(imei(1))
        for _ in PLAN.steps:
            bench.post(StepSucceeded(bench.steps()[-1].run, bench.steps()[-1].ticket))
        bench.post(LabelDoubtful(bench.labels()[-1].run, bench.labels()[-1].ticket))
        assert bench.ledger.counts().labels == 0
        bench.scan(bench.labels()[-1].asset_tag)
        assert bench.slot().category is Category.DONE
        assert bench.ledger.counts().labels == 1


def test_a_real_handset_on_a_training_bench_is_refused(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        real = Imei.with_check_digit("99000000000017"[:14])
        bench.plug(1, who=HandsetIdentity(handset(1).serial, (real,), "SM-A325F"))
        problem = bench.slot().problem
        assert problem is not None
        assert problem.code is ProblemCode.NOT_REAL
        assert bench.ledger.counts().events == 2


def test_a_handset_staged_before_keeps_its_asset_tag_when_it_is_staged_again(
    tmp_path: Path,
) -> None:
    with workplace(tmp_path) as bench:
        bench.stage(1)
        bench.post(HandsetDetached(PATHS[0]))
        bench.plug(1)
        assert bench.slot().word == "Staged before"
        bench.post(RunResumed(A1))
        bench.scan(imei(1))
        assert bench.slot().asset_tag == "SIM-000001"
        bench.plug(2, PATHS[1])
        bench.scan(imei(2))
        assert bench.slot(A2).asset_tag == "SIM-000002"


def test_a_handset_that_came_back_is_staged_anew_like_any_other(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        bench.stage(1)
        bench.post(HandsetDetached(PATHS[0]))
        known = bench.ledger.device_by_imei(imei(1))
        assert known
        bench.ledger.append(
            [
                Entry(kind, known.ref)
                for kind in (CustodyKind.HANDED_OVER, CustodyKind.RETURNED, CustodyKind.WIPED)
            ]
        )
        bench.stage(1)
        assert bench.slot().word == "Done"
        assert bench.labels()[0].asset_tag == bench.labels()[1].asset_tag


def test_open_runs_are_folded_back_and_nothing_is_silently_done_again(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        bench.stage(1, PATHS[1])
        bench.plug(2, PATHS[0])
        bench.scan(imei(2))
    with workplace(tmp_path) as bench:
        held = bench.slot(A1).problem
        assert held is not None
        assert held.code is ProblemCode.INTERRUPTED
        assert bench.slot(A2).category is Category.EMPTY
        bench.plug(2, PATHS[0])
        assert bench.orders
        assert not bench.steps()
        bench.post(RunResumed(A1))
        assert len(bench.steps()) == 1
        bench.plug(1, PATHS[1])
        assert bench.slot(A2).word == "Staged before"


class FullDisk(Ledger):
    """A record whose disk can be filled and freed."""

    full = False

    def append(
        self,
        entries: Sequence[Entry],
        *,
        by: Actor | None = None,
        second: Actor | None = None,
        besides: Besides | None = None,
    ) -> tuple[Appended, ...]:
        if self.full:
            raise ProblemError(Problem(ProblemCode.LEDGER_FULL, "ledger.db"))
        return super().append(entries, by=by, second=second, besides=besides)


def test_with_a_full_disk_scans_are_refused_and_facts_wait(tmp_path: Path) -> None:
    async def story() -> None:
        with workplace(tmp_path) as bench:
            bench.plug(1)
            bench.scan(imei(1))
            bench.plug(2, PATHS[1])
            bench.ledger.__class__ = FullDisk
            FullDisk.full = True
            step = bench.steps()[-1]
            bench.post(StepSucceeded(step.run, step.ticket))
            assert bench.slot().word == "Step 1/2"
            bench.scan(imei(2))
            scan = bench.views[-1].scan
            assert scan is not None
            assert "cannot be written" in scan.answer
            assert bench.slot(A2).word == "Scan IMEI"
            assert [p.code for p in bench.views[-1].problems] == [ProblemCode.LEDGER_FULL]
            FullDisk.full = False
            async with asyncio.timeout(10):
                while bench.slot().word != "Step 2/2":
                    await asyncio.sleep(0.05)
            assert bench.views[-1].problems == ()
            bench.scan(imei(2))
            assert bench.slot(A2).word == "Step 1/2"

    asyncio.run(story())


def test_a_port_that_is_no_slot_is_named_until_it_is_empty(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        bench.post(HandsetAttached(ELSEWHERE))
        assert [str(p.where) for p in bench.views[-1].problems] == [str(ELSEWHERE)]
        bench.post(HandsetDetached(ELSEWHERE))
        assert not bench.views[-1].problems


def test_a_bench_that_learns_gives_each_new_port_the_next_slot(tmp_path: Path) -> None:
    with workplace(tmp_path, learns=True) as bench:
        bench.plug(1, ELSEWHERE)
        assert bench.slot(A1).word == "Scan IMEI"
        bench.plug(2, PATHS[3])
        assert bench.slot(A2).word == "Scan IMEI"


def test_problems_of_the_bench_stand_once_and_go(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        off = Problem(ProblemCode.PRINTER_UNREACHABLE, "Label printer")
        bench.post(ProblemRaised(off), ProblemRaised(off))
        assert list(bench.views[-1].problems) == [off]
        bench.post(ProblemCleared(off.code, off.where))
        assert not bench.views[-1].problems


def test_progress_is_shown_soon_and_together_and_never_recorded(tmp_path: Path) -> None:
    async def story() -> None:
        with workplace(tmp_path) as bench:
            bench.plug(1)
            bench.scan(imei(1))
            step, shown, events = bench.steps()[-1], len(bench.views), bench.ledger.tail()
            for percent in range(100):
                bench.post(StepProgressed(step.run, step.ticket, percent / 100))
            assert len(bench.views) == shown
            async with asyncio.timeout(10):
                while len(bench.views) == shown:
                    await asyncio.sleep(0.02)
            assert len(bench.views) == shown + 1
            assert bench.slot().share == pytest.approx(0.99 / 2)
            assert bench.ledger.tail() == events

    asyncio.run(story())


def test_a_decision_about_an_empty_slot_is_refused(tmp_path: Path) -> None:
    with workplace(tmp_path) as bench:
        bench.post(RunHeld(A1))
        scan = bench.views[-1].scan
        assert scan is not None
        assert "Nothing is in that slot" in scan.answer
