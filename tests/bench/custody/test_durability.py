"""What a torn log, a full disk or a pause may not take away; more of it under `faults`."""

from __future__ import annotations

import random
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from bench.custody.verification import Verdict, verify_file
from tests.bench.custody.faults.killing import benches
from tests.bench.custody.record import ROOT, open_ledger, program, scanned


@pytest.mark.parametrize("damage", ["cut", "flipped", "lengthened"])
def test_a_log_torn_at_its_end_gives_a_shorter_record_that_verifies(
    tmp_path: Path, damage: str
) -> None:
    rng = random.Random(damage)
    whole = tmp_path / "whole"
    whole.mkdir()
    with benches(tidy=0) as bench:
        while not bench.kill_while_appending(whole, rng):
            pass
    log = (whole / "ledger.db-wal").read_bytes()
    before = verify_file(whole / "ledger.db").events
    for turn in range(10):
        torn = tmp_path / f"torn-{turn}"
        torn.mkdir()
        for name in ("ledger.db", "bench.key"):
            shutil.copy(whole / name, torn)
        at = rng.randrange(len(log) * 3 // 4, len(log))
        match damage:
            case "cut":
                content = log[:at]
            case "flipped":
                content = log[:at] + bytes([log[at] ^ 1]) + log[at + 1 :]
            case _:
                content = log + rng.randbytes(5000)
        (torn / "ledger.db-wal").write_bytes(content)
        ledger = open_ledger(torn)
        assert ledger.projections_match()
        (appended,) = ledger.append([scanned(1)])
        ledger.close()
        assert verify_file(torn / "ledger.db") == Verdict(appended.seq)
        assert 1 < appended.seq <= before + 1


def test_a_file_that_may_not_grow_stops_the_record_until_it_may(tmp_path: Path) -> None:
    command = program("append_to_the_limit", tmp_path)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "ledger-full 2\nappended 3\n"
    assert verify_file(tmp_path / "ledger.db") == Verdict(3)


def test_after_tidying_the_file_alone_holds_every_event(tmp_path: Path) -> None:
    with closing(open_ledger(tmp_path)) as ledger:
        ledger.append([scanned(number) for number in range(20)])
        alone = tmp_path / "alone.db"
        shutil.copy(ledger.path, alone)
        before = verify_file(alone).events
        ledger.tidy()
        shutil.copy(ledger.path, alone)
        assert before < verify_file(alone).events == ledger.tail().seq
