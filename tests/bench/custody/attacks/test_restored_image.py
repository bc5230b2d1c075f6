"""An image of an earlier day is restored: the witness knows better, and the epoch freezes."""

from __future__ import annotations

import shutil
from contextlib import closing

import pytest

from bench.custody.ledger import Ledger
from bench.custody.proof.checkpoint import Checkpoint, sign
from bench.custody.verification import Verdict, verify_file
from bench.problems import ProblemCode, ProblemError
from bench.witness.client import WitnessConflictError, WitnessRefusedError
from bench.witness.cosigning import RolledBackError
from tests.bench.custody.attacks import deeds
from tests.bench.custody.attacks.busy_bench import ShiftClock, opened
from tests.bench.custody.attacks.deeds import Crime, forged
from tests.bench.custody.attacks.matrix import (
    COSIGNED,
    Scene,
    cosigned,
    reading,
    scene,
    tree_over,
)
from tests.bench.custody.proof.signers import ORIGIN
from tests.bench.custody.record import scanned


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return scene(tmp_path_factory.mktemp("bench"))


@pytest.fixture
def restored(bench: Scene) -> Crime:
    crime = bench.crime(None)
    shutil.copy(crime.image, crime.record)
    return crime


def test_a_restored_image_is_told_how_much_was_cosigned_and_freezes_for_good(
    bench: Scene, restored: Crime
) -> None:
    with bench.witness() as witness, pytest.raises(RolledBackError) as known_better:
        cosigned(restored.record, bench.key, witness, 0)
    assert known_better.value.size == COSIGNED
    assert "300 events were cosigned, 250 are here" in str(known_better.value)
    assert "epoch" in known_better.value.problem.advice.do
    with closing(opened(restored.folder, ShiftClock(5000))) as ledger:
        ledger.freeze(str(known_better.value))
        refuse_to_write(ledger)
    with closing(opened(restored.folder, ShiftClock(6000))) as ledger:
        refuse_to_write(ledger)
    assert verify_file(restored.record) == Verdict(250)


def refuse_to_write(ledger: Ledger) -> None:
    with pytest.raises(ProblemError) as refused:
        ledger.append([scanned(1)])
    assert refused.value.problem.code is ProblemCode.EPOCH_FROZEN
    assert "300 events were cosigned" in str(refused.value)
    assert ledger.tail().seq == 250


def test_a_restored_image_that_went_on_beyond_what_was_cosigned_is_refused(bench: Scene) -> None:
    crime = bench.crime(None)
    deeds.rolled_back(crime)
    with bench.witness() as witness:
        with pytest.raises(WitnessRefusedError) as refused:
            cosigned(crime.record, bench.key, witness, 0)
        assert refused.value.status == 422
        assert witness.head() == (COSIGNED, Checkpoint.parse(bench.cosigned.text).root)


@pytest.mark.parametrize("old", [0, 250, 299, 300])
@pytest.mark.parametrize("size", [250, 300, 400])
def test_no_request_makes_the_witness_forget(bench: Scene, old: int, size: int) -> None:
    """B need not use our client: any old size, any proof, over a record without event 150."""
    crime = bench.crime(bench.key)
    forged(deeds.deleted(150))(crime)
    with reading(crime.record) as connection:
        tree = tree_over(connection)
        note = sign(Checkpoint(ORIGIN, min(size, 399), tree.root(min(size, 399))), bench.key)
        path = tree.consistency(min(old, size), min(size, 399))
    with bench.witness() as witness:
        with pytest.raises((WitnessConflictError, WitnessRefusedError)):
            witness.client().add_checkpoint(old, path, note)
        assert witness.head() == (COSIGNED, Checkpoint.parse(bench.cosigned.text).root)
