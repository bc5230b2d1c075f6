from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from bench.custody.backup.making import Backups, Stopped
from bench.custody.backup.plan import BackupName
from bench.custody.backup.restoring import restore
from bench.custody.backup.schedule import keep_up
from bench.custody.entries import Entry, LedgerHeader, PersonalText
from bench.custody.key import BenchKey
from bench.custody.personal.erasure import erase
from bench.custody.verification import verify_file
from bench.events.orders import CustodyKind
from bench.problems import Problem, ProblemCode, ProblemError
from tests.bench.custody.backup.shelf import SetClock, shelf
from tests.bench.custody.record import HEADER, ROOT, CountingClock, fill, open_ledger, tamper


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    """Return a bench's folder: a record of 50 events and an empty shelf for backups."""
    (tmp_path / "shelf").mkdir()
    fill(tmp_path, 50)
    return tmp_path


def lying(folder: Path) -> list[str]:
    """Return what could be taken for something on the shelf."""
    names = [path.name for path in (folder / "shelf").iterdir()]
    return sorted(name for name in names if not name.endswith(".lock"))


def failure(backups: Backups) -> Problem:
    with pytest.raises(ProblemError) as refused:
        backups.make()
    assert refused.value.problem.code is ProblemCode.BACKUP_FAILED
    return refused.value.problem


# ── making ──────────────────────────────────────────────────────────────────────────────────────
def test_a_backup_is_whole_named_by_what_is_in_it_and_for_its_owner_alone(bench: Path) -> None:
    path = shelf(bench).make()
    assert lying(bench) == [path.name]
    name = BackupName.parse(path.name)
    assert name is not None
    assert (name.bench, name.epoch, name.seq) == ("bench-07", 1, 50)
    assert verify_file(path).events == 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert shelf(bench).taken() == (name,)


def test_the_bench_s_key_is_in_no_backup(bench: Path) -> None:
    path = shelf(bench).make()
    key = BenchKey.open(bench / "bench.key")
    content = path.read_bytes()
    assert key._private.private_bytes_raw() not in content
    assert b"PRIVATE KEY" not in content
    assert key.public in content


