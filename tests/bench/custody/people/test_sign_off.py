from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.custody.chain import parse
from bench.custody.entries import Actor, Entry, LedgerHeader, Proof
from bench.custody.ledger import Ledger
from bench.custody.people import audit, changes
from bench.custody.people.roles import MAY, MAY_SECOND, Role, may, may_second
from bench.custody.people.second_factor import challenge_over
from bench.custody.people.sign_off import check_sign_off, key_answer
from bench.custody.people.software_key import SoftwareKey
from bench.custody.two_persons import TWO_PERSONS
from bench.custody.verification import verify_file
from bench.events.orders import CustodyKind
from bench.identity.identifiers import Imei
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.people.enrolled import enrol, events, make, person, real_ledger
from tests.bench.custody.record import device, open_ledger

HAND = Actor("p-00000000000a", Proof.BADGE_PIN)
BOSS = Actor("p-00000000000b", Proof.BADGE_PIN)
OTHER = Actor("p-00000000000c", Proof.BADGE_PIN)
AUDITOR = Actor("p-00000000000d", Proof.BADGE_PIN)
ROLES = {
    HAND.id: Role.TECHNICIAN,
    BOSS.id: Role.SUPERVISOR,
    OTHER.id: Role.TECHNICIAN,
    AUDITOR.id: Role.AUDITOR,
}
K = CustodyKind


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = real_ledger(tmp_path)
    yield opened
    opened.close()


def why_not(
    kind: CustodyKind, first: Actor, second: Actor, *, override: bool = False, key: bool = False
) -> str:
    try:
        check_sign_off(kind, first, second, ROLES, override=override, key_needed=key)
    except ProblemError as error:
        is_it = error.problem.code is ProblemCode.NEEDS_SECOND_PERSON
        return error.problem.detail if is_it else error.problem.code
    return ""


# ── who may ─────────────────────────────────────────────────────────────────────────────────────
def test_every_kind_that_takes_two_says_who_the_second_may_be() -> None:
    assert MAY_SECOND.keys() == TWO_PERSONS | {K.EPOCH_OPENED}


def test_everything_but_the_bench_s_own_notes_is_somebody_s_to_do() -> None:
    own = {K.CHECKPOINTED, K.CLOCK_STEPPED, K.RELEASE_TAKEN}
    assert frozenset().union(*MAY.values()) == frozenset(K) - own


@pytest.mark.parametrize(
    ("role", "kind", "is_theirs"),
    [
        (Role.TECHNICIAN, K.SCANNED, True),
        (Role.TECHNICIAN, K.DISPOSED, True),
        (Role.TECHNICIAN, K.CONFLICT_RESOLVED, False),
        (Role.TECHNICIAN, K.PERSON_ENROLLED, False),
        (Role.TECHNICIAN, K.ERASED, False),
        (Role.SUPERVISOR, K.ERASED, True),
        (Role.SUPERVISOR, K.EPOCH_OPENED, True),
        (Role.AUDITOR, K.EXPORTED, True),
        (Role.AUDITOR, K.SCANNED, False),
        (Role.AUDITOR, K.DISPOSED, False),
    ],
)
def test_who_may_do_what_is_one_table(role: Role, kind: CustodyKind, is_theirs: bool) -> None:
    assert may(role, kind) is is_theirs


def test_a_second_person_is_another_one() -> None:
    assert why_not(K.DISPOSED, HAND, BOSS) == ""
    assert "same person" in why_not(K.DISPOSED, BOSS, BOSS)
    assert "same person" in why_not(K.DISPOSED, BOSS, replace(BOSS, how=Proof.FIDO2))


@pytest.mark.parametrize("how", [Proof.UNPROVEN, Proof.BADGE])
def test_a_second_person_shows_who_they_are(how: Proof) -> None:
    assert "prove" in why_not(K.DISPOSED, HAND, replace(BOSS, how=how))


@pytest.mark.parametrize("kind", [K.DISPOSED, K.CORRECTED, K.RELEASED])
def test_where_a_supervisor_is_needed_a_technician_is_not_enough(kind: CustodyKind) -> None:
    assert "technician" in why_not(kind, HAND, OTHER)
    assert "auditor" in why_not(kind, HAND, AUDITOR)
    assert why_not(kind, HAND, BOSS) == ""


