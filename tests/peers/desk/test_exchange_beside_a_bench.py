"""The real exchange beside a bench, and a real PostgreSQL at its other end."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.bridge import BenchThread
from bench.events.central import CentreState, Sighting
from bench.events.views import BenchView
from bench.ports import Post
from bench.problems import ProblemCode, ProblemError
from bench.staging.slots import HubLayout
from tests.bench.inventory.desk.desk_room import is_running
from tests.peers.centre.centre_room import CentreRoom, centre_room
from tests.peers.desk.desk_bench import DeskBench, hurried, kill, scanned

SENDING, IN_STEP, AWAY = CentreState.SENDING, CentreState.IN_STEP, CentreState.AWAY
_names = itertools.count(1)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreRoom]:
    with centre_room(tmp_path_factory.mktemp("centre"), simulated=True) as made:
        yield made


@pytest.fixture
def bench(room: CentreRoom, tmp_path: Path) -> DeskBench:
    return DeskBench.begin(room, tmp_path / "here", f"bench-{next(_names):02}")


def test_what_is_recorded_arrives_and_what_is_committed_then_does_too(bench: DeskBench) -> None:
    async def scene() -> None:
        bench.record(40)
        desk = bench.desk()
        async with bench.following(desk):
            await bench.until(lambda: bench.state is IN_STEP)
            with closing(bench.ledger()) as ledger:
                for number in range(1000, 1003):
                    ledger.append([scanned(number)])
                    desk.wake()
                await bench.until(lambda: len(bench.arrived()) == 44 and bench.state is IN_STEP)

    asyncio.run(scene())
    assert bench.arrived() == bench.recorded()
    assert bench.views[-1].waiting == 0
    assert bench.problems == set()


def test_an_exchange_that_is_killed_is_begun_again_and_nothing_is_lost_or_repeated(
    bench: DeskBench,
) -> None:
    bench.record(3000)
    desk = bench.desk()

    async def scene() -> None:
        async with bench.following(desk):
            await bench.until(lambda: bench.state is SENDING)
            kill(desk)
            await bench.until(lambda: desk._child is None)
            assert len(bench.arrived()) < 3001
            await bench.until(lambda: bench.state is IN_STEP)

    asyncio.run(scene())
    assert bench.arrived() == bench.recorded()


@pytest.mark.soak
def test_an_exchange_that_is_killed_twenty_times_loses_and_repeats_nothing(
    bench: DeskBench,
) -> None:
    bench.record(60_000)
    desk = bench.desk()
    chance = random.Random(6)

    async def scene() -> None:
        async with bench.following(desk):
            for _ in range(20):
                await bench.until(lambda: desk._child)
                await asyncio.sleep(chance.uniform(0.2, 2.0))
                if desk._child:
                    kill(desk)
                await bench.until(lambda: desk._child is None)
            await bench.until(lambda: bench.state is IN_STEP)

    asyncio.run(scene())
    assert bench.arrived() == bench.recorded()


def test_a_centre_that_is_away_is_said_and_what_waited_arrives_when_it_is_back(
    bench: DeskBench,
) -> None:
    bench.record(30)
    bench.room.server.stop()
    desk = bench.desk()

    async def scene() -> None:
        async with bench.following(desk):
            await bench.until(lambda: bench.state is AWAY)
            with pytest.raises(ProblemError):
                await desk.sightings((scanned(1).device.imeis[0],))  # type: ignore[union-attr]
            bench.room.server.start()
            desk.look_now()
            await bench.until(lambda: bench.state is IN_STEP)

    try:
        asyncio.run(scene())
    finally:
        if bench.room.server._process is None:
            bench.room.server.start()
    assert ProblemCode.CENTRE_UNREACHABLE in bench.problems
    assert max(view.waiting or 0 for view in bench.views if view.state is AWAY) == 31
    assert bench.arrived() == bench.recorded()


def test_a_question_is_answered_while_a_batch_is_being_sent(
    bench: DeskBench, tmp_path: Path
) -> None:
    other = DeskBench.begin(bench.room, tmp_path / "there", f"bench-{next(_names):02}")
    other.numbers = 90_000
    other.record(1)
    bench.lengthen(6000)
    handset = scanned(90_000).device
    assert handset

    async def scene() -> tuple[Sighting, ...]:
        async with other.following(other.desk()):
            await other.until(lambda: other.state is IN_STEP)
        desk = bench.desk()
        async with bench.following(desk):
            await bench.until(lambda: bench.state is SENDING)
            found = await desk.sightings(handset.imeis)
            assert len(bench.arrived()) < 6000
            return found

    (found,) = asyncio.run(scene())
    assert (found.imei, found.bench, found.phase) == (handset.imeis[0], other.name, "at-bench")


def test_an_older_image_of_the_record_is_found_out_and_the_bench_is_told_to_freeze(
    bench: DeskBench, tmp_path: Path
) -> None:
    bench.record(3)
    shutil.copytree(bench.folder, tmp_path / "image")
    image = DeskBench(bench.name, tmp_path / "image", bench.room, numbers=500)
    bench.record(3)
    image.record(2)

    async def scene() -> None:
        async with bench.following(bench.desk()):
            await bench.until(lambda: bench.state is IN_STEP)
        async with image.following(image.desk()):
            await image.until(lambda: image.frozen)
            await image.until(lambda: image.state is CentreState.STOPPED)

    asyncio.run(scene())
    assert len(image.frozen) == 1
    assert image.problems & {ProblemCode.CENTRE_FORKED, ProblemCode.CENTRE_FROZEN}
    assert bench.arrived() == bench.recorded()


# ── the end ─────────────────────────────────────────────────────────────────────────────────────
class Following:
    """A bench of the window that does nothing but have a desk follow."""

    simulated = True
    layout = HubLayout(2, 2)

    def __init__(self, bench: DeskBench) -> None:
        self._bench, self.name = bench, bench.name

    async def run(
        self, publish: Callable[[BenchView], None], ready: Callable[[Post], None]
    ) -> None:
        del publish
        ready(lambda _: None)
        await self._bench.desk().follow(self._bench.posted.append)


def test_a_window_that_is_closed_in_mid_sync_leaves_no_process(
    qtbot: QtBot, bench: DeskBench
) -> None:
    bench.lengthen(4000)
    thread = BenchThread(Following(bench))
    thread.start()
    qtbot.waitUntil(lambda: bench.state is SENDING, timeout=30_000)
    assert bench.exchanges()
    assert thread.stop()
    assert bench.exchanges() == set()


def test_a_bench_that_is_killed_in_mid_sync_leaves_no_process(bench: DeskBench) -> None:
    bench.lengthen(2000)
    program = f"""
import asyncio
from bench.clock import SystemClock
from bench.inventory.desk.desk import CentreDesk
desk = CentreDesk({bench.words()!r}, SystemClock())
def post(fact): print(desk._child.pid, flush=True)
asyncio.run(desk.follow(post))
"""

    async def scene() -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout
        pid = int(await process.stdout.readline())
        assert is_running(pid)
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        await bench.until(lambda: not is_running(pid))

    asyncio.run(scene())


def test_an_exchange_that_waits_for_a_centre_that_hangs_is_ended_too(bench: DeskBench) -> None:
    """The centre is stopped as by a debugger: it answers nobody, and hangs up on nobody."""
    bench.lengthen(2000)
    server = bench.room.server._process
    assert server

    async def scene() -> None:
        async with bench.following(bench.desk(hurried(ending=0.5))):
            await bench.until(lambda: bench.state is SENDING)
            os.killpg(server.pid, signal.SIGSTOP)
            await asyncio.sleep(0.2)

    try:
        asyncio.run(scene())
    finally:
        os.killpg(server.pid, signal.SIGCONT)
    assert bench.exchanges() == set()
