"""Taking a drop in at the centre: each file by itself, in order, and a receipt for each bench.

Whatever is wrong with one file is said of it by name, and the rest goes on. It blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from bench.custody.entries import SealedEvent
from bench.identity.plain import plain
from bench.inventory.centre import Answer, Status
from bench.inventory.drop.batch import MOST_BYTES, Batch, BatchName, read_batch
from bench.inventory.drop.folder import Folder, opened
from bench.inventory.drop.receipt import Receipt, receipt_name, spelled_receipt
from bench.inventory.drop.seal import BENCH, Seal, SealError, Trust, serial_of
from bench.inventory.drop.sealed import UnreadableError

Gate: TypeAlias = "Callable[[str, int, int, Sequence[SealedEvent]], Answer]"
"""Gives the store a bench's events: its name, the certificate's serial, the epoch, the events.

`UnreadableError` where the store cannot read them."""
_MOST_NAMED = 100
"""Refused files that a receipt names."""
_STOPPED = (Status.FORK, Status.FROZEN)
_WHY = {
    Status.GAP: "events before it are missing: the store has them up to {through}",
    Status.FORK: "the store has another event of one of its numbers: the bench is frozen",
    Status.FROZEN: "the bench is frozen, or in another epoch",
    Status.BROKEN_CHAIN: "its events do not follow those in the store",
    Status.BAD_REQUEST: "the store does not take it",
    Status.UNKNOWN_BENCH: "the store knows no such bench with that certificate, or no longer",
    Status.CERTIFICATE_ENDED: "its certificate is no longer taken",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file: how many events are in it, how many were new; or why it was not.

    `file` is its name with its bench's folder, made harmless; `refused` "" where it was taken.
    """

    file: str
    events: int = 0
    stored: int = 0
    refused: str = ""


@dataclass(slots=True)
class _Standing:
    """Where the store stands with one epoch of a bench, and what was refused of it."""

    status: Status | None = None
    through: int = 0
    head: bytes = b""
    refused: list[str] = field(default_factory=list)

    def hears(self, answer: Answer) -> None:
        if answer.accepted_through is None or answer.head_hash is None:
            return
        if self.status not in _STOPPED:
            self.status = answer.status
        self.through, self.head = answer.accepted_through, answer.head_hash


@dataclass(frozen=True, slots=True)
class Counter:
    """Where drops are taken in.

    `trust` says whose certificates benches have, `seal` is the centre's own; `now` UTC.
    """

    gate: Gate
    trust: Trust
    seal: Seal
    now: Callable[[], datetime]

    def take_in(self, drop: Path) -> Iterator[Taken]:
        """Take in what lies there, and lay receipts beside it; yield what became of each file.

        Raises `OSError` where the folder cannot be read, or a receipt not be written.
        """
        with opened(drop) as folder:
            benches = [name for name in folder.names() if folder.has_folder(name)]
        for bench in benches:
            with opened(drop / bench) as its:
                yield from self._of_bench(its, bench)

    def _of_bench(self, folder: Folder, bench: str) -> Iterator[Taken]:
        folder.clear_drafts()
        stands: dict[int, _Standing] = {}
        for file in folder.names():
            if not file.endswith(".batch"):
                continue
            name = BatchName.parse(file)
            its = stands.setdefault(name.epoch if name else 0, _Standing())
            taken = self._taken(folder, bench, file, name, its)
            if taken.refused:
                its.refused.append(f"{plain(file)}: {taken.refused}")
            yield taken
        for epoch, standing in stands.items():
            if standing.status is not None:
                self._confirm(folder, bench, epoch, standing)

    def _taken(
        self, folder: Folder, bench: str, file: str, name: BatchName | None, its: _Standing
    ) -> Taken:
        shown = plain(f"{bench}/{file}", 200)
        try:
            batch = self._read(folder, bench, file, name)
            answer = self.gate(bench, serial_of(batch.certificate), batch.epoch, batch.events)
        except (UnreadableError, SealError) as error:
            return Taken(shown, refused=str(error))
        its.hears(answer)
        if answer.status is Status.OK:
            return Taken(shown, len(batch.events), answer.stored)
        why = _WHY[answer.status].format(through=answer.accepted_through)
        return Taken(shown, len(batch.events), refused=why)

    def _read(self, folder: Folder, bench: str, file: str, name: BatchName | None) -> Batch:
        if name is None:
            raise UnreadableError("no bench gives a file that name")
        if name.bench != bench:
            raise UnreadableError("it lies in another bench's folder")
        content = folder.read(file, MOST_BYTES)
        if content is None:
            raise UnreadableError("it is no plain file, or longer than any that a bench writes")
        batch = read_batch(name, content)
        self.trust.refuse_foreign(batch.certificate, BENCH, self.now())
        return batch

    def _confirm(self, folder: Folder, bench: str, epoch: int, its: _Standing) -> None:
        assert its.status is not None, "only what the store answered is confirmed"
        receipt = Receipt(
            bench, epoch, its.status, its.through, its.head, self.now(), its.refused[:_MOST_NAMED]
        )
        folder.write(receipt_name(epoch), spelled_receipt(receipt, self.seal))
