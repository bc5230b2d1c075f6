"""What a bench lays into a drop, and what it makes of what else lies there."""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bench.custody.entries import SealedEvent
from bench.inventory.centre import Asks, Status
from bench.inventory.doors.drop import DropDoor
from bench.inventory.drop.batch import read_batch, spelled_batch
from bench.inventory.drop.folder import Folder
from bench.inventory.drop.receipt import Receipt, receipt_name, spelled_receipt
from bench.inventory.drop.seal import BENCH as USED_BY_BENCHES
from bench.inventory.drop.seal import Seal, SealError, refuse_unsigned
from bench.inventory.drop.sealed import UnreadableError, unsealed
from bench.problems import ProblemCode, ProblemError
from tests.bench.inventory.drop.sealing import CERTIFICATES, NOW, Sealing, with_certificate
from tests.peers.centre.centre_room import made_up, sealed_event

BENCH = "bench-07"
EVENTS = made_up(BENCH, 30)
OTHERS = made_up(BENCH, 30, imei="004400000000018")


@pytest.fixture(scope="module")
def sealing() -> Sealing:
    return Sealing.begin()


@pytest.fixture(scope="module")
def seal(sealing: Sealing) -> Seal:
    return sealing.bench(BENCH)


@pytest.fixture
def door(sealing: Sealing, seal: Seal, tmp_path: Path) -> DropDoor:
    return sealing.door(tmp_path, BENCH, seal)


def batches(folder: Path) -> list[Path]:
    return sorted((folder / BENCH).glob("*.batch"))


def hand_over(door: DropDoor, events: Sequence[SealedEvent]) -> int:
    answer = door.exchange(1, events[0].seq, events)
    assert answer.status is Status.OK
    assert answer.accepted_through == events[-1].seq
    assert answer.head_hash == events[-1].hash
    return answer.stored


def confirm(sealing: Sealing, folder: Path, through: int, status: Status = Status.OK) -> Receipt:
    receipt = Receipt(BENCH, 1, status, through, EVENTS[through - 1].hash, NOW)
    content = spelled_receipt(receipt, sealing.centre)
    (folder / BENCH / receipt_name(1)).write_bytes(content)
    return receipt


def test_an_empty_drop_has_nothing_of_this_bench(door: DropDoor) -> None:
    answer = door.exchange(1, 1)
    assert (answer.status, answer.accepted_through, answer.head_hash) == (Status.OK, 0, bytes(32))


def test_what_was_handed_over_is_known_by_whoever_looks_next(
    door: DropDoor, sealing: Sealing, seal: Seal, tmp_path: Path
) -> None:
    assert hand_over(door, EVENTS[:10]) == 10
    assert hand_over(door, EVENTS[10:20]) == 10
    again = sealing.door(tmp_path, BENCH, seal)
    assert hand_over(again, EVENTS[:20]) == 0
    assert hand_over(again, EVENTS[15:30]) == 10
    assert len(batches(tmp_path)) == 3


def test_events_that_leave_a_gap_are_not_taken(door: DropDoor, tmp_path: Path) -> None:
    answer = door.exchange(1, 11, EVENTS[10:20])
    assert (answer.status, answer.accepted_through) == (Status.GAP, 0)
    assert not batches(tmp_path)


def test_another_history_is_a_fork_already_at_the_drop(door: DropDoor, tmp_path: Path) -> None:
    hand_over(door, EVENTS[:20])
    assert door.exchange(1, 15, OTHERS[14:30]).status is Status.FORK
    assert len(batches(tmp_path)) == 1


def test_events_that_do_not_follow_are_a_broken_chain(door: DropDoor, tmp_path: Path) -> None:
    hand_over(door, EVENTS[:10])
    assert door.exchange(1, 11, OTHERS[10:20]).status is Status.BROKEN_CHAIN
    swapped = [*EVENTS[10:14], EVENTS[15], EVENTS[14]]
    assert door.exchange(1, 11, swapped).status is Status.BROKEN_CHAIN
    assert len(batches(tmp_path)) == 1


