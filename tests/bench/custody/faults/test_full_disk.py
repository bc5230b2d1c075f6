"""The disk is full, or fails, at any write: nothing acknowledged goes, and work goes on after."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import apsw
import pytest

from bench.custody import database
from bench.custody.ledger import Ledger
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.faults.disk import Disk, nothing_refused
from tests.bench.custody.faults.lives import EVERYTHING, found_after
from tests.bench.custody.faults.platter import (
    Created,
    Fate,
    FolderSynced,
    Operation,
    Removed,
    Synced,
)
from tests.bench.custody.faults.told_record import opened, written_through
from tests.bench.custody.record import scanned

FULL, BROKEN = apsw.SQLITE_FULL, apsw.SQLITE_IOERR_WRITE
NEVER = 1_000_000


@dataclass(slots=True)
class Refusing:
    """Refuses the operation with this number, counted from 0, and perhaps all that follow."""

    at: int
    code: int
    for_good: bool
    operations: int = 0

    def __call__(self, operation: Operation) -> int | None:
        if isinstance(operation, Created | Removed | FolderSynced):
            return None
        number, self.operations = self.operations, self.operations + 1
        if number < self.at or (number > self.at and not self.for_good):
            return None
        return apsw.SQLITE_IOERR_FSYNC if isinstance(operation, Synced) else self.code

    @property
    def refused(self) -> bool:
        return self.operations > self.at


@dataclass(slots=True)
class Bench:
    """A bench that works on while its disk refuses: what it was told is on the disk."""

    ledger: Ledger
    disk: Disk
    acknowledged: int = 1
    refusals: int = 0

    def append(self, refusal: Refusing, entries: int = 1) -> None:
        before = self.ledger.events(0, EVERYTHING)
        entry = scanned(self.acknowledged % 9 + 1)
        with self._refusing(refusal):
            told = problem_of(lambda: self.ledger.append([entry] * entries))
        if told is None:
            self.acknowledged += entries
        else:
            assert refusal.refused
            assert told is ProblemCode.LEDGER_FULL
            assert self.ledger.events(0, EVERYTHING) == before
            self.refusals += 1
        assert self.ledger.tail().seq == self.acknowledged

    def keep_house(self, act: Callable[[], None], refusal: Refusing) -> None:
        before = self.ledger.events(0, EVERYTHING)
        with self._refusing(refusal):
            told = problem_of(act)
        assert told in (None, ProblemCode.LEDGER_FULL)
        assert self.ledger.events(0, EVERYTHING) == before

    @contextmanager
    def _refusing(self, refusal: Refusing) -> Iterator[None]:
        self.disk.refusal = refusal
        try:
            yield
        finally:
            self.disk.refusal = nothing_refused


def problem_of(act: Callable[[], object]) -> ProblemCode | None:
    try:
        act()
    except ProblemError as told:
        return told.problem.code
    return None


@contextmanager
def bench_in(folder: Path) -> Iterator[Bench]:
    folder.mkdir()
    opened(folder).close()
    disk = Disk(folder)
    with written_through(disk, folder) as ledger:
        yield Bench(ledger, disk)


def refusals(code: int, for_good: bool) -> Iterator[Refusing]:
    """Refuse the first operation, then the second, … until one was never reached."""
    for at in count():
        refusal = Refusing(at, code, for_good)
        yield refusal
        if not refusal.refused:
            return


@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("code", [FULL, BROKEN], ids=["full", "broken"])
def test_a_disk_that_refuses_any_write_stops_the_record_until_it_takes_writes_again(
    tmp_path: Path, code: int, for_good: bool
) -> None:
    with bench_in(tmp_path / "life") as bench:
        refuse_each_write(bench, code, for_good, appends=6)
        assert bench.refusals > 50
    check_after_restart(bench, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("code", [FULL, BROKEN], ids=["full", "broken"])
def test_a_disk_that_refuses_any_write_of_a_shift_loses_nothing_even_if_the_power_goes_then(
    tmp_path: Path, code: int, for_good: bool
) -> None:
    rng = random.Random(f"{code} {for_good}")
    with bench_in(tmp_path / "life") as bench:
        refuse_each_write(bench, code, for_good, appends=50, after=power_cut(tmp_path, rng, 1.0))
        assert bench.refusals > 300
    check_after_restart(bench, tmp_path)


def test_the_power_goes_while_the_disk_is_full(tmp_path: Path) -> None:
    rng = random.Random(9)
    with bench_in(tmp_path / "life") as bench:
        after = power_cut(tmp_path, rng, 0.25)
        refuse_each_write(bench, BROKEN, for_good=True, appends=8, after=after)
        refuse_each_write(bench, FULL, for_good=False, appends=8, after=after)
    check_after_restart(bench, tmp_path)


@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("code", [FULL, BROKEN], ids=["full", "broken"])
def test_a_disk_without_room_for_a_longer_log_lets_the_bench_work(
    tmp_path: Path, code: int, for_good: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LOG_ROOM", 200_000)
    with bench_in(tmp_path / "life") as bench:
        for refusal in refusals(code, for_good):
            bench.keep_house(bench.ledger.lay_out, refusal)
            bench.append(Refusing(NEVER, code, for_good))
    check_after_restart(bench, tmp_path)


def refuse_each_write(
    bench: Bench,
    code: int,
    for_good: bool,
    appends: int,
    after: Callable[[Bench], None] = lambda _: None,
) -> None:
    """Append so often, each time after a try at which each of its writes was refused."""
    for number in range(appends):
        for refusal in refusals(code, for_good):
            bench.append(refusal, entries=number % 3 + 1)
            after(bench)
        if number % 5 == 2:
            for refusal in refusals(code, for_good):
                bench.keep_house(bench.ledger.tidy, refusal)
                after(bench)
                bench.append(Refusing(NEVER, code, for_good))


def power_cut(folder: Path, rng: random.Random, share: float) -> Callable[[Bench], None]:
    """Look, now and then, at what there would be had the power gone just now."""

    def look(bench: Bench) -> None:
        if rng.random() < share:
            image = bench.disk.platter.after_cut(rng.choice(list(Fate)), rng)
            found = found_after(image, folder / "after", folder / "life" / "bench.key")
            known = bench.ledger.events(0, EVERYTHING)
            assert found[: len(known)] == known

    return look


def check_after_restart(bench: Bench, folder: Path) -> None:
    found = found_after(bench.disk.platter.now(), folder / "after", folder / "life" / "bench.key")
    assert len(found) == bench.acknowledged
