from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.custody.entries import LedgerHeader
from bench.inventory.outbox import Outbox
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.record import device, imei, open_ledger, scanned


def test_what_was_not_yet_sent_waits_in_order_exactly_as_recorded(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path, LedgerHeader("bench-07", simulated=False))
    phone = replace(device(1), imeis=(imei(1, tac="99999901"),))
    ledger.append([replace(scanned(1), device=phone)] * 5)
    outbox = Outbox(ledger)
    assert [event.seq for event in outbox.waiting(0, 100)] == [1, 2, 3, 4, 5, 6]
    assert [event.seq for event in outbox.waiting(2, 3)] == [3, 4, 5]
    assert outbox.waiting(6, 100) == ()
    assert outbox.waiting(5, 1) == ledger.events(5, 1)
    ledger.close()


def test_a_simulated_record_never_leaves_the_bench(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    with pytest.raises(ProblemError) as refused:
        Outbox(ledger)
    assert refused.value.problem.code is ProblemCode.SIMULATED_NEVER_SYNCS
    ledger.close()
