"""The door without a network: what a bench sends is laid into a folder that is carried.

`accepted_through` is how far its events are handed over, not how far the store has them: that comes
back as a receipt, which the centre lays into the same folder (`central take-in`).
"""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bench.custody.entries import SealedEvent
from bench.events.orders import Json
from bench.inventory.centre import FORM, NOTHING_ASKED, Answer, Asks, Status
from bench.inventory.doors.trouble import BusyError, UnreachableError
from bench.inventory.drop.batch import MOST_BYTES, BatchName, parts, read_batch, spelled_batch
from bench.inventory.drop.carried import Carried
from bench.inventory.drop.folder import Folder, opened
from bench.inventory.drop.receipt import MOST_BYTES as MOST_RECEIPT
from bench.inventory.drop.receipt import Receipt, read_receipt, receipt_name
from bench.inventory.drop.seal import Seal, Trust
from bench.inventory.drop.sealed import UnreadableError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class DropDoor:
    """Implements `Centre` over a folder, which has to be there: it may be one that is plugged in.

    Files that this bench did not seal with the key that it has now do not count. What lies there is
    looked at when an epoch is first asked for, after `close`, and whenever the folder changed by
    another's hand: a receipt came, a file was lost.
    """

    def __init__(
        self, folder: Path, bench: str, seal: Seal, trust: Trust, *, simulated: bool
    ) -> None:
        self._folder = folder
        self._bench = bench
        self._seal = seal
        self._trust = trust
        self._simulated = simulated
        self._known: dict[int, tuple[Carried, Receipt | None]] = {}
        self._marks: dict[str, tuple[int, int, int]] = {}

    def exchange(
        self,
        epoch: int,
        from_seq: int,
        events: Sequence[SealedEvent] = (),
        asks: Asks = NOTHING_ASKED,
    ) -> Answer:
        """Hand events over, those that were already are compared."""
        with self._reached() as folder:
            self._look(folder, epoch)
            carried, receipt = self._known[epoch]
            status, stored = self._taken(folder, epoch, from_seq, events)
            self._remember(folder)
        told = self._told(epoch, asks, receipt)
        return Answer(status, carried.through, carried.head, stored, told)

    def close(self) -> None:
        """Forget what lay there: the next exchange looks again."""
        self._known.clear()

    def _look(self, folder: Folder, epoch: int) -> None:
        marks = folder.marks()
        if marks != self._marks:
            self._known.clear()
            self._marks = marks
            folder.clear_drafts()
        if epoch not in self._known:
            self._known[epoch] = self._looked(folder, epoch)

    def _remember(self, folder: Folder) -> None:
        """Know one's own files again next time; what somebody else did meanwhile is looked at."""
        if folder.written:
            marks = folder.marks()
            own = {name: marks[name] for name in folder.written if name in marks}
            self._marks |= own

    def _taken(
        self, folder: Folder, epoch: int, from_seq: int, events: Sequence[SealedEvent]
    ) -> tuple[Status, int]:
        carried, receipt = self._known[epoch]
        if receipt and receipt.status in (Status.FORK, Status.FROZEN):
            return receipt.status, 0
        if from_seq > carried.through + 1:
            return Status.GAP, 0
        if carried.differs(events):
            return Status.FORK, 0
        new = [event for event in events if event.seq > carried.through]
        if not carried.follows(new):
            return Status.BROKEN_CHAIN, 0
        for part in parts(new):
            name, content = spelled_batch(self._bench, epoch, part, self._seal)
            folder.write(str(name), content)
            carried.add(part)
        return Status.OK, len(new)

    def _looked(self, folder: Folder, epoch: int) -> tuple[Carried, Receipt | None]:
        receipt = self._receipt(folder, epoch)
        carried = Carried(receipt.through, receipt.head) if receipt else Carried()
        for name in _of(folder, self._bench, epoch):
            if name.last <= carried.confirmed:
                folder.remove(str(name))
            else:
                carried.add(self._behind(folder, name, carried))
        return carried, receipt

    def _behind(self, folder: Folder, name: BatchName, carried: Carried) -> Sequence[SealedEvent]:
        """Return the events of a file that go on from what is carried; none of any other file."""
        content = folder.read(str(name), MOST_BYTES)
        try:
            batch = read_batch(name, content or b"")
        except UnreadableError:
            return ()
        new = [event for event in batch.events if event.seq > carried.through]
        own = batch.certificate == self._seal.certificate
        return new if own and carried.follows(new) else ()

    def _receipt(self, folder: Folder, epoch: int) -> Receipt | None:
        content = folder.read(receipt_name(epoch), MOST_RECEIPT)
        try:
            found = read_receipt(content or b"", self._bench, self._trust, datetime.now(UTC))
        except UnreadableError:
            return None
        return found if found.epoch == epoch else None

    def _told(self, epoch: int, asks: Asks, receipt: Receipt | None) -> dict[str, Json]:
        """Answer what a folder can: who others are, and where they have handsets, it cannot."""
        told: dict[str, Json] = {}
        if asks.hello:
            told["hello"] = {
                "name": self._folder.name, "simulated": self._simulated, "form": FORM,
                "bench": self._bench, "epoch": epoch, "now": datetime.now(UTC).isoformat(),
            }  # fmt: skip
            told["carried"] = {
                "confirmed": receipt.through if receipt else 0,
                "at": receipt.at.isoformat() if receipt else None,
            }
        return told

    @contextmanager
    def _reached(self) -> Iterator[Folder]:
        """Open this bench's folder in the drop; `ProblemError` where it cannot be used."""
        where = f"file:{self._folder}"
        try:
            if self._folder.is_dir():
                (self._folder / self._bench).mkdir(exist_ok=True)
            with opened(self._folder / self._bench) as folder:
                yield folder
        except OSError as error:
            self._known.clear()  # what was handed over is not known any more
            if error.errno in _FULL:
                raise BusyError(where, "the drop is full") from error
            raise UnreachableError(where, error.strerror or "it cannot be used") from error


def _of(folder: Folder, bench: str, epoch: int) -> tuple[BatchName, ...]:
    """Return the batch files of this bench and epoch, the lowest events first."""
    found = map(BatchName.parse, folder.names())
    return tuple(each for each in found if each and (each.bench, each.epoch) == (bench, epoch))
