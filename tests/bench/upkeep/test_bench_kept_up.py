"""A whole bench, with nothing plugged in, that looks after its record while it runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import replace
from pathlib import Path

from bench.clock import SystemClock
from bench.custody.database import connect_reader
from bench.events.views import BenchView
from bench.ports import Equipment, Handset, Post
from bench.problems import Problem, ProblemCode
from bench.staging.bench import Bench
from bench.upkeep.plan import BackupPlan, Plan
from bench.upkeep.upkeep import Upkeep
from tests.bench.upkeep.upkept import FAST
from tests.peers.workbench import numbered_layout, training_bench


class NoHandsets:
    def open(self, session: int) -> Handset:
        raise AssertionError(session)


class NoPrinter:
    async def trouble(self) -> Problem | None:
        return None

    async def print(self, label: object) -> None:
        raise AssertionError(label)


class Visitor:
    """Someone who comes to the bench, waits until a problem is shown, and goes."""

    def __init__(self, code: ProblemCode) -> None:
        self.code = code
        self.seen = asyncio.Event()

    def see(self, view: BenchView) -> None:
        if any(problem.code is self.code for problem in view.problems):
            self.seen.set()

    async def work(self, post: Post) -> None:
        assert callable(post)
        await self.seen.wait()


def bench_in(folder: Path, visitor: Visitor | None, plan: Plan) -> Bench:
    @asynccontextmanager
    async def equipment() -> AsyncIterator[Equipment]:
        yield Equipment(NoHandsets(), NoPrinter(), (), visitor)

    bench = training_bench(folder, numbered_layout(), equipment, lambda _: None)
    return replace(bench, upkeep=Upkeep(plan, SystemClock(), rhythm=FAST))


def kinds(folder: Path) -> list[str]:
    with closing(connect_reader(folder / "ledger.db")) as connection:
        return [kind for (kind,) in connection.execute("SELECT type FROM event ORDER BY seq")]


def test_what_stands_in_its_way_is_shown_and_the_session_is_closed(tmp_path: Path) -> None:
    async def work() -> None:
        visitor = Visitor(ProblemCode.BACKUP_FAILED)
        bench = bench_in(tmp_path, visitor, Plan(backups=BackupPlan(tmp_path / "away")))
        async with asyncio.timeout(30):
            await bench.run(lambda _: None, lambda _: None)

    asyncio.run(work())
    assert kinds(tmp_path) == [
        "epoch_opened", "session_opened", "checkpointed", "session_closed", "checkpointed",
    ]  # fmt: skip


def test_a_window_that_is_closed_closes_the_session_too(tmp_path: Path) -> None:
    async def work() -> None:
        ready = asyncio.Event()
        bench = bench_in(tmp_path, None, Plan())
        task = asyncio.create_task(bench.run(lambda _: None, lambda _: ready.set()))
        await ready.wait()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(work())
    assert kinds(tmp_path)[-2:] == ["session_closed", "checkpointed"]