def test_a_backup_made_while_another_program_appends_verifies_and_restores(bench: Path) -> None:
    command = [sys.executable, "-m", "tests.bench.custody.backup.appending", str(bench)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        lengths = []
        for number in range(5):
            said = int(writer.stdout.readline())
            restored = restore(shelf(bench).make(), bench / f"restored-{number}.db")
            assert restored.seq >= said
            assert verify_file(bench / f"restored-{number}.db").events == restored.seq
            lengths.append(restored.seq)
        writer.kill()
    assert lengths[0] < lengths[-1]
    assert verify_file(bench / "ledger.db").verifies


def test_a_backup_holds_what_is_still_in_the_write_ahead_log(bench: Path) -> None:
    ledger = open_ledger(bench)
    ledger.append([Entry(CustodyKind.SESSION_OPENED)])
    path = shelf(bench).make()
    ledger.close()
    assert verify_file(path).events == 51


def test_each_of_a_hundred_flipped_bits_is_found_and_the_backup_not_kept(bench: Path) -> None:
    """In bodies, hashes and signatures; what is made from them is made again."""

    class Rotting(Backups):
        bit = 0

        def _copy(self, live: object, draft: Path) -> None:
            super()._copy(live, draft)  # type: ignore[arg-type]
            flip(draft, self.bit)

    backups = Rotting(bench / "ledger.db", HEADER, bench / "shelf", CountingClock())
    whole = shelf(bench).make()
    for bit in bits_of_events(whole, 100):
        backups.bit = bit
        assert failure(backups).detail, bit
        assert lying(bench) == [whole.name]


def flip(path: Path, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


def bits_of_events(path: Path, count: int) -> list[int]:
    """Return seeded places in the file where an event's body, hash or signature lies.

    A page that was split may hold a second copy, which nobody reads: those are left out.
    """
    rows, content, chance = events_of(path), path.read_bytes(), random.Random(7)
    found: list[int] = []
    while len(found) < count:
        part = chance.choice(chance.choice(rows))
        place = content.find(part)
        if place >= 0:  # a body may be spread over pages
            bit = place * 8 + chance.randrange(len(part) * 8)
            flip(path, bit)
            found += [bit] if events_of(path) != rows else []
            flip(path, bit)
    return found


def events_of(path: Path) -> list[tuple[bytes, ...]]:
    connection = dbapi2.connect(str(path))
    rows = connection.execute("SELECT CAST(body AS BLOB), hash, sig FROM event").fetchall()
    connection.close()
    return list(rows)


def test_a_record_that_does_not_verify_gives_no_backup(bench: Path) -> None:
    tamper(bench / "ledger.db", "UPDATE event SET body = replace(body, 'A2', 'A3') WHERE seq = 9")
    assert "event" in failure(shelf(bench)).detail
    assert lying(bench) == []


def test_the_record_of_another_bench_gives_no_backup(bench: Path) -> None:
    header = LedgerHeader("bench-08", simulated=True)
    other = Backups(bench / "ledger.db", header, bench / "shelf", CountingClock())
    assert "bench-07" in failure(other).detail
    assert lying(bench) == []


# ── what stands in the way ──────────────────────────────────────────────────────────────────────
def test_a_folder_that_is_not_mounted_is_not_made_in_its_place(bench: Path) -> None:
    (bench / "shelf").rmdir()
    failure(shelf(bench))
    assert not (bench / "shelf").exists()


def test_a_folder_that_may_not_be_written_to_is_a_known_problem(bench: Path) -> None:
    if os.geteuid() == 0:  # who may write everywhere but where there are no files to write
        read_only = Backups(bench / "ledger.db", HEADER, Path("/proc/self"), CountingClock())
    else:
        (bench / "shelf").chmod(0o500)
        read_only = shelf(bench)
    failure(read_only)
    (bench / "shelf").chmod(0o700)
    assert lying(bench) == []


def test_a_disk_that_fills_up_leaves_no_half_backup(bench: Path) -> None:
    command = [sys.executable, "-m", "tests.bench.custody.backup.shelf", str(bench), "60000"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    assert "The record could not be backed up" in said
    assert lying(bench) == []
    assert shelf(bench).make().exists()


def test_a_disk_with_little_room_is_left_its_room(
    bench: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(bench)
    nearly_full = usage._replace(free=30_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: nearly_full)
    assert "30 MB are free" in failure(shelf(bench)).detail
    assert lying(bench) == []


def test_a_program_killed_in_the_middle_leaves_nothing_that_passes_for_a_backup(
    bench: Path,
) -> None:
    fill_on(bench, 4000)
    for _ in range(4):
        command = [sys.executable, "-m", "tests.bench.custody.backup.shelf", str(bench), "0"]
        with subprocess.Popen(command, cwd=ROOT) as maker:
            while not any(".partial" in name for name in lying(bench)):
                assert maker.poll() is None
                time.sleep(0.0005)
            maker.send_signal(signal.SIGKILL)
        assert all(".partial" in name for name in lying(bench))
        assert shelf(bench).taken() == ()
    path = shelf(bench).make()
    assert lying(bench) == [path.name]
    assert verify_file(path).events == 4050


def fill_on(bench: Path, events: int) -> None:
    ledger = open_ledger(bench)
    ledger.append([Entry(CustodyKind.SESSION_OPENED) for _ in range(events)])
    ledger.close()


def test_other_benches_and_files_on_the_shelf_are_left_alone(bench: Path) -> None:
    others = [
        "ledger-bench-08-e1-20200101T000000Z-5.db",
        "ledger-bench-07-e2-20200101T000000Z-5.db",
        "ledger-bench-08-e1.1.partial",
        "ledger-bench-07-e1.x-e1.1.partial",
        "holiday.jpg",
    ]
    for name in others:
        (bench / "shelf" / name).touch()
    (bench / "shelf" / "ledger-bench-07-e1.1.partial").touch()
    (bench / "shelf" / "ledger-bench-07-e1.1.partial-journal").touch()
    path = shelf(bench).make()
    assert lying(bench) == sorted([*others, path.name])


def test_two_programs_do_not_make_one_backup(bench: Path) -> None:
    first, second = shelf(bench), shelf(bench)
    with first._alone():
        assert "process" in failure(second).detail
    second.make()


def test_a_program_that_ends_drops_the_backup_in_the_making(bench: Path) -> None:
    backups = shelf(bench)
    backups.stop()
    with pytest.raises(Stopped):
        backups.make()
    assert lying(bench) == []


# ── in the course of time ───────────────────────────────────────────────────────────────────────
def test_a_backup_is_made_when_due_and_old_ones_go(bench: Path) -> None:
    clock = SetClock()
    backups = shelf(bench, clock)
    for _ in range(20):
        assert backups.keep_up() is None
        assert backups.keep_up() is None
        clock.forward(timedelta(days=1))
    assert 7 <= len(backups.taken()) <= 10
    assert len(lying(bench)) == len(backups.taken())


def test_a_disk_that_stays_away_is_at_first_a_failure_and_then_overdue(bench: Path) -> None:
    clock = SetClock()
    backups = shelf(bench, clock)
    assert backups.keep_up() is None
    (bench / "ledger.db").rename(bench / "away.db")
    clock.forward(timedelta(days=1, hours=1))
    problem = backups.keep_up()
    assert problem is not None
    assert problem.code is ProblemCode.BACKUP_FAILED
    clock.forward(timedelta(days=2))
    problem = backups.keep_up()
    assert problem is not None
    assert problem.code is ProblemCode.BACKUP_OVERDUE
    assert "3 days" in problem.detail
    (bench / "away.db").rename(bench / "ledger.db")
    assert backups.keep_up() is None


def test_copies_from_before_a_person_was_erased_go_with_the_next_one(bench: Path) -> None:
    clock = SetClock()
    backups = shelf(bench, clock)
    ledger = open_ledger(bench)
    said = PersonalText("note", "of a green umbrella", "p-0000")
    ledger.append([Entry(CustodyKind.SESSION_OPENED, personal=(said,))])
    assert b"green umbrella" in backups.make().read_bytes()
    clock.forward(timedelta(days=1))
    change = erase(ledger._connection, "p-0000")
    ledger.append(change.entries, besides=change.write)
    ledger.close()
    path = backups.make()
    assert lying(bench) == [path.name]
    assert b"green umbrella" not in path.read_bytes()
    assert verify_file(path).verifies


def test_the_schedule_tells_what_stands_in_the_way_and_ends_when_it_is_cancelled(
    bench: Path,
) -> None:
    told: list[Problem | None] = []

    async def work() -> None:
        backups = shelf(bench)
        (bench / "shelf").rename(bench / "away")
        task = asyncio.create_task(keep_up(backups, told.append, look=0.01, again=0.01))
        while not told:
            await asyncio.sleep(0.01)
        (bench / "away").rename(bench / "shelf")
        while told[-1] is not None:
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(work())
    assert told[0] is not None
    assert told[0].code is ProblemCode.BACKUP_FAILED
    assert len(lying(bench)) == 1


# ── restoring ───────────────────────────────────────────────────────────────────────────────────
def test_a_restored_record_is_the_backup_and_says_that_a_new_epoch_must_follow(
    bench: Path,
) -> None:
    path = shelf(bench).make()
    restored = restore(path, bench / "restored.db")
    assert (restored.bench, restored.epoch, restored.seq) == ("bench-07", 1, 50)
    ledger = open_ledger(bench)
    assert ledger.tail().hash == restored.hash
    ledger.close()
    assert "new epoch, 2" in restored.advice
    assert (bench / "restored.db").read_bytes() == path.read_bytes()
    assert stat.S_IMODE((bench / "restored.db").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["ledger.db", "gone.db-wal", "gone.db-shm"])
def test_nothing_is_ever_overwritten_by_a_restore(bench: Path, name: str) -> None:
    path = shelf(bench).make()
    target = bench / ("gone.db" if name.startswith("gone") else name)
    if not (bench / name).exists():
        (bench / name).write_bytes(b"of another record")
    before = {each.name: each.read_bytes() for each in bench.iterdir() if each.is_file()}
    with pytest.raises(ProblemError, match="lies there already") as refused:
        restore(path, target)
    assert refused.value.problem.code is ProblemCode.BACKUP_UNUSABLE
    assert {each.name: each.read_bytes() for each in bench.iterdir() if each.is_file()} == before


def test_a_backup_that_rotted_on_the_shelf_is_not_restored(bench: Path) -> None:
    path = shelf(bench).make()
    for bit in bits_of_events(path, 20):
        flip(path, bit)
        with pytest.raises(ProblemError) as refused:
            restore(path, bench / "restored.db")
        assert refused.value.problem.code is ProblemCode.BACKUP_UNUSABLE
        assert not (bench / "restored.db").exists()
        flip(path, bit)
    assert restore(path, bench / "restored.db").seq == 50


@pytest.mark.parametrize("content", [b"", b"Dear bench, " * 1000])
def test_what_is_no_backup_is_not_restored(bench: Path, content: bytes) -> None:
    (bench / "other").write_bytes(content)
    with pytest.raises(ProblemError):
        restore(bench / "other", bench / "restored.db")
    assert not (bench / "restored.db").exists()


def test_a_backup_that_is_not_there_is_a_known_problem(bench: Path) -> None:
    with pytest.raises(ProblemError) as refused:
        restore(bench / "shelf" / "none.db", bench / "restored.db")
    assert refused.value.problem.code is ProblemCode.BACKUP_UNUSABLE