def test_a_supervisor_s_own_decision_is_watched_by_any_other_person() -> None:
    for kind in (K.CONFLICT_RESOLVED, K.EPOCH_OPENED):
        assert why_not(kind, BOSS, OTHER) == ""
        assert why_not(kind, BOSS, AUDITOR) == ""


def test_an_override_takes_a_supervisor_whatever_it_is() -> None:
    assert "technician" in why_not(K.CONFLICT_RESOLVED, BOSS, OTHER, override=True)
    assert why_not(K.STAGED, HAND, BOSS, override=True) == ""
    assert not may_second(Role.SUPERVISOR, K.STAGED)


def test_whoever_has_left_signs_nothing_off() -> None:
    gone = Actor("p-00000000000e", Proof.BADGE_PIN)
    assert "may not act" in why_not(K.DISPOSED, HAND, gone)


def test_a_force_may_ask_for_a_key() -> None:
    assert "key" in why_not(K.DISPOSED, HAND, BOSS, key=True)
    for how in (Proof.FIDO2, Proof.SMARTCARD):
        assert why_not(K.DISPOSED, HAND, replace(BOSS, how=how), key=True) == ""


# ── what the record says ────────────────────────────────────────────────────────────────────────
def real_device(number: int) -> Entry:
    imei = Imei.with_check_digit(f"35000000{number:06d}")
    return Entry(K.GOODS_IN, replace(device(number), imeis=(imei,)))


def disposed(number: int) -> Entry:
    return replace(real_device(number), kind=K.DISPOSED, override="broken on arrival")


def team(ledger: Ledger, key: SoftwareKey | None = None) -> tuple[Actor, Actor]:
    boss = enrol(ledger, Role.SUPERVISOR, 1, key=key.public if key else None)
    return boss, enrol(ledger, Role.TECHNICIAN, 2, by=boss)


def reasons(ledger: Ledger) -> list[str]:
    return [fault.reason for fault in audit.faults(events(ledger))]


def test_a_record_in_which_two_persons_did_what_takes_two_is_in_order(ledger: Ledger) -> None:
    boss, hand = team(ledger)
    ledger.append([real_device(1)], by=hand)
    ledger.append([disposed(1)], by=hand, second=boss)
    ledger.append([Entry(K.EXPORTED)], by=boss)
    assert parse(events(ledger)[-2].body)["type"] == "signed_off"
    assert audit.faults(events(ledger)) == ()


def test_a_sign_off_by_whoever_may_not_is_found_in_the_record(ledger: Ledger) -> None:
    boss, hand = team(ledger)
    other = enrol(ledger, Role.TECHNICIAN, 3, by=boss)
    ledger.append([disposed(1)], by=hand, second=other)
    assert reasons(ledger) == ["nobody signed it off", "not a technician's to sign off"]


def test_what_nobody_signed_off_is_found(ledger: Ledger) -> None:
    boss, hand = team(ledger)
    ledger.append([disposed(1)], by=hand, second=boss)
    done, _ = events(ledger)[-2:]
    (missing,) = audit.faults(events(ledger)[:-1])
    assert (missing.seq, missing.reason) == (done.seq, "nobody signed it off")


def test_roles_count_as_they_were_when_it_happened(ledger: Ledger) -> None:
    boss, hand = team(ledger)
    other = enrol(ledger, Role.SUPERVISOR, 3, by=boss)
    ledger.append([disposed(1)], by=hand, second=other)
    make(ledger, changes.lock(person(ledger, other)), boss)
    assert reasons(ledger) == []
    ledger.append([disposed(2)], by=hand, second=other)
    assert "that person may not act here" in reasons(ledger)


