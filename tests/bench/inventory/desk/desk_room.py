"""A desk whose exchange is a small program of the test's own, speaking the lines."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.clock import SystemClock
from bench.events.central import CentreHeard, CentreView
from bench.events.run import Fact
from bench.identity.identifiers import Imei
from bench.inventory.desk.desk import CentreDesk
from bench.inventory.desk.patience import Patience

QUICK = Patience(answer=5.0, wake=0.02, show=0.02, restart=0.02, longest=0.05, ending=0.5)
HERE, ELSEWHERE = (Imei.with_check_digit(f"0044000000000{n}") for n in (1, 2))
STAYS = "\nfor line in sys.stdin: pass\n"
ANSWERS = """
def answer(asked, number, bench="bench-02"):
    told = [dict(imei=i, bench=bench, phase="staged", at="2026-11-24T10:00:00.000Z") for i in asked]
    say(answer=number, sightings=told)
"""
PRELUDE = """
import json, os, signal, sys, time
def say(**said): print(json.dumps(said), flush=True)
def stands(state="in-step", waiting=0, detail=""):
    say(centre=dict(state=state, waiting=waiting, since=None, seen=None, release=None,
                    detail=detail, store="", receipt=None))
def trouble(code, where="", detail=""): say(problem=dict(code=code, where=where, detail=detail))
def times():
    # how often this program was begun, this time included
    with open(LOG, "a") as log: log.write("x")
    return os.path.getsize(LOG)
"""


@dataclass
class Room:
    """Where a desk stands: the file its exchange counts itself in, and what was posted."""

    folder: Path
    posted: list[Fact] = field(default_factory=list)
    frozen: list[str] = field(default_factory=list)
    releases: list[int] = field(default_factory=list)

    @property
    def views(self) -> list[CentreView]:
        return [fact.view for fact in self.posted if isinstance(fact, CentreHeard)]

    @property
    def begun(self) -> int:
        """How often the exchange was begun."""
        with suppress(FileNotFoundError):
            return (self.folder / "begun").stat().st_size
        return 0

    def words(self, program: str) -> tuple[str, ...]:
        text = f"LOG = {str(self.folder / 'begun')!r}{PRELUDE}{program}"
        return (sys.executable, "-I", "-S", "-c", text)

    def desk(self, program: str, patience: Patience = QUICK, epoch: int | None = 1) -> CentreDesk:
        return CentreDesk(
            self.words(program), SystemClock(), epoch=epoch, patience=patience,
            on_freeze=self.frozen.append, on_release=self.releases.append,
        )  # fmt: skip

    @asynccontextmanager
    async def following(self, desk: CentreDesk) -> AsyncIterator[None]:
        """Have the desk follow, and end with the block."""
        task = asyncio.create_task(desk.follow(self.posted.append))
        try:
            yield
            assert not task.done(), task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def until(seen: Callable[[], object]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(20):
        while not seen():
            await asyncio.sleep(0.005)


def is_running(pid: int) -> bool:
    """Whether there is such a process that is no remains of one."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


_of_others: set[int] = set()
"""What this process had begun before a test: other tests' servers."""


def at_rest() -> None:
    """Take note of what runs before a test."""
    _of_others.clear()
    _of_others.update(_begun())


def children() -> set[int]:
    """Return the processes that this one began in this test and that are not over."""
    return _begun() - _of_others


def _begun() -> set[int]:
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {int(pid) for task in tasks for pid in task.read_text().split()}
