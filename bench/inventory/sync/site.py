"""What an exchange works with at one bench: opened together, and closed together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, TypeAlias, runtime_checkable

from bench.custody.entries import LedgerHeader
from bench.custody.epochs import swap
from bench.inventory.centre import Centre
from bench.inventory.outbox import Outbox
from bench.inventory.sync.courier import Courier
from bench.inventory.sync.down import Down
from bench.inventory.sync.engine import Send, Step
from bench.inventory.sync.greeting import PROTOCOL
from bench.inventory.sync.kept import Kept
from bench.inventory.sync.lock import SyncLock
from bench.inventory.sync.rest import Earlier, Receipts, Rest
from bench.inventory.sync.standing import Standing
from bench.inventory.sync.state import CentreFile, beside, open_state
from bench.ports import Clock
from bench.problems import Problem

OpenDown: TypeAlias = "Callable[[Centre, CentreFile, LedgerHeader], Down | None]"
"""Makes what takes releases down through a door; None where the centre sends none."""


@runtime_checkable
class _Interruptible(Protocol):
    """A door whose exchange can be ended from another thread."""

    def cancel(self) -> None: ...


def _no_earlier() -> Sequence[Earlier]:
    return ()


@dataclass(frozen=True, slots=True)
class Site:
    """A record, how it is opened for reading, and the door to its centre.

    `newest` is the newest protocol that is spoken here, `earlier` the records of the epochs before,
    the oldest first.
    """

    record: Path
    outbox: Callable[[], Outbox]
    door: Callable[[LedgerHeader], Centre]
    down: OpenDown
    clock: Clock
    newest: int = PROTOCOL
    earlier: Callable[[], Sequence[Earlier]] = _no_earlier

    @property
    def identity(self) -> tuple[int, int] | None:
        """Which file the record is now: another one once a new epoch began; None without one."""
        try:
            found = swap.in_effect(self.record).stat()
        except OSError:
            return None
        return (found.st_dev, found.st_ino) if found.st_size else None


def _no_rest() -> Rest:
    def carry(_: Outbox) -> Courier:
        raise AssertionError("there is no epoch before")

    return Rest((), 0, carry)


@dataclass(frozen=True, slots=True)
class Session:
    """An exchange that can be gone on with. `identity` is which file of the record it reads."""

    header: LedgerHeader
    courier: Courier
    down: Down | None
    kept: Kept
    identity: tuple[int, int] | None
    frozen: str
    set_aside: Path | None
    rest: Rest = field(default_factory=_no_rest)
    lock: SyncLock | None = None
    centre: Centre | None = None

    @property
    def step(self) -> Step:
        """What is next; events of an earlier epoch go first."""
        return Send(0, 0) if self.rest.is_sending else self.courier.step

    @property
    def standing(self) -> Standing:
        """How far it is, earlier epochs included."""
        its, rest = self.courier.standing, self.rest
        waiting = None if its.waiting is None else its.waiting + rest.waiting
        return replace(its, sent=its.sent + rest.sent, waiting=waiting)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What does not stop it and a person should know."""
        found = tuple(self.courier.warnings.values())
        return (*found, self.rest.problem) if self.rest.problem else found

    def cancel(self) -> None:
        """End the exchange under way, from any thread; it is not known then what arrived."""
        if isinstance(self.centre, _Interruptible):
            self.centre.cancel()


@contextmanager
def session(site: Site) -> Iterator[Session]:
    """Have record, file and door of a site, and nobody else beside.

    Raises `ProblemError`: SYNC_RUNNING while another has them, CENTRE_UNUSABLE, what reading the
    record may raise.
    """
    with SyncLock(site.record) as lock, open_state(beside(site.record)) as file:
        identity = site.identity
        with site.outbox() as outbox, closing(site.door(outbox.header)) as centre:
            kept = Kept(file)
            courier = Courier(outbox, centre, kept, site.clock, site.newest)
            with closing(_rest_of(site, outbox.header.epoch, centre, kept)) as rest:
                yield Session(
                    outbox.header, courier, site.down(centre, file, outbox.header), kept, identity,
                    outbox.frozen, file.set_aside, rest, lock, centre,
                )  # fmt: skip


def _rest_of(site: Site, epoch: int, centre: Centre, kept: Kept) -> Rest:
    def carry(outbox: Outbox) -> Courier:
        receipts = Receipts(kept)
        return Courier(outbox, centre, receipts, site.clock, site.newest, set_aside=True)

    return Rest(site.earlier(), epoch, carry)
