"""The program is killed at any moment: what was acknowledged is there when it starts again."""

from __future__ import annotations

import random
from contextlib import closing
from pathlib import Path

import pytest

from bench.custody.verification import verify_file
from tests.bench.custody.faults.killing import Benches, benches
from tests.bench.custody.faults.lives import EVERYTHING
from tests.bench.custody.faults.told_record import opened
from tests.bench.custody.record import scanned


def kill_often(bench: Benches, folder: Path, rng: random.Random, times: int) -> int:
    """Kill that many benches, one after another, that write the same record; return its events."""
    folder.mkdir()
    acknowledged: set[str] = set()
    for _ in range(times):
        acknowledged |= set(bench.kill_while_appending(folder, rng))
        assert not acknowledged or verify_file(folder / "ledger.db").verifies
    with closing(opened(folder)) as ledger:
        kept = {f"{event.seq} {event.hash.hex()}\n" for event in ledger.events(0, EVERYTHING)}
        assert acknowledged <= kept
        assert ledger.projections_match()
        (appended,) = ledger.append([scanned(1)])
    verdict = verify_file(folder / "ledger.db")
    assert verdict.verifies
    assert verdict.events == appended.seq
    return len(acknowledged)


def test_nothing_acknowledged_is_missing_after_the_program_was_killed(tmp_path: Path) -> None:
    with benches() as bench:
        assert kill_often(bench, tmp_path / "bench", random.Random(7), times=20) > 100


@pytest.mark.soak
def test_nothing_acknowledged_is_missing_after_a_thousand_kills(tmp_path: Path) -> None:
    rng = random.Random(1000)
    with benches() as bench:
        for number in range(40):
            assert kill_often(bench, tmp_path / str(number), rng, times=25) > 100
