from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.custody.entries import Actor, Proof, SealedEvent
from bench.custody.ledger import Ledger
from bench.custody.people import audit, changes, recorded, roster, tries
from bench.custody.people.roles import Role, Standing
from bench.custody.people.software_key import SoftwareKey
from bench.custody.personal import table
from bench.custody.personal.carrying_over import carry_over
from bench.custody.verification import verify_file
from bench.events.orders import CustodyKind, Json
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.people.enrolled import (
    PEPPER,
    TODAY,
    ask,
    badge,
    enrol,
    events,
    make,
    name,
    person,
    real_ledger,
    unproven,
)
from tests.bench.custody.record import tamper

WORDS = [
    "type", "data", "actor", "second", "id", "how", "person", "role", "standing", "key", "of",
    "sim", "confirms", "assertion", "override", "continues", "person_enrolled", "person_changed",
    "erased", "disposed", "signed_off", "epoch_opened", "supervisor", "technician", "active",
    "badge+pin", "fido2", "00" * 32,
]  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = real_ledger(tmp_path)
    yield opened
    opened.close()


def refused(ledger: Ledger, by: Actor, kind: CustodyKind) -> ProblemCode | None:
    try:
        ask(ledger, lambda c: roster.refuse_unfit(c, by, kind))
    except ProblemError as error:
        return error.problem.code
    return None


def test_a_person_enrolled_is_known_by_badge_and_named_only_beside_the_record(
    ledger: Ledger,
) -> None:
    actor = enrol(ledger, Role.SUPERVISOR, 1)
    found = ask(ledger, lambda c: roster.by_badge(c, badge(1), PEPPER))
    assert found is not None
    assert (found.id, found.role, found.may_act) == (actor.id, Role.SUPERVISOR, True)
    assert ask(ledger, lambda c: table.name_of(c, actor.id)) == name(1)
    body = json.loads(events(ledger)[-1].body)
    assert body["data"] == {"person": actor.id, "role": "supervisor", "standing": "active"}
    assert list(body["commit"]) == ["name"]
    assert b"Testperson" not in events(ledger)[-1].body


def test_a_badge_of_another_bench_or_of_nobody_is_unknown(ledger: Ledger) -> None:
    enrol(ledger, Role.SUPERVISOR, 1)
    assert ask(ledger, lambda c: roster.by_badge(c, badge(2), PEPPER)) is None
    assert ask(ledger, lambda c: roster.by_badge(c, badge(1), bytes(32))) is None


def test_one_badge_has_one_holder(ledger: Ledger) -> None:
    enrol(ledger, Role.SUPERVISOR, 1)
    before = len(events(ledger))
    with pytest.raises(ProblemError) as taken:
        enrol(ledger, Role.TECHNICIAN, 1)
    assert taken.value.problem.code is ProblemCode.BADGE_TAKEN
    assert len(events(ledger)) == before


def test_only_the_first_supervisor_is_enrolled_by_nobody(ledger: Ledger) -> None:
    nobody = Actor("technician")
    assert refused(ledger, nobody, CustodyKind.PERSON_ENROLLED) is None
    boss = enrol(ledger, Role.SUPERVISOR, 1)
    hand = enrol(ledger, Role.TECHNICIAN, 2, by=boss)
    assert refused(ledger, nobody, CustodyKind.PERSON_ENROLLED) is ProblemCode.SIGN_IN_FIRST
    assert refused(ledger, unproven(boss), CustodyKind.ERASED) is ProblemCode.SIGN_IN_FIRST
    copied = Actor(boss.id, Proof.BADGE)
    assert refused(ledger, copied, CustodyKind.ERASED) is ProblemCode.SIGN_IN_FIRST
    assert refused(ledger, hand, CustodyKind.ERASED) is ProblemCode.NOT_THEIR_TASK
    assert refused(ledger, boss, CustodyKind.ERASED) is None


def test_locking_the_only_supervisor_out_makes_nobody_else_one(ledger: Ledger) -> None:
    boss = enrol(ledger, Role.SUPERVISOR, 1)
    hand = enrol(ledger, Role.TECHNICIAN, 2, by=boss)
    make(ledger, changes.lock(person(ledger, boss)))
    for by in (hand, boss, Actor("technician")):
        assert refused(ledger, by, CustodyKind.PERSON_ENROLLED) is not None


def test_the_last_supervisor_cannot_leave_or_step_down(ledger: Ledger) -> None:
    boss = enrol(ledger, Role.SUPERVISOR, 1)
    who = person(ledger, boss)
    with pytest.raises(ProblemError) as kept:
        ask(ledger, lambda c: changes.retire(c, who, TODAY))
    assert kept.value.problem.code is ProblemCode.LAST_SUPERVISOR
    with pytest.raises(ProblemError):
        ask(ledger, lambda c: changes.change_role(c, who, Role.AUDITOR))
    enrol(ledger, Role.SUPERVISOR, 2, by=boss)
    make(ledger, ask(ledger, lambda c: changes.retire(c, person(ledger, boss), TODAY)), boss)
    assert person(ledger, boss).standing is Standing.RETIRED


