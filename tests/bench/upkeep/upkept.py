"""A record with what looks after it, and the board on which it says what stands in the way."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.custody.entries import Entry, LedgerHeader
from bench.custody.ledger import Ledger
from bench.custody.verification import verify_file
from bench.events.device import ProblemCleared, ProblemRaised
from bench.events.orders import CustodyKind
from bench.events.run import Fact
from bench.problems import Problem, ProblemCode
from bench.upkeep.heads import Heads
from bench.upkeep.plan import Plan, Rhythm, WitnessSite
from bench.upkeep.upkeep import Upkeep
from tests.bench.custody.proof.signers import ORIGIN, made_up_key
from tests.bench.custody.record import CountingClock, last_time
from tests.bench.witness.standing import VKEY, Standing

FAST = Rhythm(
    events=20, pause=0.02, cosign=900, again=0.005, deadline=10, farewell=5, look=0.02
)  # fmt: skip
DEADLINE = 30.0
"""Seconds after which what was waited for is taken not to come."""
HEADER = LedgerHeader("bench-07", simulated=True, organisation="custody.example")


class SetClock(CountingClock):
    """Its time goes forward when it is told to."""

    def forward(self, by: timedelta) -> None:
        self.mono += int(by.total_seconds() * 1000)


def set_clock(folder: Path) -> SetClock:
    """Return a clock of a boot of its own, later than the last event of the record."""
    return SetClock(uuid.uuid4().hex, start=last_time(folder / "ledger.db"))


def open_record(
    folder: Path, clock: CountingClock | None = None, header: LedgerHeader = HEADER
) -> Ledger:
    """Open the record that the tests' witness knows."""
    return Ledger.open(
        folder / "ledger.db",
        made_up_key(ORIGIN),
        header,
        clock or set_clock(folder),
        app_version="0.1.0",
        policy_hash="ab" * 32,
    )


def site(witness: Standing) -> WitnessSite:
    return WitnessSite(f"http://127.0.0.1:{witness.port}", VKEY)


@dataclass
class Board:
    """Problems as the station holds them, and all that ever stood."""

    standing: dict[tuple[ProblemCode, str], Problem] = field(default_factory=dict)
    stood: list[Problem] = field(default_factory=list)

    def post(self, fact: Fact) -> None:
        match fact:
            case ProblemRaised(problem):
                self.standing[problem.code, problem.where] = problem
                self.stood.append(problem)
            case ProblemCleared(code, where):
                del self.standing[code, where]
            case _:
                raise AssertionError(fact)

    def of(self, code: ProblemCode) -> Problem | None:
        return next((each for each in self.standing.values() if each.code is code), None)


@dataclass
class Upkept:
    """A session of a record that is looked after."""

    ledger: Ledger
    board: Board
    heads: Heads
    clock: CountingClock
    quiet: float = 1000.0

    def work(self, events: int = 1) -> None:
        self.ledger.append([Entry(CustodyKind.SESSION_OPENED) for _ in range(events)])

    def is_cosigned(self) -> bool:
        """Whether a witness signed the newest head, over all there is."""
        last = self.ledger.last_checkpoint(cosigned=True)
        return last is not None and last.size == self.ledger.tail().seq

    async def cosigned(self) -> None:
        await until(self.is_cosigned)

    async def shown(self, code: ProblemCode) -> Problem:
        await until(lambda: self.board.of(code) is not None)
        found = self.board.of(code)
        assert found is not None
        return found

    async def over(self, code: ProblemCode) -> None:
        await until(lambda: self.board.of(code) is None)


@asynccontextmanager
async def upkept(
    folder: Path,
    plan: Plan | None = None,
    rhythm: Rhythm = FAST,
    clock: CountingClock | None = None,
    header: LedgerHeader = HEADER,
) -> AsyncIterator[Upkept]:
    """Open the record of a folder, begin a session, and look after it; it verifies at the end."""
    clock = clock or set_clock(folder)
    ledger, board = open_record(folder, clock, header), Board()
    try:
        ledger.append([Entry(CustodyKind.SESSION_OPENED)])
        session: list[Upkept] = []
        upkeep = Upkeep(plan or Plan(), clock, rhythm=rhythm)
        async with upkeep(ledger, board.post, lambda: session[0].quiet) as heads:
            session.append(Upkept(ledger, board, heads, clock))
            yield session[0]
    finally:
        ledger.close()
    verdict = verify_file(folder / "ledger.db", thorough=True)
    assert verdict.verifies, verdict.reason


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not condition():
            await asyncio.sleep(0.005)


def bodies(ledger: Ledger) -> list[dict[str, Any]]:
    return [json.loads(event.body) for event in ledger.events(0, 10_000)]


def story(folder: Path) -> list[str]:
    """Return what the record says happened, heads with why they were signed."""
    ledger = open_record(folder)
    try:
        return [each.get("data", {}).get("why") or each["type"] for each in bodies(ledger)]
    finally:
        ledger.close()
