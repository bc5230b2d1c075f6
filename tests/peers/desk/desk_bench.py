"""A bench with a record, a real centre it may go to, and the desk that keeps the exchange."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench.clock import SystemClock
from bench.custody.entries import DeviceRef, Entry, RunPosition
from bench.custody.ledger import Ledger
from bench.events.central import CentreHeard, CentreState, CentreView
from bench.events.device import ProblemRaised
from bench.events.orders import CustodyKind
from bench.events.run import Fact
from bench.identity.identifiers import Imei, SerialNumber
from bench.inventory.desk.desk import CentreDesk
from bench.inventory.desk.patience import Patience
from bench.problems import ProblemCode
from tests.bench.inventory.desk.desk_room import children
from tests.benchmarks.wave_bench import ledger_in
from tests.peers.centre.centre_room import CentreRoom
from tests.peers.sync.long_records import lengthen

ROOT = Path(__file__).parents[3]
QUICK = Patience(answer=20.0, wake=0.05, show=0.05, restart=0.05, longest=0.2, ending=8.0)
_BATCH = 500


def scanned(number: int) -> Entry:
    """An event about a made-up handset that is at the bench."""
    imei = Imei.with_check_digit(f"004400{number:08d}")
    handset = DeviceRef(f"{number:032x}", (imei,), SerialNumber(f"R58N{number:07d}"), "SM-A325F")
    where = RunPosition(f"{number:016x}", "A1", "staging", False, {"box": 1})
    return Entry(CustodyKind.SCANNED, handset, where, {"box": imei.digits})


@dataclass
class DeskBench:
    """A bench of its own in a folder; what was posted, and what was frozen and released."""

    name: str
    folder: Path
    room: CentreRoom
    posted: list[Fact] = field(default_factory=list)
    frozen: list[str] = field(default_factory=list)
    numbers: int = 0
    before: set[int] = field(default_factory=children)

    @classmethod
    def begin(cls, room: CentreRoom, folder: Path, name: str) -> DeskBench:
        """Let the centre know the bench, and begin its record: its first event."""
        room.add_bench(name)
        folder.mkdir(exist_ok=True)
        made = cls(name, folder, room)
        made.record(0)
        return made

    def exchanges(self) -> set[int]:
        """Return what this process began since the bench and what is not over, but no server."""
        server = self.room.server._process
        return children() - self.before - ({server.pid} if server else set())

    @property
    def views(self) -> list[CentreView]:
        return [fact.view for fact in self.posted if isinstance(fact, CentreHeard)]

    @property
    def state(self) -> CentreState | None:
        return self.views[-1].state if self.views else None

    @property
    def problems(self) -> set[ProblemCode]:
        return {fact.problem.code for fact in self.posted if isinstance(fact, ProblemRaised)}

    def ledger(self) -> Ledger:
        return ledger_in(self.folder, self.name, "ab" * 32)

    def record(self, count: int) -> None:
        """Append so many events."""
        with closing(self.ledger()) as ledger:
            while count > 0:
                part = min(count, _BATCH)
                ledger.append([scanned(self.numbers + each) for each in range(part)])
                self.numbers, count = self.numbers + part, count - part

    def lengthen(self, count: int) -> None:
        """Have so many events more at once, signed by nobody."""
        lengthen(self.folder / "ledger.db", self.name, 1 + count)

    def recorded(self) -> list[str]:
        with closing(self.ledger()) as ledger:
            return [event.body.decode() for event in ledger.events(0, 1_000_000)]

    def arrived(self) -> list[str]:
        """Return what the centre has of it, in order."""
        with self.room.admin() as admin:
            rows = admin.execute(
                "SELECT body FROM custody.event JOIN custody.bench USING (bench_no)"
                " WHERE bench_id = %s ORDER BY event.seq",
                (self.name,),
            )
            return [str(row[0]) for row in rows]

    def words(self) -> tuple[str, ...]:
        """Return the command that exchanges its record with the centre."""
        its, file = self.room.benches[self.name], self.folder / "settings.toml"
        address = f"postgresql://localhost:{self.room.server.port}/{self.room.database}"
        file.write_text(
            _toml("station", name=self.name, ledger=self.folder / "ledger.db")
            + _toml(
                "central", address=address, certificate=its.certificate, key=its.key,
                trust=its.trust, interval=1,
            ),
            "utf-8",
        )  # fmt: skip
        return (sys.executable, str(ROOT / "main.py"), "--settings", str(file), *_SYNC)

    def desk(self, patience: Patience = QUICK) -> CentreDesk:
        return CentreDesk(
            self.words(), SystemClock(), epoch=1, patience=patience, on_freeze=self.frozen.append
        )

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

    async def until(self, seen: Callable[[], object]) -> None:
        """Wait until something is so."""
        try:
            async with asyncio.timeout(60):
                while not seen():
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"it did not come: {self.posted[-8:]}") from None


_SYNC = ("sync", "--follow", "--json-lines")


def _toml(section: str, **keys: Any) -> str:
    lines: Iterable[str] = (
        f"{key} = {json.dumps(value if isinstance(value, int) else str(value))}\n"
        for key, value in keys.items()
    )
    return f"[{section}]\n{''.join(lines)}"


def kill(desk: CentreDesk) -> None:
    """Kill the exchange in the middle of whatever it does."""
    assert desk._child
    os.kill(desk._child.pid, signal.SIGKILL)


def hurried(**changes: Any) -> Patience:
    return replace(QUICK, **changes)