def test_a_file_that_was_lost_is_handed_over_again(door: DropDoor, tmp_path: Path) -> None:
    for start in (0, 10, 20):
        hand_over(door, EVENTS[start : start + 10])
    batches(tmp_path)[1].unlink()
    door.close()
    assert door.exchange(1, 1).accepted_through == 10
    hand_over(door, EVENTS[10:20])
    door.close()
    assert door.exchange(1, 1).accepted_through == 30


@pytest.mark.parametrize("keep", [0, 1, 100, -1])
def test_a_file_that_was_cut_does_not_count(door: DropDoor, tmp_path: Path, keep: int) -> None:
    hand_over(door, EVENTS)
    (file,) = batches(tmp_path)
    file.write_bytes(file.read_bytes()[:keep])
    door.close()
    assert door.exchange(1, 1).accepted_through == 0


def test_a_file_that_somebody_else_sealed_does_not_count(
    door: DropDoor, sealing: Sealing, tmp_path: Path
) -> None:
    forged = sealing.door(tmp_path, BENCH, sealing.bench("bench-66"))
    hand_over(forged, OTHERS)
    assert door.exchange(1, 1).accepted_through == 0
    hand_over(door, EVENTS)


def test_a_receipt_clears_away_what_the_centre_has(
    door: DropDoor, sealing: Sealing, tmp_path: Path
) -> None:
    hand_over(door, EVENTS[:10])
    hand_over(door, EVENTS[10:20])
    confirm(sealing, tmp_path, 10)
    door.close()
    answer = door.exchange(1, 1, asks=Asks(hello=True))
    assert (answer.accepted_through, answer.head_hash) == (20, EVENTS[19].hash)
    assert answer.answers["carried"] == {"confirmed": 10, "at": NOW.isoformat()}
    assert len(batches(tmp_path)) == 1


def test_a_bench_restored_to_before_its_receipt_is_found_out(
    door: DropDoor, sealing: Sealing, tmp_path: Path
) -> None:
    hand_over(door, EVENTS[:20])
    confirm(sealing, tmp_path, 20)
    door.close()
    assert door.exchange(1, 11, OTHERS[10:20]).status is Status.FORK


@pytest.mark.parametrize("status", [Status.FORK, Status.FROZEN])
def test_a_bench_that_is_frozen_at_the_centre_hears_it(
    door: DropDoor, sealing: Sealing, tmp_path: Path, status: Status
) -> None:
    hand_over(door, EVENTS[:10])
    confirm(sealing, tmp_path, 10, status)
    door.close()
    assert door.exchange(1, 11, EVENTS[10:]).status is status


def test_a_receipt_that_the_centre_did_not_write_is_not_believed(
    door: DropDoor, sealing: Sealing, seal: Seal, tmp_path: Path
) -> None:
    hand_over(door, EVENTS[:10])
    told = confirm(sealing, tmp_path, 30, Status.FORK)
    other = Sealing.begin("Another centre")
    place = tmp_path / BENCH / receipt_name(1)
    genuine = place.read_bytes()
    own = replace(told, bench="bench-08")
    for content in (
        b"",
        b"{}\n{}\n",
        b'{"a":' * 100_000,
        genuine.replace(b'"through":30', b'"through":29'),
        spelled_receipt(told, other.centre),
        spelled_receipt(told, seal),
        spelled_receipt(own, sealing.centre),
    ):
        place.write_bytes(content)
        door.close()
        answer = door.exchange(1, 1)
        assert (answer.status, answer.accepted_through) == (Status.OK, 10)


def test_pipes_and_links_in_the_folder_are_left_alone(door: DropDoor, tmp_path: Path) -> None:
    hand_over(door, EVENTS[:10])
    (file,) = batches(tmp_path)
    moved = tmp_path / "elsewhere"
    file.rename(moved)
    file.symlink_to(moved)
    os.mkfifo(tmp_path / BENCH / receipt_name(1))
    door.close()
    assert door.exchange(1, 1).accepted_through == 0


