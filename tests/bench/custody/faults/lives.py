"""What a bench does to its record in a shift, and what must still be true of it after a fault."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench.custody.database import WRITER
from bench.custody.entries import SealedEvent
from bench.custody.ledger import Ledger
from bench.custody.verification import Verdict, verify_file
from tests.bench.custody.faults.disk import Disk
from tests.bench.custody.faults.platter import Image, Operation
from tests.bench.custody.faults.told_record import lay_out, opened, written_through
from tests.bench.custody.record import scanned

EVERYTHING = 1_000_000
_TIDY = 7


@dataclass(frozen=True, slots=True)
class Life:
    """A record's life on a disk.

    `acknowledged` says for each append after how many operations it returned, `last` with which
    event as its last; `events` are all of them, in the end.
    """

    before: Image
    operations: tuple[Operation, ...]
    acknowledged: tuple[int, ...]
    last: tuple[int, ...]
    events: tuple[SealedEvent, ...]

    def known_at(self, position: int) -> int:
        """Return the last event that was acknowledged when that many operations were done."""
        appends = bisect_right(self.acknowledged, position)
        return self.last[appends - 1] if appends else 0


def shift(
    folder: Path,
    pragmas: dict[str, str | int] = WRITER,
    events: int = 50,
    morning: Callable[[Ledger], object] = lambda _: None,
    midday: Callable[[Ledger], object] = lambda _: None,
) -> Life:
    """Live a shift of so many events with its appends, pauses, and one restart at midday.

    `morning` is done at each opening.
    """
    opened(folder).close()
    disk = Disk(folder)
    before = disk.platter.now()
    appends: list[tuple[int, int]] = [(0, 1)]
    with written_through(disk, folder, pragmas) as ledger:
        morning(ledger)
        _work(ledger, disk, appends, events // 2)
        midday(ledger)
    with written_through(disk, folder, pragmas) as ledger:
        morning(ledger)
        _work(ledger, disk, appends, events)
        found = ledger.events(0, EVERYTHING)
    acknowledged, last = zip(*appends, strict=True)
    return Life(before, tuple(disk.operations), acknowledged, last, found)


def next_shift(image: Image, folder: Path, key: Path) -> Life:
    """Live on with what a fault left: what is found is on the disk, and a few events more."""
    lay_out(image, folder, key)
    disk = Disk(folder)
    before = disk.platter.now()
    with written_through(disk, folder) as ledger:
        appends = [(len(disk.operations), ledger.tail().seq)]
        _work(ledger, disk, appends, ledger.tail().seq + 3)
        ledger.tidy()
        _work(ledger, disk, appends, ledger.tail().seq + 3)
        found = ledger.events(0, EVERYTHING)
    acknowledged, last = zip(*appends, strict=True)
    return Life(before, tuple(disk.operations), acknowledged, last, found)


def shrink(ledger: Ledger) -> None:
    """Make the file smaller: it and its log are cut at their ends, as when a person is erased."""
    ledger.rebuild_projections()
    ledger._connection.execute("VACUUM")
    ledger._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def _work(ledger: Ledger, disk: Disk, appends: list[tuple[int, int]], until: int) -> None:
    while (at := ledger.tail().seq) < until:
        group = min(len(appends) % 3 + 1, until - at)
        appended = ledger.append([scanned((at + each) % 9 + 1) for each in range(group)])
        appends.append((len(disk.operations), appended[-1].seq))
        if len(appends) % _TIDY == 0:
            ledger.tidy()


def found_after(image: Image, folder: Path, key: Path) -> tuple[SealedEvent, ...]:
    """Open what a fault left as the product does; return its events after every check.

    It verifies, its tables are what its events say, and it can be written on.
    """
    path = lay_out(image, folder, key)
    with closing(opened(folder)) as ledger:
        events = ledger.events(0, EVERYTHING)
        assert ledger.projections_match()
        (appended,) = ledger.append([scanned(1)])
        assert appended.seq == len(events) + 1
    assert verify_file(path) == Verdict(appended.seq)
    return events


def missing_after(life: Life, position: int, image: Image, folder: Path, key: Path) -> int:
    """Return how many acknowledged events are not found; whatever else is found must be true."""
    events = found_after(image, folder, key)
    assert events == life.events[: len(events)]
    known = life.known_at(position)
    assert len(events) <= known or len(events) in life.last, "a half of an append is seen"
    return max(0, known - len(events))
