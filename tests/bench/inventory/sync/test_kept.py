"""Receipts and watermarks: what is kept, and what a month later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.custody.body import utc
from bench.custody.entries import LedgerHeader
from bench.inventory.sync.kept import Kept, Receipt, Watermark
from bench.inventory.sync.state import open_state
from bench.problems import Problem, ProblemCode

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
HEADER = LedgerHeader("bench-07", simulated=True)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with open_state(tmp_path / "ledger.db.centre") as file:
        yield Kept(file)


def mark(accepted: int, epoch: int = 1) -> Watermark:
    return Watermark("the centre", "bench-07", epoch, accepted, bytes([accepted % 256] * 32), NOW)


def test_a_watermark_is_of_one_bench_and_epoch(kept: Kept) -> None:
    assert kept.watermark(HEADER) is None
    kept.keep(mark(7), receipt(7, NOW))
    assert kept.watermark(HEADER) == mark(7)
    assert kept.watermark(LedgerHeader("bench-07", simulated=True, epoch=2)) is None
    assert kept.watermark(LedgerHeader("bench-08", simulated=True)) is None


def receipt(seq: int, said_at: datetime) -> Receipt:
    return Receipt("the centre", 1, seq, bytes([seq % 256] * 32), said_at)


def test_where_no_receipt_was_given_none_is_kept(kept: Kept) -> None:
    kept.keep(mark(7), None)
    assert kept.receipts() == ()
    assert kept.receipt("the centre", HEADER) is None


def test_the_receipt_of_the_most_events_is_known(kept: Kept) -> None:
    for seq in (7, 5):
        kept.keep(mark(seq), receipt(seq, NOW))
    assert kept.receipt("the centre", HEADER) == receipt(7, NOW)
    assert kept.receipt("another centre", HEADER) is None


def test_of_receipts_older_than_a_month_the_last_of_each_day_stays(kept: Kept) -> None:
    times = [NOW - timedelta(days=40, hours=h) for h in (30, 4, 3, 2)]
    times += [NOW - timedelta(days=2, hours=h) for h in (2, 1)]
    for seq, at in enumerate(times, 1):
        kept.keep(mark(seq), receipt(seq, at))
    kept.keep_well(NOW)
    assert [each.seq for each in kept.receipts()] == [1, 4, 5, 6]
    kept.keep_well(NOW + timedelta(days=1))
    assert [each.seq for each in kept.receipts()] == [1, 4, 5, 6]


def test_receipts_are_thinned_once_a_day(kept: Kept) -> None:
    def seqs() -> list[int]:
        return [each.seq for each in kept.receipts()]

    kept.keep_well(NOW)
    for seq in (1, 2):
        kept.keep(mark(seq), receipt(seq, NOW - timedelta(days=40)))
    kept.keep_well(NOW + timedelta(hours=23))
    assert seqs() == [1, 2]
    kept.keep_well(NOW + timedelta(hours=24))
    assert seqs() == [2]


def test_years_of_receipts_are_thinned_in_one_pass(tmp_path: Path) -> None:
    """Counted in steps of SQLite's machine, for a clock says little: some dozens a receipt."""
    with open_state(tmp_path / "f") as file:
        kept, steps = Kept(file), 0
        old = NOW - timedelta(days=60)
        with file.turn() as connection:
            connection.executemany(
                "INSERT INTO receipt VALUES ('c', 'b', 1, ?, zeroblob(32), ?)",
                ((n, utc(old + timedelta(seconds=20 * n))) for n in range(1, 4001)),
            )

        def stepped() -> int:
            nonlocal steps
            steps += 1
            return 0

        file.connection.set_progress_handler(stepped, 1000)
        kept.keep_well(NOW)
        file.connection.set_progress_handler(None, 0)
        assert len(kept.receipts()) == 1
        assert steps < 4000 * 200 / 1000


def test_it_is_known_how_it_went_last(kept: Kept) -> None:
    assert kept.went().well_at is None
    kept.keep_well(NOW)
    kept.keep_badly(NOW + timedelta(hours=1), Problem(ProblemCode.CENTRE_BUSY, "c", "its disk"))
    went = kept.went()
    assert (went.well_at, went.badly_at) == (NOW, NOW + timedelta(hours=1))
    assert (went.code, went.detail) == ("centre-busy", "its disk")