def test_a_drop_that_is_not_plugged_in_is_a_centre_that_is_away(
    sealing: Sealing, seal: Seal, tmp_path: Path
) -> None:
    door = sealing.door(tmp_path / "stick", BENCH, seal)
    with pytest.raises(ProblemError) as raised:
        door.exchange(1, 1)
    assert raised.value.problem.code is ProblemCode.CENTRE_UNREACHABLE
    assert not (tmp_path / "stick").exists()


def test_a_drop_that_is_taken_out_meanwhile_is_looked_at_anew(
    door: DropDoor, tmp_path: Path
) -> None:
    hand_over(door, EVENTS[:10])
    shutil.move(tmp_path / BENCH, tmp_path / "away")
    (tmp_path / BENCH).write_bytes(b"")
    with pytest.raises(ProblemError) as raised:
        door.exchange(1, 11, EVENTS[10:])
    assert raised.value.problem.code is ProblemCode.CENTRE_UNREACHABLE
    (tmp_path / BENCH).unlink()
    assert door.exchange(1, 11, EVENTS[10:]).status is Status.GAP


def test_a_receipt_that_comes_while_the_door_is_open_is_seen(
    door: DropDoor, sealing: Sealing, tmp_path: Path
) -> None:
    hand_over(door, EVENTS[:20])
    confirm(sealing, tmp_path, 20)
    answer = door.exchange(1, 1, asks=Asks(hello=True))
    assert answer.answers["carried"] == {"confirmed": 20, "at": NOW.isoformat()}
    assert not batches(tmp_path)
    confirm(sealing, tmp_path, 20, Status.FORK)
    assert door.exchange(1, 21, EVENTS[20:]).status is Status.FORK


def test_a_file_that_is_lost_while_the_door_is_open_is_missed(
    door: DropDoor, tmp_path: Path
) -> None:
    for start in (0, 10, 20):
        hand_over(door, EVENTS[start : start + 10])
    batches(tmp_path)[1].unlink()
    assert door.exchange(1, 1).accepted_through == 10
    hand_over(door, EVENTS[10:])
    door.close()
    assert door.exchange(1, 1).accepted_through == 30


