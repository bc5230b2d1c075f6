"""People who are sent down join a bench, change or leave, and what the bench decided stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from bench.custody.chain import parse
from bench.custody.database import connect_reader
from bench.custody.entries import Actor, SealedEvent
from bench.custody.key import BenchKey, new_pem
from bench.custody.ledger import Ledger
from bench.custody.people import audit, changes, pin, recorded, roster
from bench.custody.people.badge import Badge
from bench.custody.people.pin import Pin
from bench.custody.people.roles import Role, Standing
from bench.custody.people.roster import Person
from bench.custody.personal import erasure
from bench.inventory.releases.joining.bringing_in import BroughtIn, Sent, bring_in, decided
from bench.inventory.releases.joining.deciding import Join, LeftOut
from bench.inventory.releases.parts.people import SentPerson, SentPin, pepper_id
from bench.inventory.releases.release import PartLine, Receipt, Release
from bench.inventory.releases.signing import publisher_key, sign
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.people.enrolled import PEPPER, TODAY, ask, badge, enrol, make, real_ledger

PUBLISHER = BenchKey.from_pem(new_pem(), "made up")
MADE = datetime(2026, 11, 24, tzinfo=UTC)
PIN = "$argon2id$made-up"
NEW = SentPerson("p-00000000beef", Role.TECHNICIAN, Standing.ACTIVE, "Testperson Neu", badge(50))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(real_ledger(tmp_path)) as found:
        yield found


@pytest.fixture
def supervisor(ledger: Ledger) -> Actor:
    return enrol(ledger, Role.SUPERVISOR, 1, pin=PIN)


def note_of(*digests: str, number: int = 4, key: BenchKey = PUBLISHER) -> str:
    """A release whose parts of people have these digests, signed by a publisher."""
    lines = tuple(PartLine("people", 1, each, 2) for each in digests)
    made = Release("x.example/centre/bench-07", number, MADE, lines, Receipt(1, 0, "0" * 64))
    return str(sign(made, "x.example", key))


def of_people(
    ledger: Ledger, *people: SentPerson, today: date = TODAY, note: str = ""
) -> BroughtIn:
    def reading() -> AbstractContextManager[dbapi2.Connection]:
        return closing(connect_reader(ledger.path))

    sent = Sent(people, 4, "0f" * 32, note or note_of("0f" * 32))
    found = bring_in(sent, ledger, reading, PEPPER, today)
    again = bring_in(sent, ledger, reading, PEPPER, today)
    assert again.changes == 0, "what was done is not done again"
    assert all(isinstance(each, LeftOut) for each in decided(people, reading, PEPPER))
    assert not ask(ledger, lambda c: recorded.deviation(c, recorded.people_of(events(ledger))))
    return found


def events(ledger: Ledger) -> tuple[SealedEvent, ...]:
    return ledger.events(0, 10_000)


def here(ledger: Ledger, person: str) -> Person:
    return ask(ledger, lambda c: roster.person(c, person))


def sent(actor: Actor, role: Role, standing: Standing = Standing.ACTIVE) -> SentPerson:
    return SentPerson(actor.id, role, standing, "Testperson Da")


@pytest.mark.usefixtures("supervisor")
def test_a_technician_who_is_sent_joins_and_can_be_known_by_badge(ledger: Ledger) -> None:
    assert of_people(ledger, NEW) == BroughtIn(1)
    known = here(ledger, NEW.person)
    assert (known.role, known.standing, known.has_pin) == (Role.TECHNICIAN, Standing.ACTIVE, False)
    holder = ask(ledger, lambda c: roster.by_badge(c, badge(50), PEPPER))
    assert holder
    assert holder.id == NEW.person
    assert audit.faults(ledger.events(0, 100)) == ()


@pytest.mark.usefixtures("supervisor")
def test_the_record_says_by_which_release_someone_came(ledger: Ledger) -> None:
    of_people(ledger, NEW)
    body = parse(ledger.events(0, 100)[-1].body)
    assert body["type"] == "person_enrolled"
    data = body["data"]
    assert isinstance(data, dict)
    assert (data["release"], data["part"]) == (4, "0f" * 32)
    assert b"Testperson" not in b"".join(each.body for each in ledger.events(0, 100))


def test_an_auditor_sees_by_whose_word_somebody_came(ledger: Ledger, supervisor: Actor) -> None:
    assert supervisor
    of_people(ledger, NEW)
    known = publisher_key("x.example", PUBLISHER)
    stranger = publisher_key("x.example", BenchKey.from_pem(new_pem(), "made up"))
    assert audit.faults(events(ledger)) == ()
    assert audit.faults(events(ledger), [known]) == ()
    reasons = {fault.reason for fault in audit.faults(events(ledger), [stranger])}
    assert reasons == {
        "no publisher that is known signed its release", "only a supervisor may do that",
    }  # fmt: skip


@pytest.mark.parametrize(
    "note", [note_of("1f" * 32), note_of(), note_of("0f" * 32, number=5), "no note\n"]
)
def test_a_release_that_does_not_name_their_part_vouches_for_nobody(
    ledger: Ledger, supervisor: Actor, note: str
) -> None:
    assert supervisor
    of_people(ledger, NEW, note=note)
    reasons = [fault.reason for fault in audit.faults(events(ledger))]
    assert "only a supervisor may do that" in reasons


@pytest.mark.usefixtures("supervisor")
def test_a_pin_of_this_benchs_pepper_comes_along_and_another_does_not(ledger: Ledger) -> None:
    encoded = pin.encode(Pin.parse("739182"), PEPPER)
    ours = replace(NEW, pin=SentPin(encoded, pepper_id(PEPPER)))
    other = replace(
        NEW, person="p-00000000cafe", badge=badge(51), pin=SentPin(encoded, pepper_id(bytes(32)))
    )
    assert of_people(ledger, ours, other).changes == 2
    assert here(ledger, ours.person).has_pin
    assert not here(ledger, other.person).has_pin


def test_a_pin_that_was_set_here_is_not_replaced(ledger: Ledger, supervisor: Actor) -> None:
    of_people(ledger, NEW)
    make(ledger, changes.new_pin(here(ledger, NEW.person), "$argon2id$here"), supervisor)
    again = replace(NEW, pin=SentPin("$argon2id$there", pepper_id(PEPPER)))
    assert of_people(ledger, again).changes == 0


def test_a_role_changes_and_who_left_leaves(ledger: Ledger, supervisor: Actor) -> None:
    one, two = (enrol(ledger, Role.TECHNICIAN, n, by=supervisor) for n in (2, 3))
    found = of_people(ledger, sent(one, Role.AUDITOR), sent(two, Role.TECHNICIAN, Standing.RETIRED))
    assert found == BroughtIn(2)
    assert here(ledger, one.id).role is Role.AUDITOR
    assert here(ledger, two.id).standing is Standing.RETIRED


def test_who_is_not_named_is_not_touched(ledger: Ledger, supervisor: Actor) -> None:
    one = enrol(ledger, Role.TECHNICIAN, 2, by=supervisor)
    before = here(ledger, one.id), here(ledger, supervisor.id)
    of_people(ledger, NEW)
    assert (here(ledger, one.id), here(ledger, supervisor.id)) == before


@pytest.mark.parametrize("standing", [Standing.ACTIVE, Standing.RETIRED])
def test_the_last_supervisor_stays(ledger: Ledger, supervisor: Actor, standing: Standing) -> None:
    found = of_people(ledger, sent(supervisor, Role.TECHNICIAN, standing))
    assert found.changes == 0
    assert [each.person for each in found.left_out] == [supervisor.id]
    assert here(ledger, supervisor.id).role is Role.SUPERVISOR


def test_of_two_supervisors_who_are_sent_away_one_stays(ledger: Ledger, supervisor: Actor) -> None:
    other = enrol(ledger, Role.SUPERVISOR, 2, by=supervisor, pin=PIN)
    gone = [sent(each, Role.SUPERVISOR, Standing.RETIRED) for each in (supervisor, other)]
    found = of_people(ledger, *gone)
    assert (found.changes, len(found.left_out)) == (1, 1)
    assert ask(ledger, roster.has_supervisor)


def test_a_supervisor_may_be_followed_by_a_technician_who_becomes_one(
    ledger: Ledger, supervisor: Actor
) -> None:
    other = enrol(ledger, Role.TECHNICIAN, 2, by=supervisor, pin=PIN)
    found = of_people(
        ledger, sent(supervisor, Role.SUPERVISOR, Standing.RETIRED), sent(other, Role.SUPERVISOR)
    )
    assert found == BroughtIn(2)


def test_who_left_or_was_erased_here_does_not_come_back(ledger: Ledger, supervisor: Actor) -> None:
    one, two = (enrol(ledger, Role.TECHNICIAN, n, by=supervisor) for n in (2, 3))
    make(ledger, changes.retire(ledger._connection, here(ledger, one.id), TODAY), supervisor)
    make(ledger, erasure.erase(ledger._connection, two.id), supervisor)
    found = of_people(ledger, sent(one, Role.TECHNICIAN), sent(two, Role.SUPERVISOR))
    assert found.changes == 0
    assert {each.person for each in found.left_out} == {one.id, two.id}
    assert here(ledger, two.id).standing is Standing.ERASED


def test_who_is_locked_here_stays_locked(ledger: Ledger, supervisor: Actor) -> None:
    one = enrol(ledger, Role.TECHNICIAN, 2, by=supervisor)
    make(ledger, changes.lock(here(ledger, one.id)), supervisor)
    assert of_people(ledger, sent(one, Role.TECHNICIAN)).changes == 0
    assert here(ledger, one.id).standing is Standing.LOCKED


@pytest.mark.usefixtures("supervisor")
def test_someone_who_left_before_they_ever_came_does_not_come(ledger: Ledger) -> None:
    gone = replace(NEW, standing=Standing.RETIRED)
    assert of_people(ledger, gone) == BroughtIn(0)


def test_a_badge_that_is_anothers_here_is_not_given_twice(
    ledger: Ledger, supervisor: Actor
) -> None:
    one = enrol(ledger, Role.TECHNICIAN, 2, by=supervisor)
    found = of_people(ledger, replace(NEW, badge=badge(2)))
    assert here(ledger, one.id).has_badge
    assert not here(ledger, NEW.person).has_badge
    assert found.left_out
    assert {each.person for each in found.left_out} == {NEW.person}


def test_a_badge_passes_from_who_leaves_to_who_comes(ledger: Ledger, supervisor: Actor) -> None:
    one = enrol(ledger, Role.TECHNICIAN, 2, by=supervisor)
    found = of_people(
        ledger, sent(one, Role.TECHNICIAN, Standing.RETIRED), replace(NEW, badge=badge(2))
    )
    assert found.left_out == ()
    holder = ask(ledger, lambda c: roster.by_badge(c, badge(2), PEPPER))
    assert holder
    assert holder.id == NEW.person


@pytest.mark.usefixtures("supervisor")
def test_a_lost_badge_is_replaced_from_the_centre(ledger: Ledger) -> None:
    of_people(ledger, NEW)
    assert of_people(ledger, replace(NEW, badge=badge(60))) == BroughtIn(1)
    assert ask(ledger, lambda c: roster.by_badge(c, badge(50), PEPPER)) is None


@pytest.mark.parametrize("standing", [Standing.ACTIVE, Standing.RETIRED])
def test_a_supervisor_who_has_no_pin_yet_takes_nobodys_place(
    ledger: Ledger, supervisor: Actor, standing: Standing
) -> None:
    of_people(ledger, replace(NEW, role=Role.SUPERVISOR))
    found = of_people(ledger, sent(supervisor, Role.AUDITOR, standing))
    assert (found.changes, [each.person for each in found.left_out]) == (0, [supervisor.id])


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.SUPERVISOR])
def test_nobody_joins_a_bench_where_nobody_could_let_them_in(ledger: Ledger, role: Role) -> None:
    enrol(ledger, Role.SUPERVISOR, 1)
    before = ledger.tail()
    with pytest.raises(ProblemError) as refused:
        of_people(ledger, replace(NEW, role=role))
    assert refused.value.problem.code is ProblemCode.SUPERVISOR_FIRST
    assert ledger.tail() == before


def test_steps_show_no_name_and_no_badge() -> None:
    step = Join("p-00000000beef", "CANARY", Role.TECHNICIAN, Badge.parse("CANARY"), "CANARY")
    assert "CANARY" not in repr(step)
