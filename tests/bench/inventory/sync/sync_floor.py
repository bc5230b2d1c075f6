"""A bench's record and a store of the test's own, on a clock that only goes while it is waited."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.clock import SystemClock
from bench.custody.entries import Entry, SealedEvent
from bench.custody.epochs import swap
from bench.events.orders import CustodyKind, Json
from bench.inventory.centre import NOTHING_ASKED, Answer, Asks, Status
from bench.inventory.outbox import Outbox
from bench.inventory.sync.down import Down
from bench.inventory.sync.engine import GENESIS
from bench.inventory.sync.following import Following
from bench.inventory.sync.inbox import Inbox
from bench.inventory.sync.lines import Said, Wanted, read_said
from bench.inventory.sync.rest import Earlier
from bench.inventory.sync.sending import Limits, Sending, Sent
from bench.inventory.sync.site import Session, Site, session
from bench.inventory.sync.telling import Teller
from bench.ports import Moment
from bench.problems import ProblemError
from tests.bench.custody.record import HEADER, open_ledger

Trouble = Callable[[Sequence[SealedEvent]], ProblemError | None]


def no_trouble(_: Sequence[SealedEvent]) -> None:
    return None


class SlowClock:
    """It goes while it is waited, and a little with each exchange."""

    def __init__(self) -> None:
        self.now = 0.0

    def moment(self) -> Moment:
        at = datetime(2026, 11, 24, 1, tzinfo=UTC) + timedelta(seconds=self.now)
        return replace(SystemClock().moment(), at=at)

    def elapsed(self) -> float:
        return self.now


class Waiting(Inbox):
    """Waits on that clock, and ends at a time of it; `meanwhile` is done whenever it is waited."""

    def __init__(self, clock: SlowClock, ends: float) -> None:
        super().__init__()
        self._clock, self._ends = clock, ends
        self.meanwhile: Callable[[float], None] = lambda _: None

    def take(self, seconds: float) -> list[Wanted]:
        if seconds > 0:
            self.meanwhile(seconds)
            self._clock.now += seconds
        if self._clock.now >= self._ends:
            self.end()
        return super().take(0)


@dataclass
class Store:
    """Has events by epoch, as a store has: those that follow; `exchanges` is what was asked."""

    clock: SlowClock
    epoch: int = 1
    trouble: Trouble = no_trouble
    confirmed: int | None = None
    frozen: bool = False
    events: dict[int, list[SealedEvent]] = field(default_factory=dict)
    exchanges: list[tuple[int, int, Asks]] = field(default_factory=list)
    cancelled: int = 0

    def exchange(
        self,
        epoch: int,
        from_seq: int,
        events: Sequence[SealedEvent] = (),
        asks: Asks = NOTHING_ASKED,
    ) -> Answer:
        self.clock.now += 0.05
        self.exchanges.append((epoch, len(events), asks))
        if error := self.trouble(events):
            raise error
        held = self.events.setdefault(epoch, [])
        assert from_seq <= len(held) + 1
        held += () if self.frozen else events[len(held) + 1 - from_seq :]
        head = held[-1].hash if held else GENESIS
        status = Status.FROZEN if self.frozen else Status.OK
        return Answer(status, len(held), head, 0, self._told())

    def close(self) -> None:
        """Hang up."""

    def cancel(self) -> None:
        self.cancelled += 1

    @property
    def sends(self) -> int:
        """How many exchanges brought events."""
        return sum(count > 0 for _, count, _ in self.exchanges)

    def _told(self) -> dict[str, Json]:
        now = self.clock.moment().at.isoformat()
        told: dict[str, Json] = {
            "hello": {
                "name": "the centre", "simulated": True, "form": 1, "bench": HEADER.bench,
                "epoch": self.epoch, "now": now,
            },
        }  # fmt: skip
        if self.confirmed is not None:
            told["carried"] = {"confirmed": self.confirmed, "at": now}
        return told


@dataclass
class Floor:
    """A bench with its record in a folder, and the store that it knows."""

    folder: Path
    clock: SlowClock = field(default_factory=SlowClock)
    down: Down | None = None

    def __post_init__(self) -> None:
        self.store = Store(self.clock)

    @property
    def record(self) -> Path:
        return self.folder / "ledger.db"

    def record_events(self, count: int) -> None:
        with closing(open_ledger(self.folder, HEADER)) as ledger:
            ledger.append([Entry(CustodyKind.EXPORTED, data={"n": n}) for n in range(count)])

    def next_epoch(self) -> None:
        """Set the record aside as the first epoch, and begin the second with three events."""
        self.record.rename(self.folder / "ledger-e1.db")
        (self.folder / "ledger.db.lock").unlink()
        header = replace(HEADER, epoch=2)
        with closing(open_ledger(self.folder, header, "next.db")) as ledger:
            ledger.append([Entry(CustodyKind.EXPORTED, data={"n": n}) for n in range(2)])
        (self.folder / "next.db").rename(self.record)
        self.store.epoch = 2

    def site(self) -> Site:
        def earlier() -> tuple[Earlier, ...]:
            return tuple(map(_earlier, swap.old_epochs(self.record)))

        return Site(
            self.record, lambda: Outbox.open(self.record), lambda _: self.store,
            lambda *_: self.down, self.clock, earlier=earlier,
        )  # fmt: skip

    @contextmanager
    def session(self) -> Iterator[Session]:
        with session(self.site()) as has:
            yield has

    def send(self, limits: Limits, *, inbox: Waiting | None = None) -> Sent:
        """Send all that waits; it is given up after eight hours."""
        inbox = inbox or Waiting(self.clock, 8 * 3600)
        with self.session() as has:
            return Sending(has, self.clock, limits, lambda _: None, inbox).send()

    def send_all(self) -> None:
        assert self.send(Limits()).standing.waiting == 0

    def follow(self, inbox: Waiting, interval: float = 30.0) -> list[Said]:
        """Follow the record until the inbox ends; return what was said."""
        lines: list[str] = []
        teller = Teller(lines.append, self.clock.elapsed)
        Following(self.site(), inbox, teller, interval).follow()
        return list(map(read_said, lines))


def _earlier(old: Path) -> Earlier:
    return Earlier(old.name, lambda: Outbox.open(old))