def test_who_has_left_is_forgotten_but_for_the_name(ledger: Ledger) -> None:
    boss = enrol(ledger, Role.SUPERVISOR, 1)
    gone = enrol(
        ledger, Role.TECHNICIAN, 2, by=boss, pin="$argon2id$", key=SoftwareKey.make().public
    )
    make(ledger, ask(ledger, lambda c: changes.retire(c, person(ledger, gone), TODAY)), boss)
    left = person(ledger, gone)
    assert (left.has_badge, left.has_pin, left.key, left.retired_on) == (False, False, None, TODAY)
    assert ask(ledger, lambda c: table.name_of(c, gone.id)) == name(2)
    assert gone.id not in ask(ledger, roster.roles)
    with pytest.raises(ProblemError):
        changes.unlock(left)
    with pytest.raises(ProblemError):
        changes.new_pin(left, "$argon2id$")
    enrol(ledger, Role.TECHNICIAN, 2, by=boss)  # the badge can be given to the next


def test_a_lost_badge_is_replaced_and_opens_nothing_any_more(ledger: Ledger) -> None:
    boss = enrol(ledger, Role.SUPERVISOR, 1)
    change = ask(ledger, lambda c: changes.new_badge(c, person(ledger, boss), badge(9), PEPPER))
    make(ledger, change, boss)
    assert ask(ledger, lambda c: roster.by_badge(c, badge(1), PEPPER)) is None
    assert ask(ledger, lambda c: roster.by_badge(c, badge(9), PEPPER)) == person(ledger, boss)


def test_a_role_or_standing_changed_by_hand_is_found(ledger: Ledger) -> None:
    boss = enrol(ledger, Role.SUPERVISOR, 1, key=SoftwareKey.make().public)
    hand = enrol(ledger, Role.TECHNICIAN, 2, by=boss)
    make(ledger, changes.lock(person(ledger, hand)), boss)
    said = recorded.people_of(events(ledger))
    assert ask(ledger, lambda c: recorded.deviation(c, said)) == ""
    tamper(ledger.path, "UPDATE person SET role = 'supervisor' WHERE role = 'technician'")
    assert hand.id in ask(ledger, lambda c: recorded.deviation(c, said))
    tamper(ledger.path, "UPDATE person SET role = 'technician' WHERE standing = 'locked'")
    assert ask(ledger, lambda c: recorded.deviation(c, said)) == ""
    tamper(ledger.path, "UPDATE credential SET key = NULL")
    assert boss.id in ask(ledger, lambda c: recorded.deviation(c, said))
    tamper(
        ledger.path,
        "INSERT INTO person (id, role, standing, enrolled_on)"
        " VALUES ('p-0', 'supervisor', 'active', '2026-11-02')",
    )
    assert "p-0" in ask(ledger, lambda c: recorded.deviation(c, said))


def test_the_people_of_an_epoch_work_on_in_the_next(ledger: Ledger, tmp_path: Path) -> None:
    key = SoftwareKey.make().public
    boss = enrol(ledger, Role.SUPERVISOR, 1, pin="$argon2id$", key=key)
    gone = enrol(ledger, Role.TECHNICIAN, 2, by=boss)
    hand = enrol(ledger, Role.TECHNICIAN, 3, by=boss, pin="$argon2id$")
    make(ledger, ask(ledger, lambda c: changes.retire(c, person(ledger, gone), TODAY)), boss)
    begun: list[tries.Try] = []
    ledger.append((), besides=lambda c: begun.append(tries.begin(c, hand.id)))
    assert [each.encoded for each in begun] == ["$argon2id$"]
    (tmp_path / "next").mkdir()
    after = real_ledger(tmp_path / "next")
    make(after, ask(ledger, carry_over), boss)
    assert person(after, boss) == person(ledger, boss)
    assert person(after, hand) == person(ledger, hand)
    assert person(after, hand).tries == 1
    assert ask(after, lambda c: table.name_of(c, hand.id)) == name(3)
    assert gone.id not in {each.id for each in ask(after, roster.people)}
    assert ask(after, lambda c: recorded.deviation(c, recorded.people_of(events(after)))) == ""
    after.close()
    assert verify_file(after.path).verifies


def test_no_text_from_outside_is_read_as_sql_or_as_a_person(ledger: Ledger) -> None:
    with pytest.raises(ProblemError) as unknown:
        ask(ledger, lambda c: roster.person(c, "p-1' OR '1'='1"))
    assert unknown.value.problem.code is ProblemCode.PERSON_UNKNOWN


@pytest.mark.parametrize("key", ["", "{", "[]", "[" * 5000, '{"alg": -7}'])
def test_a_row_that_cannot_be_read_is_a_damaged_record(ledger: Ledger, key: str) -> None:
    boss = enrol(ledger, Role.SUPERVISOR, 1)
    tamper(ledger.path, "UPDATE credential SET key = CAST(? AS BLOB)", values=(key,))
    with pytest.raises(ProblemError) as damaged:
        person(ledger, boss)
    assert damaged.value.problem.code is ProblemCode.LEDGER_DAMAGED


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(WORDS) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=6)
    ),
    max_leaves=12,
)
bodies = st.dictionaries(st.sampled_from(WORDS), json_values, max_size=8)


@given(st.lists(bodies, max_size=6), st.binary(max_size=20))
def test_whatever_a_record_says_of_people_nothing_falls_over(
    said: list[dict[str, Json]], rubbish: bytes
) -> None:
    texts = [*(json.dumps(body).encode() for body in said), rubbish]
    found = [SealedEvent(seq, text, bytes(32), bytes(64)) for seq, text in enumerate(texts, 1)]
    people = recorded.people_of(found)
    assert all(isinstance(each.role, Role) for each in people.values())
    assert all(1 <= fault.seq <= len(found) for fault in audit.faults(found))
