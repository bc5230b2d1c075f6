"""A restored or cloned image meets a witness that knows better: frozen, then a new epoch."""

from __future__ import annotations

import shutil
from contextlib import closing

import pytest

from bench.custody.chain import parse
from bench.custody.entries import Actor
from bench.custody.epochs import swap
from bench.custody.epochs.beginning import Decision, Software, Why, open_epoch
from bench.custody.epochs.freezing import freeze_contradicted, freeze_rolled_back, known_size
from bench.custody.epochs.salvage import salvage
from bench.custody.epochs.verifying import verify_epochs
from bench.custody.proof.checkpoint import Checkpoint
from bench.custody.proof.note import SignedNote
from bench.custody.verification import verify_file
from bench.problems import ProblemCode, ProblemError
from bench.witness.client import WitnessRefusedError
from bench.witness.cosigning import RolledBackError
from tests.bench.custody.attacks import deeds
from tests.bench.custody.attacks.busy_bench import HEADER, ShiftClock, opened
from tests.bench.custody.attacks.deeds import Crime
from tests.bench.custody.attacks.matrix import COSIGNED, Scene, cosigned, scene
from tests.bench.custody.record import scanned, tamper

SOFTWARE = Software("0.1.0", "ab" * 32)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return scene(tmp_path_factory.mktemp("bench"))


@pytest.fixture
def restored(bench: Scene) -> Crime:
    crime = bench.crime(None)
    shutil.copy(crime.image, crime.record)
    return crime


def frozen_by_the_witness(bench: Scene, crime: Crime) -> str:
    """Bring the record's head to the witness, freeze it as the bench does; return what is said."""
    with bench.witness() as witness, closing(opened(crime.folder, ShiftClock(5000))) as ledger:
        try:
            cosigned(crime.record, bench.key, witness, 0)
        except RolledBackError as error:
            return str(freeze_rolled_back(ledger, error.size, ledger.tail().seq))
        except WitnessRefusedError as error:
            return str(freeze_contradicted(ledger, error.reason))
    pytest.fail("the witness cosigned it")


def refuse_to_write(crime: Crime) -> None:
    with closing(opened(crime.folder, ShiftClock(6000))) as ledger:
        with pytest.raises(ProblemError) as refused:
            ledger.append([scanned(1)])
        assert refused.value.problem.code is ProblemCode.EPOCH_FROZEN
        assert "staging-bench ledger new-epoch" in str(refused.value)


def test_a_restored_image_freezes_says_what_to_do_and_goes_on_in_a_new_epoch(
    bench: Scene, restored: Crime
) -> None:
    said = frozen_by_the_witness(bench, restored)
    assert f"{COSIGNED} events were cosigned, 250 are here" in said
    assert "open a new epoch: staging-bench ledger new-epoch" in said
    refuse_to_write(restored)
    found = salvage(restored.record, public_key=bench.key.public)
    assert known_size(found.frozen) == COSIGNED
    before = found.asset_numbers
    decision = Decision(Why.FROZEN, Actor("technician"), Actor("supervisor"))
    with closing(
        open_epoch(restored.record, bench.key, HEADER, ShiftClock(7000), found, decision, SOFTWARE)
    ) as ledger:
        assert ledger.header.origin == "custody.example/bench-07/e2"
        ledger.append([scanned(50)])
        note = ledger.checkpoint("the shift ends")
        assert Checkpoint.parse(note.text).origin == ledger.header.origin
        first = parse(ledger.events(0, 1)[0].body)["data"]
        assert isinstance(first, dict)
        assert first.get("asset_numbers", {}) == {
            prefix: number + COSIGNED - 250 for prefix, number in before.items()
        }
    (old,) = swap.old_epochs(restored.record)
    assert verify_file(old).verifies
    assert all(each.stands for each in verify_epochs(restored.record))


def test_an_image_on_which_work_went_on_freezes_as_well(bench: Scene) -> None:
    crime = bench.crime(None)
    deeds.rolled_back(crime)
    said = frozen_by_the_witness(bench, crime)
    assert "other events were cosigned" in said
    refuse_to_write(crime)


def test_a_clone_that_comes_second_freezes(bench: Scene) -> None:
    first, second = bench.crime(None), bench.crime(None)
    deeds.go_on(first.folder, "at home", 420)
    deeds.go_on(second.folder, "elsewhere", 410)
    with bench.witness() as witness:
        cosigned(first.record, bench.key, witness, COSIGNED)
        with pytest.raises(RolledBackError) as known_better:
            cosigned(second.record, bench.key, witness, COSIGNED)
        with closing(opened(second.folder, ShiftClock(5500))) as ledger:
            freeze_rolled_back(ledger, known_better.value.size, ledger.tail().seq)
    refuse_to_write(second)


def test_what_was_cosigned_is_named_where_the_end_of_the_record_was_lost(bench: Scene) -> None:
    """A cosigned checkpoint over events that can no longer be read is evidence that they were."""
    crime = bench.crime(None)
    tamper(crime.record, "UPDATE event SET body = replace(body, 'bench-07', 'b') WHERE seq = 200")
    found = salvage(crime.record, public_key=bench.key.public)
    assert found.seq == 199
    assert isinstance(found.note, SignedNote)
    assert found.note == bench.cosigned
    decision = Decision(Why.DAMAGED, Actor("technician"), Actor("supervisor"))
    open_epoch(crime.record, bench.key, HEADER, ShiftClock(7000), found, decision, SOFTWARE).close()
    _, second = verify_epochs(crime.record)
    assert second.lost == "events 200 to 300 of ledger-e1.db"
    assert second.stands


@pytest.mark.parametrize(
    ("reason", "known"),
    [
        ("the central store has 20000 events, 15000 are here", 20_000),
        ("of the events 7 to 9 the central store has others", 0),
        ("12 events were cosigned, 3 are here", 12),
    ],
)
def test_how_many_events_are_known_elsewhere_is_read_from_the_reason(
    reason: str, known: int
) -> None:
    assert known_size(reason) == known
