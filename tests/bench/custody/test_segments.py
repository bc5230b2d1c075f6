"""A record walked in pieces says what it says walked in one go."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.custody import segments
from bench.custody.key import BenchKey
from bench.custody.verification import verify_file
from bench.custody.walk import Fault
from tests.bench.custody.record import open_ledger, scanned, tamper


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A record of some 130 events about seven handsets, with a checkpoint after each ten."""
    ledger = open_ledger(tmp_path)
    for turn in range(12):
        ledger.append([scanned((turn + number) % 7 + 1) for number in range(10)])
        ledger.checkpoint("shift")
    ledger.append([scanned(1), scanned(2)])
    ledger.close()
    return tmp_path / "ledger.db"


def in_pieces(path: Path, length: int = 30, key: bytes | None = None) -> tuple[int, Fault | None]:
    joined = segments.Joined(key)
    for piece in segments.pieces(SIZES, length):
        if fault := joined.take(segments.walk_piece(path, piece, thorough=False)):
            return fault.seq - 1, fault
    return joined.events, None


SIZES = [11 * turn + 1 for turn in range(1, 13)]


def test_pieces_are_cut_at_checkpoints_and_cover_all() -> None:
    assert segments.pieces(SIZES, 30) == ((0, 34), (34, 67), (67, 100), (100, 133), (133, 0))
    assert segments.pieces([], 30) == ((0, 0),)
    assert segments.pieces([5], 30) == ((0, 0),)


@pytest.mark.parametrize("length", [1, 30, 60, 1000])
def test_a_good_record_is_good_in_pieces_of_any_length(path: Path, length: int) -> None:
    assert in_pieces(path, length) == (135, None)


def test_processes_of_their_own_come_to_the_same(path: Path) -> None:
    joined = segments.Joined()
    for piece in segments.walk_all(path, SIZES, thorough=True, length=60):
        assert joined.take(piece) is None
    assert joined.events == 135


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET body = replace(body, 'bench-07', 'bench-70') WHERE seq = {seq}",
        "UPDATE event SET hash = zeroblob(32) WHERE seq = {seq}",
        "UPDATE event SET sig = zeroblob(64) WHERE seq = {seq}",
        "DELETE FROM event WHERE seq = {seq}",
        "UPDATE checkpoint SET frontier = zeroblob(length(frontier)) WHERE size = 67",
        "UPDATE checkpoint SET note = replace(note, '67', '66') WHERE size = 67",
        "UPDATE checkpoint SET note = (SELECT note FROM checkpoint AS c WHERE c.size = 34)",
    ],
)
@pytest.mark.parametrize("seq", [1, 2, 33, 34, 35, 66, 67, 68, 100, 134, 135])
def test_what_is_wrong_is_found_in_pieces_too(path: Path, statement: str, seq: int) -> None:
    tamper(path, statement.format(seq=seq))
    told = verify_file(path)
    try:
        events, fault = in_pieces(path)
    except ValueError:
        return
    if fault is None:
        assert told.reason == "it is missing: event 135 was once here"
    else:
        assert (told.events, told.first_bad) == (events, fault.seq)


def test_an_event_left_out_of_a_handset_s_chain_is_found_over_the_cut(path: Path) -> None:
    piece, *_ = segments.pieces(SIZES, 30)
    first = segments.walk_piece(path, piece, thorough=False)
    forgetful = segments.Walked(
        first.events, None, first.public_key, first.believed, first.frontier, {}, {}
    )
    joined = segments.Joined()
    assert joined.take(forgetful) is None
    fault = joined.take(segments.walk_piece(path, (34, 67), thorough=False))
    assert fault is not None
    assert (fault.seq, fault.reason) == (35, "an event of its handset before it is left out")


def test_another_bench_s_key_is_found_in_pieces(path: Path, tmp_path: Path) -> None:
    key = BenchKey.open(tmp_path / "bench.key").public
    assert in_pieces(path, key=key) == (135, None)
    assert in_pieces(path, key=bytes(32)) == (0, Fault(1, "it does not name the bench's key"))
