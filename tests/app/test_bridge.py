from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.bridge import BenchThread, Changes, Merged
from bench.events.person import RunHeld
from bench.events.run import Fact
from bench.events.views import (
    BenchView,
    Category,
    ScanTone,
    ScanView,
    SlotView,
    TallyView,
)
from bench.identity.identifiers import SlotCode
from bench.ports import Post
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.slots import HubLayout

A1 = SlotCode.parse("A1")


class PlainBench:
    """A bench whose work is given; it posts what it gets to `heard`."""

    name = "bench-07"
    simulated = True
    layout = HubLayout(1, 2)

    def __init__(self, work: Callable[[Callable[[BenchView], None]], object] | None = None) -> None:
        self.heard: list[Fact] = []
        self.threads: set[str] = set()
        self.cancelled = False
        self.hear: Post = self._hear
        self._work = work

    async def run(
        self, publish: Callable[[BenchView], None], ready: Callable[[Post], None]
    ) -> None:
        self.threads.add(threading.current_thread().name)
        await asyncio.sleep(0.01)
        ready(self.hear)
        if self._work:
            self._work(publish)
            return
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise

    def _hear(self, fact: Fact) -> None:
        self.threads.add(threading.current_thread().name)
        self.heard.append(fact)


Starter = Callable[[PlainBench], BenchThread]


@pytest.fixture
def started(qtbot: QtBot) -> Iterator[Starter]:
    assert qtbot
    threads: list[BenchThread] = []

    def start(bench: PlainBench) -> BenchThread:
        thread = BenchThread(bench)
        threads.append(thread)
        thread.start()
        return thread

    yield start
    assert all(thread.stop() for thread in threads)


def view(number: int, slot: SlotCode = A1) -> BenchView:
    shown = SlotView(slot, Category.WORKING, f"Step {number}")
    return BenchView((shown,), tally=TallyView(staged=number))


def test_facts_posted_before_the_bench_is_ready_wait_and_keep_their_order(
    qtbot: QtBot, started: Starter
) -> None:
    bench = PlainBench()
    thread = started(bench)
    facts = [RunHeld(SlotCode("A", column)) for column in range(1, 6)]
    assert all(thread.post(fact) for fact in facts)
    qtbot.waitUntil(lambda: len(bench.heard) == 5)
    thread.post(facts[0])
    qtbot.waitUntil(lambda: len(bench.heard) == 6)
    assert bench.heard == [*facts, facts[0]]
    assert bench.threads == {"bench-07"}


def test_stopping_cancels_the_bench_and_then_nothing_can_be_posted(
    qtbot: QtBot, started: Starter
) -> None:
    bench = PlainBench()
    thread = started(bench)
    thread.post(RunHeld(A1))
    qtbot.waitUntil(lambda: bench.heard == [RunHeld(A1)])
    assert thread.stop()
    assert bench.cancelled
    assert not thread.post(RunHeld(A1))


def test_a_bench_stopped_before_it_runs_never_works(qtbot: QtBot) -> None:
    assert qtbot
    bench = PlainBench()
    thread = BenchThread(bench)
    assert thread.stop()
    assert bench.heard == []


def test_a_bench_that_ends_by_itself_says_so_after_its_last_view(
    qtbot: QtBot, started: Starter
) -> None:
    seen: list[object] = []
    bench = PlainBench(lambda publish: publish(view(7)))
    thread = started(bench)
    thread.changed.connect(lambda changes: seen.append(changes.tally.staged))
    thread.ended.connect(lambda: seen.append("ended"))
    qtbot.waitUntil(lambda: "ended" in seen)
    assert seen == [7, "ended"]


def test_a_bug_in_the_bench_comes_over_as_a_traceback(qtbot: QtBot, started: Starter) -> None:
    def fall(_publish: object) -> None:
        raise ExceptionGroup("work", [ValueError("what nobody thought of")])

    thread = started(PlainBench(fall))
    seen: list[str] = []
    thread.crashed.connect(seen.append)
    thread.ended.connect(lambda: seen.append("ended"))
    qtbot.waitUntil(lambda: "ended" in seen)
    assert len(seen) == 2
    assert "what nobody thought of" in seen[0]
    assert "Traceback" in seen[0]


def test_a_bug_in_a_callback_of_the_loop_comes_over_too(qtbot: QtBot, started: Starter) -> None:
    bench = PlainBench()

    def fall(_fact: Fact) -> None:
        raise ValueError("what nobody thought of")

    bench.hear = fall
    thread = started(bench)
    qtbot.wait(30)
    with qtbot.waitSignal(thread.crashed) as crash:
        thread.post(RunHeld(A1))
    assert "what nobody thought of" in crash.args[0]


def test_a_known_problem_is_no_crash(qtbot: QtBot, started: Starter) -> None:
    problem = Problem(ProblemCode.LEDGER_IN_USE, "record")

    def refuse(_publish: object) -> None:
        raise ExceptionGroup("work", [ProblemError(problem)])

    thread = started(PlainBench(refuse))
    crashes: list[str] = []
    thread.crashed.connect(crashes.append)
    with qtbot.waitSignal(thread.refused) as refusal:
        pass
    assert refusal.args == [(problem,)]
    assert crashes == []


def test_forty_threads_publishing_wake_the_window_a_few_times_and_the_newest_wins(
    qtbot: QtBot, started: Starter
) -> None:
    slots = HubLayout(5, 8).slots()
    rounds = 250

    def flood(publish: Callable[[BenchView], None]) -> None:
        def hurry(slot: SlotCode) -> None:
            for number in range(1, rounds + 1):
                publish(view(number, slot))

        crowd = [threading.Thread(target=hurry, args=(slot,)) for slot in slots]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()

    newest: dict[SlotCode, str] = {}
    wakes: list[Changes] = []

    def look(changes: Changes) -> None:
        wakes.append(changes)
        newest.update((shown.slot, shown.word) for shown in changes.slots)

    thread = started(PlainBench(flood))
    thread.changed.connect(look)
    with qtbot.waitSignal(thread.ended, timeout=20_000):
        pass
    assert newest == dict.fromkeys(slots, f"Step {rounds}")
    assert len(wakes) < len(slots) * rounds / 20


def test_every_scan_is_kept_once_although_views_are_merged() -> None:
    scans = [ScanView(str(n), "scanner", ScanTone.GOOD, "Taken.") for n in range(3)]
    merged = Merged()
    due = [merged.add(BenchView(scan=scan)) for scan in (scans[0], scans[0], scans[1], scans[2])]
    assert due == [True, False, False, False]
    first = merged.take()
    assert first
    assert first.scans == tuple(scans)
    assert merged.take() is None
    assert merged.add(BenchView(scan=scans[2]))
    second = merged.take()
    assert second
    assert second.scans == ()


def test_two_scans_of_the_same_code_are_two() -> None:
    merged = Merged()
    for _ in range(2):
        merged.add(BenchView(scan=ScanView("B4", "scanner", ScanTone.BAD, "Empty slot.")))
    changes = merged.take()
    assert changes
    assert len(changes.scans) == 2
