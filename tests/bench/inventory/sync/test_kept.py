"""Receipts and watermarks: what is kept, and what a month later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.custody.entries import LedgerHeader
from bench.inventory.sync.kept import Kept, Watermark
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
    kept.keep(mark(7), NOW)
    assert kept.watermark(HEADER) == mark(7)
    assert kept.watermark(LedgerHeader("bench-07", simulated=True, epoch=2)) is None
    assert kept.watermark(LedgerHeader("bench-08", simulated=True)) is None


def test_a_receipt_of_nothing_is_none(kept: Kept) -> None:
    kept.keep(mark(0), NOW)
    assert kept.receipts() == ()


def test_of_receipts_older_than_a_month_the_last_of_each_day_stays(kept: Kept) -> None:
    times = [NOW - timedelta(days=40, hours=h) for h in (30, 4, 3, 2)]
    times += [NOW - timedelta(days=2, hours=h) for h in (2, 1)]
    for seq, at in enumerate(times, 1):
        kept.keep(mark(seq), at)
    kept.keep_well(NOW)
    assert [receipt.seq for receipt in kept.receipts()] == [1, 4, 5, 6]
    kept.keep_well(NOW)
    assert [receipt.seq for receipt in kept.receipts()] == [1, 4, 5, 6]


def test_it_is_known_how_it_went_last(kept: Kept) -> None:
    assert kept.went().well_at is None
    kept.keep_well(NOW)
    kept.keep_badly(NOW + timedelta(hours=1), Problem(ProblemCode.CENTRE_BUSY, "c", "its disk"))
    went = kept.went()
    assert (went.well_at, went.badly_at) == (NOW, NOW + timedelta(hours=1))
    assert (went.code, went.detail) == ("centre-busy", "its disk")
