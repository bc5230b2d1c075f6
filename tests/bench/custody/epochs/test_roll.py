"""Who may act in the epoch that follows, and who is erased from those before."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from bench.custody.chain import parse
from bench.custody.entries import Actor, Entry, PersonalText, Proof
from bench.custody.epochs.beginning import Why
from bench.custody.epochs.erasing import Left, erase_from_old, forget_in_old, is_in_old
from bench.custody.epochs.verifying import verify_epochs
from bench.custody.people import audit, changes, roster
from bench.custody.people.changes import Enrolment
from bench.custody.people.pin import Pin, encode
from bench.custody.people.roles import Role, Standing
from bench.custody.personal import erasure, table
from bench.events.orders import CustodyKind
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.epochs.set_aside import (
    RECORD,
    damage,
    found_in,
    opened_again,
    opened_anew,
)
from tests.bench.custody.people.enrolled import (
    PEPPER,
    REAL,
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
from tests.bench.custody.personal.traces import traces
from tests.bench.custody.record import tamper


@pytest.fixture(scope="module")
def encoded() -> str:
    return encode(Pin.parse("482915"), PEPPER)


def staffed(folder: Path, encoded: str | None = None) -> tuple[Actor, Actor]:
    """Make a record with a supervisor and a technician and some events; return the two."""
    with closing(real_ledger(folder)) as ledger:
        boss = enrol(ledger, Role.SUPERVISOR, 1, pin=encoded)
        hand = enrol(ledger, Role.TECHNICIAN, 2, by=boss, pin=encoded)
        for _ in range(5):
            ledger.append([Entry(CustodyKind.SESSION_OPENED)], by=hand)
    return boss, hand


def test_people_go_on_with_their_badges_pins_and_names(tmp_path: Path, encoded: str) -> None:
    boss, hand = staffed(tmp_path, encoded)
    damage(tmp_path / RECORD, 6)
    with closing(opened_anew(tmp_path, header=REAL, by=boss, second=hand)) as ledger:
        assert person(ledger, boss).may_act
        assert person(ledger, hand).role is Role.TECHNICIAN
        holder = ask(ledger, lambda c: roster.by_badge(c, badge(2), PEPPER))
        assert holder is not None
        assert holder.id == hand.id
        assert ask(ledger, lambda c: table.name_of(c, hand.id)) == name(2)
        assert audit.faults(events(ledger)) == ()
        first = parse(events(ledger)[0].body)
        assert first["reason"] == "the record was damaged"
        assert [parse(each.body)["type"] for each in events(ledger)] == [
            "epoch_opened", "person_enrolled", "person_enrolled", "signed_off"
        ]  # fmt: skip
    opened_again(tmp_path, REAL).close()


def test_who_stands_in_the_table_alone_is_not_taken_over(tmp_path: Path) -> None:
    boss, hand = staffed(tmp_path)
    tamper(
        tmp_path / RECORD,
        "INSERT INTO person (id, role, standing, enrolled_on)"
        " VALUES ('p-666666666666', 'supervisor', 'active', '2026-11-02')",
        f"UPDATE person SET role = 'supervisor' WHERE id = '{hand.id}'",
    )
    found = found_in(tmp_path)
    assert [each.id for each in roster.people(found.roll.connection)] == [boss.id]
    assert sorted(found.roll.left) == sorted([
        f"{hand.id}: supervisor, active; recorded as technician, active",
        "p-666666666666: not in the record",
    ])  # fmt: skip
    assert not found.roll.can_decide


def test_who_left_or_was_erased_does_not_come_back(tmp_path: Path) -> None:
    boss, hand = staffed(tmp_path)
    with closing(real_ledger(tmp_path)) as ledger:
        gone, left = (
            enrol(ledger, Role.AUDITOR, 3, by=boss),
            enrol(ledger, Role.AUDITOR, 4, by=boss),
        )
        make(ledger, ask(ledger, lambda c: erasure.erase(c, gone.id)), boss)
        make(ledger, ask(ledger, lambda c: changes.retire(c, person(ledger, left), TODAY)), boss)
    with closing(opened_anew(tmp_path, Why.REIMAGED, header=REAL, by=boss, second=hand)) as ledger:
        assert {each.id for each in ask(ledger, roster.people)} == {boss.id, hand.id}
        assert name(3) not in str(ask(ledger, lambda c: [*table.everything(c)]))


@pytest.mark.parametrize(
    ("swap", "code"),
    [(True, ProblemCode.NOT_THEIR_TASK), (False, ProblemCode.NEEDS_SECOND_PERSON)],
)
def test_a_technician_opens_no_epoch_and_nobody_alone(
    tmp_path: Path, swap: bool, code: ProblemCode
) -> None:
    boss, hand = staffed(tmp_path)
    by, second = (hand, boss) if swap else (boss, unproven(hand))
    with pytest.raises(ProblemError) as refused:
        opened_anew(tmp_path, Why.REIMAGED, header=REAL, by=by, second=second)
    assert refused.value.problem.code is code


def test_somebody_unknown_opens_no_epoch(tmp_path: Path) -> None:
    _, hand = staffed(tmp_path)
    with pytest.raises(ProblemError) as refused:
        opened_anew(tmp_path, Why.REIMAGED, header=REAL, second=hand)
    assert refused.value.problem.code is ProblemCode.SIGN_IN_FIRST


def test_where_nobody_is_left_two_first_people_begin_and_the_epoch_says_so(
    tmp_path: Path, encoded: str
) -> None:
    staffed(tmp_path)
    (tmp_path / RECORD).write_bytes(b"no database at all" * 1000)
    found = found_in(tmp_path)
    assert not found.roll.can_decide
    boss = Enrolment(name(5), Role.SUPERVISOR, badge(5), encoded)
    hand = Enrolment(name(6), Role.TECHNICIAN, badge(6), encoded)
    found.roll.enrol(boss, PEPPER, TODAY)
    found.roll.enrol(hand, PEPPER, TODAY)
    by, second = (Actor(each.person, Proof.BADGE_PIN) for each in (boss, hand))
    with closing(opened_anew(tmp_path, found=found, header=REAL, by=by, second=second)) as ledger:
        reason = parse(events(ledger)[0].body)["reason"]
        assert "the first are enrolled anew" in str(reason)
        assert audit.faults(events(ledger)) == ()
        assert person(ledger, by).may_act
        assert ask(ledger, lambda c: table.name_of(c, second.id)) == name(6)


def test_nobody_is_made_supervisor_beside_one_that_is_left(tmp_path: Path) -> None:
    staffed(tmp_path)
    found = found_in(tmp_path)
    with pytest.raises(ProblemError) as refused:
        found.roll.enrol(Enrolment(name(5), Role.SUPERVISOR, badge(5)), PEPPER, TODAY)
    assert refused.value.problem.code is ProblemCode.SIGN_IN_FIRST


# ── erasing ─────────────────────────────────────────────────────────────────────────────────────
def noted(folder: Path, boss: Actor, hand: Actor) -> None:
    with closing(real_ledger(folder)) as ledger:
        note = PersonalText("note", f"given to {name(2)}", hand.id)
        ledger.append([Entry(CustodyKind.SESSION_OPENED, personal=(note,))], by=boss)


def test_a_person_is_erased_from_the_old_epochs_too(tmp_path: Path) -> None:
    boss, hand = staffed(tmp_path)
    noted(tmp_path, boss, hand)
    opened_anew(tmp_path, Why.REIMAGED, header=REAL, by=boss, second=hand).close()
    wanted = [name(2).encode(), badge(2).code(PEPPER)]
    assert "ledger-e1.db" in {path.name for path in held(tmp_path, wanted)}
    (old,) = erase_from_old(tmp_path / RECORD, hand.id)
    assert (old.path.name, old.left) == ("ledger-e1.db", Left.ERASED)
    assert "ledger-e1.db" not in {path.name for path in held(tmp_path, wanted)}
    assert erase_from_old(tmp_path / RECORD, hand.id)[0].left is Left.NOTHING
    assert all(each.stands for each in verify_epochs(tmp_path / RECORD))


def held(folder: Path, wanted: list[bytes]) -> list[Path]:
    return [Path(each) for each in traces(folder, wanted)]


def test_a_damaged_epoch_is_erased_where_it_can_be_written(tmp_path: Path) -> None:
    boss, hand = staffed(tmp_path)
    damage(tmp_path / RECORD, 6)
    opened_anew(tmp_path, header=REAL, by=boss, second=hand).close()
    (old,) = erase_from_old(tmp_path / RECORD, hand.id)
    assert old.left is Left.ERASED
    assert "ledger-e1.db" not in {path.name for path in held(tmp_path, [name(2).encode()])}


def test_an_old_epoch_that_cannot_be_written_is_told_of(tmp_path: Path) -> None:
    boss, hand = staffed(tmp_path)
    opened_anew(tmp_path, Why.REIMAGED, header=REAL, by=boss, second=hand).close()
    old = tmp_path / "ledger-e1.db"
    content = bytearray(old.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    old.write_bytes(content)
    (found,) = erase_from_old(tmp_path / RECORD, hand.id)
    assert found.left is Left.STAYS
    assert found.reason
    assert str(found).startswith("ledger-e1.db: it may still hold what was erased; destroy it")


def test_what_is_past_its_date_goes_from_old_epochs(tmp_path: Path) -> None:
    boss, hand = staffed(tmp_path)
    noted(tmp_path, boss, hand)
    opened_anew(tmp_path, Why.REIMAGED, header=REAL, by=boss, second=hand).close()
    assert forget_in_old(tmp_path / RECORD, TODAY)[0].left is Left.NOTHING
    assert forget_in_old(tmp_path / RECORD, TODAY.replace(year=2028))[0].left is Left.ERASED
    assert not held(tmp_path, [b"given to "])


def test_those_who_are_only_in_the_old_epoch_stay_known_there(tmp_path: Path) -> None:
    boss, hand = staffed(tmp_path)
    with closing(real_ledger(tmp_path)) as ledger:
        left = enrol(ledger, Role.AUDITOR, 4, by=boss)
        make(
            ledger, ask(ledger, lambda c: changes.retire(c, roster.person(c, left.id), TODAY)), boss
        )
        assert person(ledger, left).standing is Standing.RETIRED
    opened_anew(tmp_path, Why.REIMAGED, header=REAL, by=boss, second=hand).close()
    assert is_in_old(tmp_path / RECORD, left.id)
    assert erase_from_old(tmp_path / RECORD, left.id)[0].left is Left.ERASED
    assert not is_in_old(tmp_path / RECORD, left.id)
    (tmp_path / "ledger-e1.db").write_bytes(b"no database" * 100)
    assert not is_in_old(tmp_path / RECORD, left.id)
