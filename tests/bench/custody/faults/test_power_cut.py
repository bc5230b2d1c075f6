"""The power goes at any moment: what was acknowledged is there when it is back."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from bench.custody import database, opening
from bench.custody.database import WRITER
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from bench.custody.opening import Beginning
from tests.bench.custody.faults.disk import Disk
from tests.bench.custody.faults.lives import (
    Life,
    found_after,
    missing_after,
    next_shift,
    shift,
    shrink,
)
from tests.bench.custody.faults.platter import (
    Created,
    Fate,
    FolderSynced,
    Image,
    Platter,
    Removed,
    Synced,
    Truncated,
    Written,
)
from tests.bench.custody.faults.told_record import RECORD, connected, ledger_on
from tests.bench.custody.record import HEADER


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return tmp_path / "life" / "bench.key"


@pytest.fixture
def life_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "life"
    folder.mkdir()
    return folder


def cuts(life: Life, rng: random.Random, rounds: int = 1) -> Iterator[tuple[int, Fate, Image]]:
    """Cut the power after every operation; yield each different image that may be found."""
    platter = Platter(life.before)
    for position in range(len(life.operations) + 1):
        seen: set[int] = set()
        for fate in Fate:
            for _ in range(rounds):
                image = platter.after_cut(fate, rng)
                mark = hash(tuple(sorted(image.items())))
                if mark not in seen:
                    seen.add(mark)
                    yield position, fate, image
        if position < len(life.operations):
            platter.take(life.operations[position])


def test_no_acknowledged_event_is_lost_when_the_power_goes(
    life_folder: Path, key: Path, tmp_path: Path
) -> None:
    rng = random.Random(50)
    life = shift(life_folder)
    assert len(life.events) == 50
    chosen = [cut for cut in cuts(life, rng) if rng.random() < 0.06]
    assert len(chosen) > 50
    for position, fate, image in chosen:
        assert missing_after(life, position, image, tmp_path / "after", key) == 0, (position, fate)


@pytest.mark.soak
def test_no_acknowledged_event_is_lost_whichever_write_was_the_last(
    life_folder: Path, key: Path, tmp_path: Path
) -> None:
    life = shift(life_folder)
    for position, fate, image in cuts(life, random.Random(51), rounds=8):
        assert missing_after(life, position, image, tmp_path / "after", key) == 0, (position, fate)


def test_no_acknowledged_event_is_lost_when_the_power_goes_while_the_file_is_cut_smaller(
    life_folder: Path, key: Path, tmp_path: Path
) -> None:
    rng = random.Random(52)
    life = shift(life_folder, midday=shrink)
    smaller = [at for at, each in enumerate(life.operations) if isinstance(each, Truncated)]
    assert len(smaller) > 2
    for position, fate, image in cuts(life, rng):
        if rng.random() < 0.2 and any(position in range(at - 5, at + 10) for at in smaller):
            lost = missing_after(life, position, image, tmp_path / "after", key)
            assert lost == 0, (position, fate)


def test_no_acknowledged_event_is_lost_in_a_log_that_was_given_its_room_before(
    life_folder: Path, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LOG_ROOM", 200_000)
    rng = random.Random(53)
    life = shift(life_folder, events=12, morning=Ledger.lay_out)
    ends = [each.offset + len(each.data) for each in life.operations if isinstance(each, Written)]
    assert any(before > after for before, after in pairwise(ends)), "the log is written over"
    for position, fate, image in cuts(life, rng):
        if rng.random() < 0.06:
            lost = missing_after(life, position, image, tmp_path / "after", key)
            assert lost == 0, (position, fate)


def test_the_power_goes_again_while_the_bench_recovers(
    life_folder: Path, key: Path, tmp_path: Path
) -> None:
    cut_twice(shift(life_folder, events=20), random.Random(54), 0.015, tmp_path, key)


@pytest.mark.soak
def test_the_power_goes_again_and_again(life_folder: Path, key: Path, tmp_path: Path) -> None:
    cut_twice(shift(life_folder), random.Random(55), 0.1, tmp_path, key)


def cut_twice(life: Life, rng: random.Random, share: float, folder: Path, key: Path) -> None:
    for first, fate, image in cuts(life, rng):
        if rng.random() < share:
            second = next_shift(image, folder / "next", key)
            assert second.last[0] >= life.known_at(first), (first, fate)
            for again, _, rest in cuts(second, rng):
                if rng.random() < share:
                    lost = missing_after(second, again, rest, folder / "after", key)
                    assert lost == 0, (first, fate, again)


def test_the_shift_has_every_kind_of_moment_that_the_power_may_go_in(life_folder: Path) -> None:
    operations = shift(life_folder).operations
    kinds = {(type(each), getattr(each, "name", "")) for each in operations}
    assert kinds >= {
        (kind, name) for kind in (Written, Synced) for name in (RECORD, f"{RECORD}-wal")
    }
    assert (Truncated, RECORD) in kinds
    assert (Created, f"{RECORD}-wal") in kinds
    assert (Removed, f"{RECORD}-wal") in kinds
    assert FolderSynced() in operations


def test_with_a_lesser_setting_of_sqlite_this_disk_does_lose_events(
    life_folder: Path, key: Path, tmp_path: Path
) -> None:
    """Were the disk of these tests too kind, nothing above would prove anything."""
    life = shift(life_folder, WRITER | {"synchronous": 1})
    platter, worst = Platter(life.before), 0
    for position, operation in enumerate(life.operations):
        if position % 10 == 0:
            image = platter.after_cut(Fate.NONE, random.Random(1))
            worst = max(worst, missing_after(life, position, image, tmp_path / "after", key))
        platter.take(operation)
    assert worst > 10


def test_a_record_that_is_being_begun_is_begun_again_or_there(
    life_folder: Path, key: Path, tmp_path: Path
) -> None:
    disk = Disk(life_folder)
    path = life_folder / RECORD
    path.touch()
    disk.note(Created(RECORD))
    public = BenchKey.open(key).public
    with connected(disk, path) as connection:
        opening.prepare(connection, path, HEADER, public)
        ledger = ledger_on(connection, life_folder)
        ledger.append((opening.opening_entry(public, HEADER.origin, Beginning()),))
        made = len(disk.operations)
        events = ledger.events(0, 10)
    life = Life({}, tuple(disk.operations), (made,), (1,), events)
    rng = random.Random(52)
    for position, fate, image in cuts(life, rng):
        found = found_after(image, tmp_path / "after", key)
        assert len(found) == 1, (position, fate)
        assert position < made or found == events, (position, fate)


def test_the_disk_of_these_tests_keeps_what_was_synced_and_only_that_for_certain() -> None:
    platter = Platter({"log": b"a" * 2000})
    for operation in (
        Written("log", 100, b"b" * 50),
        Synced("log"),
        Written("log", 1000, b"c" * 1100),
        Truncated("log", 2050),
        Created("new"),
        Written("new", 0, b"new"),
        Synced("new"),
    ):
        platter.take(operation)
    certain = b"a" * 100 + b"b" * 50 + b"a" * 1850
    whole = certain[:1000] + b"c" * 1050
    rng = random.Random(1)
    assert platter.after_cut(Fate.NONE, rng) == {"log": certain}
    assert platter.after_cut(Fate.ALL, rng) == {"log": whole, "new": b"new"} == platter.now()
    sectors = [platter.after_cut(Fate.SECTORS, rng)["log"] for _ in range(200)]
    assert {log[512:1536] for log in sectors} == {
        certain[512:1000] + first + second
        for first in (b"a" * 24, b"c" * 24)
        for second in (b"a" * 512, b"c" * 512)
    }
