"""Records that are only there for training: they verify, say so, and never pass for real ones."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from bench.clock import SystemClock
from bench.custody.entries import LedgerHeader
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from bench.custody.verification import verify_file
from bench.inventory.training_centre.records import RECORD, Batch, copy_image, open_record, stage
from bench.problems import ProblemCode, ProblemError

BATCH = Batch("00440007", "TRB")


def test_a_training_record_verifies_and_stages_what_it_says(tmp_path: Path) -> None:
    with closing(open_record(tmp_path, "training-b")) as ledger:
        stage(ledger, BATCH.handsets(1, 5))
        assert ledger.counts().staged == 5
        assert ledger.projections_match()
    verdict = verify_file(tmp_path / RECORD)
    assert (verdict.verifies, verdict.events) == (True, 21)


def test_its_handsets_are_test_equipment(tmp_path: Path) -> None:
    handsets = list(BATCH.handsets(1, 40))
    assert all(imei.is_test for each in handsets for imei in each.imeis)
    assert len({each.imeis for each in handsets}) == 40
    with closing(open_record(tmp_path, "training-b")):
        pass
    with pytest.raises(ProblemError) as raised:
        Ledger.open(
            tmp_path / RECORD,
            BenchKey.open(tmp_path / "ledger.key"),
            LedgerHeader("training-b", simulated=False),
            SystemClock(),
            app_version="1",
            policy_hash="0" * 64,
        )
    assert raised.value.problem.code is ProblemCode.NOT_REAL


def test_work_on_an_image_makes_another_history(tmp_path: Path) -> None:
    own = tmp_path / "bench"
    with closing(open_record(own, "training-c")) as ledger:
        stage(ledger, BATCH.handsets(1, 2))
    image = copy_image(own, tmp_path / "image")
    heads = []
    for folder, first in ((own, 3), (image, 5)):
        with closing(open_record(folder, "training-c")) as ledger:
            stage(ledger, BATCH.handsets(first, first))
            heads.append(ledger.tail())
    assert heads[0].seq == heads[1].seq
    assert heads[0].hash != heads[1].hash
    assert verify_file(image / RECORD).verifies
