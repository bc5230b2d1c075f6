"""What may follow what in a handset's life, and what it takes to go past that."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.custody.entries import Actor, Entry, LedgerHeader, Proof
from bench.custody.ledger import Ledger
from bench.custody.phases import TELLS_PHASE, TRANSITIONS, Phase, forced_phase, phase_after
from bench.custody.two_persons import TWO_PERSONS
from bench.custody.verification import verify_file
from bench.events.orders import CustodyKind
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.record import device, imei, open_ledger, scanned

HAND, BOSS = Actor("p-00000000000a", Proof.BADGE_PIN), Actor("p-00000000000b", Proof.FIDO2)
_K = CustodyKind
LIFE = (
    _K.GOODS_IN, _K.SCANNED, _K.STEP_FINISHED, _K.STAGED, _K.TAKEN_OUT, _K.PACKED, _K.SEALED,
    _K.DISPATCHED, _K.RECEIVED, _K.HANDED_OVER, _K.RETURNED, _K.WIPED,
)  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(tmp_path)
    yield opened
    opened.close()


def refusal(ledger: Ledger, entry: Entry, second: Actor | None = None) -> ProblemCode:
    before = ledger.tail()
    with pytest.raises(ProblemError) as refused:
        ledger.append([entry], by=HAND, second=second)
    assert ledger.tail() == before
    return refused.value.problem.code


def test_a_whole_life_is_legal_and_each_event_says_where_it_led(ledger: Ledger) -> None:
    for kind in LIFE:
        ledger.append([Entry(kind, device(1))], by=HAND)
    said = [json.loads(e.body).get("dev", {}) for e in ledger.history("device-1")]
    led = [dev["phase"] for dev in said if "phase" in dev]
    assert led == [
        "in-stock", "at-bench", "staged", "packed", "sealed", "dispatched", "received",
        "handed-over", "returned", "wiped",
    ]  # fmt: skip
    known = ledger.device("device-1")
    assert known is not None
    assert known.phase is Phase.WIPED


@pytest.mark.parametrize("kind", [_K.STAGED, _K.SEALED, _K.DISPATCHED, _K.HANDED_OVER, _K.DISPOSED])
def test_what_does_not_follow_is_refused_and_leaves_no_trace(
    ledger: Ledger, kind: CustodyKind
) -> None:
    assert refusal(ledger, Entry(kind, device(1)), BOSS) is ProblemCode.ILLEGAL_TRANSITION


def test_an_override_takes_a_second_person_and_says_so_for_ever(ledger: Ledger) -> None:
    past = Entry(_K.DISPATCHED, device(1), override="found on the van")
    assert refusal(ledger, past) is ProblemCode.NEEDS_SECOND_PERSON
    assert refusal(ledger, past, HAND) is ProblemCode.NEEDS_SECOND_PERSON
    (done,) = ledger.append([past], by=HAND, second=BOSS)
    dispatched, signed_off = (json.loads(e.body) for e in ledger.history("device-1"))
    assert dispatched["override"] == "found on the van"
    assert dispatched["dev"]["phase"] == "dispatched"
    assert signed_off["second"] == {"id": BOSS.id, "how": "fido2"}
    assert signed_off["data"]["of"] == [done.hash.hex()]
    assert verify_file(ledger.path).verifies


@pytest.mark.parametrize("kind", [_K.DISPOSED, _K.CORRECTED, _K.RELEASED, _K.CONFLICT_RESOLVED])
def test_what_takes_two_persons_is_never_done_by_one(ledger: Ledger, kind: CustodyKind) -> None:
    ledger.append([Entry(_K.QUARANTINED, device(1))], by=HAND)
    entry = Entry(kind, device(1), phase=Phase.IN_STOCK if kind in TELLS_PHASE else None)
    assert refusal(ledger, entry) is ProblemCode.NEEDS_SECOND_PERSON
    ledger.append([entry], by=HAND, second=BOSS)
    assert verify_file(ledger.path).verifies


@pytest.mark.parametrize("how", [Proof.UNPROVEN, Proof.BADGE])
def test_on_a_real_bench_a_badge_alone_signs_nothing_off(tmp_path: Path, how: Proof) -> None:
    ledger = open_ledger(tmp_path, LedgerHeader("bench-07", simulated=False))
    real = replace(device(1), imeis=(imei(1, tac="99999901"),))
    past = Entry(_K.DISPATCHED, real, override="found on the van")
    assert refusal(ledger, past, Actor("p-00000000000c", how)) is ProblemCode.NEEDS_SECOND_PERSON
    ledger.append([past], by=HAND, second=BOSS)
    ledger.close()


def test_one_entry_that_does_not_follow_takes_its_whole_transaction_with_it(
    ledger: Ledger,
) -> None:
    before = ledger.tail()
    with pytest.raises(ProblemError):
        ledger.append([scanned(1), scanned(2), Entry(_K.SEALED, device(2))], by=HAND)
    assert ledger.tail() == before
    assert ledger.device("device-1") is None


def test_every_event_about_a_handset_has_its_row_and_leads_somewhere() -> None:
    of_the_record = {
        _K.EPOCH_OPENED, _K.SESSION_OPENED, _K.SESSION_CLOSED, _K.CHECKPOINTED, _K.CLOCK_STEPPED,
        _K.PERSON_ENROLLED, _K.PERSON_CHANGED, _K.ERASED, _K.RELEASE_TAKEN, _K.IMPORTED,
        _K.SIMS_REHOMED, _K.CONSIGNMENT_SEALED, _K.MANIFEST_SIGNED, _K.RECONCILED,
        _K.SHIFT_HANDED_OVER,
    }  # fmt: skip
    assert {*TRANSITIONS} == {*CustodyKind} - of_the_record
    for kind in TRANSITIONS:
        for phase in Phase:
            assert (phase_after(kind, phase) or forced_phase(kind, phase)) in Phase


def test_nothing_comes_after_disposal_but_words_about_it() -> None:
    after = {kind for kind in TRANSITIONS if phase_after(kind, Phase.DISPOSED)}
    assert after == {
        _K.EXPORTED, _K.CARRIED, _K.CORRECTED, _K.CONFLICT_RESOLVED, _K.SIGNED_OFF,
    }  # fmt: skip


def test_every_way_out_of_quarantine_takes_two_persons() -> None:
    out = {
        kind for kind, ways in TRANSITIONS.items()
        if ways.get(Phase.QUARANTINED, Phase.QUARANTINED) is not Phase.QUARANTINED
    }  # fmt: skip
    assert out == {_K.RELEASED, _K.DISPOSED}
    assert out <= TWO_PERSONS


def test_what_is_in_quarantine_is_wiped_once_it_is_released(ledger: Ledger) -> None:
    ledger.append([Entry(kind, device(1)) for kind in (_K.GOODS_IN, _K.QUARANTINED)], by=HAND)
    wiped = Entry(_K.WIPED, device(1))
    assert refusal(ledger, wiped) is ProblemCode.ILLEGAL_TRANSITION
    ledger.append([Entry(_K.RELEASED, device(1)), wiped], by=HAND, second=BOSS)
    known = ledger.device("device-1")
    assert known is not None
    assert known.phase is Phase.WIPED
