from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from bench.custody.entries import Actor
from bench.custody.ledger import Ledger
from bench.custody.people import changes, pin, tries
from bench.custody.people.badge import peppered
from bench.custody.people.checking import check_pin
from bench.custody.people.roles import Role, Standing
from bench.custody.people.sign_in import Locked, PinChecked
from bench.custody.people.tries import Try
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.people.enrolled import PEPPER, enrol, events, make, person, real_ledger
from tests.bench.custody.record import ROOT, program

PIN = "$argon2id$some-pin"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = real_ledger(tmp_path)
    yield opened
    opened.close()


def begin(ledger: Ledger, actor: Actor) -> Try:
    found: list[Try] = []
    ledger.append((), besides=lambda c: found.append(tries.begin(c, actor.id)))
    return found[0]


def wrong(ledger: Ledger, actor: Actor) -> None:
    make(ledger, tries.settle(begin(ledger, actor), is_right=False))


def test_five_wrong_pins_lock_and_the_record_says_so(ledger: Ledger) -> None:
    actor = enrol(ledger, Role.TECHNICIAN, 1, pin=PIN)
    for left in (4, 3, 2, 1, 0):
        assert person(ledger, actor).may_act
        wrong(ledger, actor)
        assert tries.left(person(ledger, actor)) == left
    assert person(ledger, actor).standing is Standing.LOCKED
    body = json.loads(events(ledger)[-1].body)
    assert (body["type"], body["reason"]) == ("person_changed", "five wrong PINs")
    with pytest.raises(ProblemError) as locked:
        begin(ledger, actor)
    assert locked.value.problem.code is ProblemCode.PERSON_LOCKED


def test_a_right_pin_starts_the_count_anew(ledger: Ledger) -> None:
    actor = enrol(ledger, Role.TECHNICIAN, 1, pin=PIN)
    for _ in range(4):
        wrong(ledger, actor)
    begun = begin(ledger, actor)
    assert begun.encoded == PIN
    assert PIN not in repr(begun)
    make(ledger, tries.settle(begun, is_right=True, renewed="$argon2id$dearer"))
    assert tries.left(person(ledger, actor)) == 5
    assert begin(ledger, actor).encoded == "$argon2id$dearer"


def test_an_unlocked_person_has_five_tries_again(ledger: Ledger) -> None:
    boss = enrol(ledger, Role.SUPERVISOR, 1)
    actor = enrol(ledger, Role.TECHNICIAN, 2, by=boss, pin=PIN)
    for _ in range(5):
        wrong(ledger, actor)
    make(ledger, changes.unlock(person(ledger, actor)), boss)
    assert person(ledger, actor).may_act
    assert tries.left(person(ledger, actor)) == 5


def test_a_right_pin_does_not_undo_what_a_supervisor_did_meanwhile(ledger: Ledger) -> None:
    boss = enrol(ledger, Role.SUPERVISOR, 1)
    actor = enrol(ledger, Role.TECHNICIAN, 2, by=boss, pin=PIN)
    begun = begin(ledger, actor)
    make(ledger, changes.lock(person(ledger, actor)), boss)
    make(ledger, tries.settle(begun, is_right=True))
    assert not person(ledger, actor).may_act


def test_who_has_no_pin_cannot_try_one(ledger: Ledger) -> None:
    actor = enrol(ledger, Role.TECHNICIAN, 1)
    with pytest.raises(ProblemError) as refused:
        begin(ledger, actor)
    assert refused.value.problem.code is ProblemCode.SIGN_IN_FIRST
    assert tries.left(person(ledger, actor)) == 5


def test_ending_the_program_before_a_check_gives_nobody_another_try(
    ledger: Ledger, tmp_path: Path
) -> None:
    actor = enrol(ledger, Role.TECHNICIAN, 1, pin=PIN)
    ledger.close()
    for _ in range(5):
        bench = subprocess.Popen(
            program("people.try_until_killed", tmp_path, actor.id),
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        assert bench.stdout is not None
        assert bench.stdout.readline() == b"begun\n"
        os.kill(bench.pid, signal.SIGKILL)
        bench.wait()
        bench.stdout.close()
    again = real_ledger(tmp_path)
    with pytest.raises(ProblemError) as locked:
        begin(again, actor)
    assert locked.value.problem.code is ProblemCode.PERSON_LOCKED
    assert person(again, actor).is_locked
    again.close()


# ── from end to end ─────────────────────────────────────────────────────────────────────────────
def cheap(digits: str) -> str:
    """Encode under the least that Argon2 takes: five wrong PINs need not take a second."""
    hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    return hasher.hash(peppered(PEPPER, "pin", digits))


def check(ledger: Ledger, actor: Actor, typed: str) -> PinChecked | Locked:
    return asyncio.run(check_pin(ledger.append, actor.id, typed, PEPPER, lambda: 7.0))


def test_a_right_pin_is_encoded_anew_when_the_parameters_have_risen(ledger: Ledger) -> None:
    actor = enrol(ledger, Role.TECHNICIAN, 1, pin=cheap("482915"))
    assert check(ledger, actor, "482916") == PinChecked(actor.id, is_right=False, left=4, at=7.0)
    assert check(ledger, actor, "482915") == PinChecked(actor.id, is_right=True, left=5, at=7.0)
    encoded = begin(ledger, actor).encoded
    assert not pin.is_outdated(encoded)
    assert pin.check(encoded, "482915", PEPPER)


def test_the_fifth_wrong_pin_locks_and_then_the_right_one_is_not_even_tried(ledger: Ledger) -> None:
    actor = enrol(ledger, Role.TECHNICIAN, 1, pin=cheap("482915"))
    answers = [check(ledger, actor, "000000") for _ in range(5)]
    assert answers[-1] == Locked(actor.id)
    with pytest.raises(ProblemError):
        check(ledger, actor, "482915")


def test_many_tries_at_once_are_still_five(ledger: Ledger) -> None:
    actor = enrol(ledger, Role.TECHNICIAN, 1, pin=cheap("482915"))

    async def storm() -> list[object]:
        tried = (
            check_pin(ledger.append, actor.id, str(n) * 6, PEPPER, lambda: 0) for n in range(9)
        )
        return await asyncio.gather(*tried, return_exceptions=True)

    answers = asyncio.run(storm())
    assert sum(isinstance(each, PinChecked | Locked) for each in answers) == 5
    assert person(ledger, actor).is_locked