def test_deeds_of_whoever_may_not_do_them_are_found(ledger: Ledger) -> None:
    boss, hand = team(ledger)
    ledger.append([Entry(K.ERASED)], by=hand)
    assert reasons(ledger) == ["not a technician's to do"]
    ledger.append([Entry(K.SCANNED)], by=replace(hand, how=Proof.BADGE))
    assert reasons(ledger)[1:] == [f"{hand.id} did not show who they are"]
    make(ledger, changes.lock(person(ledger, hand)), boss)
    ledger.append([Entry(K.SESSION_CLOSED)], by=hand)
    ledger.append([Entry(K.SCANNED)], by=hand)
    assert reasons(ledger)[2:] == [f"{hand.id} was locked"]


def test_a_supervisor_whom_nobody_made_one_is_found(ledger: Ledger) -> None:
    team(ledger)
    enrol(ledger, Role.SUPERVISOR, 3)
    assert reasons(ledger) == ["only a supervisor may do that"]


def test_training_needs_two_persons_and_no_proof(tmp_path: Path) -> None:
    training = open_ledger(tmp_path, LedgerHeader("bench-07", simulated=True))
    entry = Entry(K.CORRECTED, device(1), override="for training")
    training.append([entry], by=Actor("technician"), second=Actor("supervisor"))
    assert audit.faults(training.events(0, 100)) == ()
    training.close()


# ── with a key ──────────────────────────────────────────────────────────────────────────────────
def signed_by_key(ledger: Ledger, key: SoftwareKey, signer: Actor, leaves: list[bytes]) -> None:
    answer = asyncio.run(key.sign(challenge_over(leaves)))
    ledger.append([key_answer(leaves, answer)], by=signer)


def test_a_key_s_sign_off_can_be_checked_from_the_record_alone(ledger: Ledger) -> None:
    key = SoftwareKey.make()
    boss, hand = team(ledger, key)
    boss = replace(boss, how=Proof.FIDO2)
    done = ledger.append([disposed(1), disposed(2)], by=hand, second=boss)
    assert reasons(ledger) == ["the key's answer is missing"]
    signed_by_key(ledger, key, boss, [each.hash for each in done])
    assert audit.faults(events(ledger)) == ()
    assert len(events(ledger)[-1].body) < 1400
    ledger.close()
    assert verify_file(ledger.path).verifies


def test_a_key_s_answer_over_other_events_is_found(ledger: Ledger) -> None:
    key = SoftwareKey.make()
    boss, hand = team(ledger, key)
    done = ledger.append([disposed(1), disposed(2)], by=hand, second=boss)
    answer = asyncio.run(key.sign(challenge_over([done[0].hash])))
    ledger.append([key_answer([done[1].hash], answer)], by=boss)
    assert reasons(ledger) == ["It is over other events."]


def test_the_answer_of_a_key_that_was_never_enrolled_is_found(ledger: Ledger) -> None:
    boss, hand = team(ledger)
    done = ledger.append([disposed(1)], by=hand, second=boss)
    signed_by_key(ledger, SoftwareKey.make(), boss, [done[0].hash])
    assert reasons(ledger) == [f"{boss.id} has no key in the record"]
    make(ledger, changes.new_key(person(ledger, boss), SoftwareKey.make().public), boss)
    signed_by_key(ledger, SoftwareKey.make(), boss, [done[0].hash])
    assert reasons(ledger)[1:] == ["It is another key."]


def test_an_answer_used_twice_is_found(ledger: Ledger) -> None:
    key = SoftwareKey.make()
    boss, hand = team(ledger, key)
    done = ledger.append([disposed(1)], by=hand, second=boss)
    entry = key_answer([done[0].hash], asyncio.run(key.sign(challenge_over([done[0].hash]))))
    ledger.append([entry, entry], by=boss)
    assert reasons(ledger) == ["The key's count did not rise: there may be a copy of it."]


@pytest.mark.parametrize("of", [None, "x", [7], ["zz"], [[]], {}])
def test_a_sign_off_that_says_nonsense_signs_nothing_and_stops_nobody(
    ledger: Ledger, of: object
) -> None:
    boss, _ = team(ledger, SoftwareKey.make())
    data = {"of": of, "confirms": of, "assertion": {"credential": 7}}
    ledger.append([Entry(K.SIGNED_OFF, data=data)], by=boss)  # type: ignore[arg-type]
    assert reasons(ledger) == ["the key's answer cannot be read"]