def test_what_the_door_wrote_itself_is_not_read_again(
    door: DropDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_over(door, EVENTS[:10])
    monkeypatch.setattr(Folder, "read", lambda *_: pytest.fail("it looked again"))
    assert hand_over(door, EVENTS[10:20]) == 10
    assert door.exchange(1, 1).accepted_through == 20


def test_drafts_of_a_write_that_was_broken_off_are_cleared_away(
    door: DropDoor, tmp_path: Path
) -> None:
    hand_over(door, EVENTS[:10])
    old, new, other = (
        tmp_path / BENCH / name
        for name in (f".{'a' * 16}.draft", f".{'b' * 16}.draft", ".letter.draft")
    )
    for each in (old, new, other):
        each.write_bytes(b"half")
    for each in (old, other):
        os.utime(each, (0, 0))
    assert door.exchange(1, 1).accepted_through == 10
    assert [each.exists() for each in (old, new, other)] == [False, True, True]


def test_a_full_drop_says_that_it_is_full(sealing: Sealing, seal: Seal, tmp_path: Path) -> None:
    door = sealing.door(tmp_path, BENCH, seal)
    with no_file_above(64_000):
        with pytest.raises(ProblemError) as raised:
            door.exchange(1, 1, made_up(BENCH, 1000))
        assert raised.value.problem.code is ProblemCode.CENTRE_BUSY
        assert not [*tmp_path.glob("*/*")]
        assert door.exchange(1, 1, EVENTS).accepted_through == 30


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """Have what is written end there with an error, as on a disk that is full, for any account."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_drop_never_shows_its_key(sealing: Sealing) -> None:
    identity = sealing.authority.bench(BENCH, NOW)
    secret = identity.key.decode().splitlines()[1]
    seal = Seal.of(identity.certificate, identity.key, "test")
    assert secret not in repr(seal)
    assert secret not in repr(identity)
    broken = identity.key.replace(b"-----BEGIN", b"-----BEGUN")
    with pytest.raises(ProblemError) as raised:
        Seal.of(identity.certificate, broken, "bench-07.key")
    assert raised.value.problem.code is ProblemCode.CENTRE_UNUSABLE
    assert secret not in str(raised.value)


@pytest.mark.parametrize("days", [-1, 0, 364])
def test_a_certificate_counts_in_its_time_and_a_clock_may_be_a_day_off(
    sealing: Sealing, seal: Seal, days: int
) -> None:
    sealing.trust.refuse_foreign(seal.certificate, USED_BY_BENCHES, NOW + timedelta(days=days))


@pytest.mark.parametrize(("days", "reason"), [(366, "ended on"), (-3, "begins on")])
def test_a_certificate_does_not_count_out_of_its_time(
    sealing: Sealing, seal: Seal, days: int, reason: str
) -> None:
    with pytest.raises(SealError, match=reason):
        sealing.trust.refuse_foreign(seal.certificate, USED_BY_BENCHES, NOW + timedelta(days=days))


def test_a_file_that_holds_other_events_than_its_name_says_is_not_read(seal: Seal) -> None:
    name, content = spelled_batch(BENCH, 1, EVENTS[:10], seal)
    assert [event.seq for event in read_batch(name, content).events] == [*range(1, 11)]
    others = (
        replace(name, bench="bench-08"),
        replace(name, epoch=2),
        replace(name, first=2),
        replace(name, last=11),
        replace(name, first=2, last=11),
    )
    for other in others:
        with pytest.raises(UnreadableError, match="other events than its name says"):
            read_batch(other, content)


def test_an_event_with_a_nul_is_not_read(seal: Seal) -> None:
    event = sealed_event(1, b'{"bench":"bench-07"}\0')
    name, content = spelled_batch(BENCH, 1, [event], seal)
    with pytest.raises(UnreadableError, match="event 1 holds U"):
        read_batch(name, content)


@pytest.mark.parametrize("content", [b"\n" * 5003, b"{}\n" * 6_000_000])
def test_a_file_of_more_lines_than_a_bench_writes_is_not_taken_apart(content: bytes) -> None:
    with pytest.raises(UnreadableError, match="more lines"):
        unsealed(content, 5000)


def test_a_line_longer_than_any_that_is_written_is_not_parsed() -> None:
    with pytest.raises(UnreadableError, match="longer than any"):
        unsealed(b'{"x":[' + b"[]," * 200_000 + b"[]]}\n{}\n", 5000)


@pytest.mark.parametrize("harm", CERTIFICATES, ids=lambda harm: harm.__name__)
def test_a_certificate_that_no_library_reads_is_one_more_unreadable_file(
    seal: Seal, harm: Callable[[bytes], str]
) -> None:
    with pytest.raises(UnreadableError, match=r"certificate|signature"):
        unsealed(with_certificate(harm(seal.certificate)), 5000)


def test_such_a_certificate_in_a_receipt_leaves_the_bench_at_work(
    door: DropDoor, seal: Seal, tmp_path: Path
) -> None:
    hand_over(door, EVENTS[:10])
    for harm in CERTIFICATES:
        receipt = tmp_path / BENCH / receipt_name(1)
        receipt.write_bytes(with_certificate(harm(seal.certificate)))
        assert door.exchange(1, 1).accepted_through == 10


@pytest.mark.parametrize("harm", CERTIFICATES[1:], ids=lambda harm: harm.__name__)
def test_such_a_certificate_for_oneself_is_a_problem_with_words(
    sealing: Sealing, harm: Callable[[bytes], str]
) -> None:
    its = sealing.authority.bench(BENCH, NOW)
    with pytest.raises((ProblemError, SealError)):
        refuse_unsigned(Seal.of(harm(its.certificate).encode(), its.key, "x").certificate, b"", b"")
