"""What an exchange works with at one bench: opened together, and closed together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from bench.custody.entries import LedgerHeader
from bench.custody.epochs import swap
from bench.inventory.centre import Centre
from bench.inventory.outbox import Outbox
from bench.inventory.sync.courier import Courier
from bench.inventory.sync.down import Down
from bench.inventory.sync.kept import Kept
from bench.inventory.sync.lock import SyncLock
from bench.inventory.sync.state import CentreFile, beside, open_state
from bench.ports import Clock

OpenDown: TypeAlias = "Callable[[Centre, CentreFile, LedgerHeader], Down | None]"
"""Makes what takes releases down through a door; None where the centre sends none."""


@dataclass(frozen=True, slots=True)
class Site:
    """A record, how it is opened for reading, and the door to its centre.

    `newest` is the newest form of a central store that this program knows.
    """

    record: Path
    outbox: Callable[[], Outbox]
    door: Callable[[LedgerHeader], Centre]
    down: OpenDown
    clock: Clock
    newest: int

    @property
    def identity(self) -> tuple[int, int] | None:
        """Which file the record is now: another one once a new epoch began; None without one."""
        try:
            found = swap.in_effect(self.record).stat()
        except OSError:
            return None
        return (found.st_dev, found.st_ino) if found.st_size else None


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


@contextmanager
def session(site: Site) -> Iterator[Session]:
    """Have record, file and door of a site, and nobody else beside.

    Raises `ProblemError`: SYNC_RUNNING while another has them, CENTRE_UNUSABLE, what reading the
    record may raise.
    """
    with SyncLock(site.record), open_state(beside(site.record)) as file:
        identity = site.identity
        with site.outbox() as outbox, closing(site.door(outbox.header)) as centre:
            kept = Kept(file)
            courier = Courier(outbox, centre, kept, site.clock, site.newest)
            down = site.down(centre, file, outbox.header)
            yield Session(
                outbox.header, courier, down, kept, identity, outbox.frozen, file.set_aside
            )
