from __future__ import annotations

import json
import os
import pty
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.command_line import people
from bench.command_line.people_desk import PeopleDesk
from bench.custody.backup.plan import BackupName
from bench.custody.database import connect_reader
from bench.custody.entries import Actor, Entry, PersonalText
from bench.custody.ledger import Ledger
from bench.custody.people import audit, changes, pin, roster
from bench.custody.people.pin import Pin
from bench.custody.people.roles import Role, Standing
from bench.events.orders import CustodyKind
from tests.bench.command_line.answering import Answers, desk
from tests.bench.custody.people.enrolled import (
    PEPPER,
    ask,
    badge,
    enrol,
    events,
    make,
    name,
    person,
    real_ledger,
)
from tests.bench.custody.personal.traces import traces
from tests.bench.custody.record import ROOT

PIN = "482915"
SIGN_IN = (badge(1).uid, PIN)
"""Badge and PIN of the supervisor."""


@pytest.fixture(scope="module")
def encoded() -> str:
    return pin.encode(Pin.parse(PIN), PEPPER)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = real_ledger(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def boss(ledger: Ledger, encoded: str) -> Actor:
    return enrol(ledger, Role.SUPERVISOR, 1, pin=encoded)


def test_the_first_supervisor_is_enrolled_and_enrols_the_next(
    ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    first = Answers(name(1), badge(1).uid, PIN, PIN)
    assert people.enrol(desk(ledger, first), Role.SUPERVISOR) == 0
    next_ = Answers(*SIGN_IN, name(2), badge(2).uid, "907361", "907361")
    assert people.enrol(desk(ledger, next_), Role.TECHNICIAN) == 0
    assert [each.role for each in ask(ledger, roster.people) if each.may_act] != []
    assert sorted(ask(ledger, roster.roles).values()) == [Role.SUPERVISOR, Role.TECHNICIAN]
    assert audit.faults(events(ledger)) == ()
    said = capsys.readouterr()
    assert PIN not in said.out + said.err
    assert badge(1).uid not in said.out + said.err


def test_badge_and_pin_are_never_shown_while_they_are_typed(ledger: Ledger) -> None:
    answers = Answers(name(1), badge(1).uid, PIN, PIN)
    people.enrol(desk(ledger, answers), Role.SUPERVISOR)
    assert [shown for _, shown in answers.asked] == [True, False, False, False]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ((), "nothing was changed"),
        ((" ",), "Give a name"),
        (("Testperson", "x"), "A badge has"),
        (("Testperson", "04A21B01", "123456"), "easily guessed"),
        (("Testperson", "04A21B01", PIN, "482916"), "differ"),
    ],
)
def test_an_enrolment_that_breaks_off_changes_nothing(
    ledger: Ledger,
    capsys: pytest.CaptureFixture[str],
    answers: tuple[str, ...],
    reason: str,
) -> None:
    assert people.enrol(desk(ledger, Answers(*answers)), Role.SUPERVISOR) == 1
    said = capsys.readouterr().err
    assert reason in said
    assert not any(word in said for word in answers[2:])
    assert len(events(ledger)) == 1


def test_the_first_person_is_a_supervisor(
    ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = Answers(name(1), badge(1).uid, PIN, PIN)
    assert people.enrol(desk(ledger, answers), Role.TECHNICIAN) == 1
    assert "first" in capsys.readouterr().err
    assert ask(ledger, roster.people) == ()


def test_a_technician_enrols_nobody(
    ledger: Ledger, boss: Actor, encoded: str, capsys: pytest.CaptureFixture[str]
) -> None:
    enrol(ledger, Role.TECHNICIAN, 2, by=boss, pin=encoded)
    answers = Answers(badge(2).uid, PIN, name(3))
    assert people.enrol(desk(ledger, answers), Role.SUPERVISOR) == 1
    assert "may not do that" in capsys.readouterr().err
    assert len(answers.asked) == 2


def test_five_wrong_pins_at_the_desk_lock(
    ledger: Ledger, boss: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    for said in ("4 tries left", "3 tries left", "2 tries left", "1 tries left", "locked out"):
        assert people.unlock(desk(ledger, Answers(badge(1).uid, "000000")), boss.id) == 1
        assert said in capsys.readouterr().err
    assert person(ledger, boss).is_locked
    assert people.unlock(desk(ledger, Answers(*SIGN_IN)), boss.id) == 1
    assert "locked out" in capsys.readouterr().err


def test_an_unknown_badge_is_asked_for_no_pin(ledger: Ledger, boss: Actor) -> None:
    answers = Answers(badge(9).uid, PIN)
    assert people.unlock(desk(ledger, answers), boss.id) == 1
    assert len(answers.asked) == 1


def test_a_supervisor_unlocks_and_lets_go(ledger: Ledger, boss: Actor) -> None:
    hand = enrol(ledger, Role.TECHNICIAN, 2, by=boss)
    make(ledger, changes.lock(person(ledger, hand)), boss)
    assert people.unlock(desk(ledger, Answers(*SIGN_IN)), hand.id) == 0
    assert person(ledger, hand).may_act
    assert people.retire(desk(ledger, Answers(*SIGN_IN)), hand.id) == 0
    assert person(ledger, hand).standing is Standing.RETIRED
    assert audit.faults(events(ledger)) == ()


def test_who_was_sent_without_a_pin_gets_one_at_the_desk(
    ledger: Ledger, boss: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    hand = enrol(ledger, Role.TECHNICIAN, 2, by=boss, pin=None)
    assert not person(ledger, hand).has_pin
    answers = Answers(*SIGN_IN, "907361", "907361")
    assert people.set_pin(desk(ledger, answers), hand.id) == 0
    assert [shown for _, shown in answers.asked] == [False] * 4
    assert person(ledger, hand).has_pin
    assert people.set_badge(desk(ledger, Answers(*SIGN_IN, badge(3).uid)), hand.id) == 0
    assert ask(ledger, lambda c: roster.by_badge(c, badge(3), PEPPER)) == person(ledger, hand)
    assert audit.faults(events(ledger)) == ()
    said = capsys.readouterr()
    assert f"{hand.id}: another PIN" in said.out
    assert not any(secret in said.out + said.err for secret in ("907361", badge(3).uid))


@pytest.mark.parametrize(
    ("typed", "reason"), [(("123456",), "easily guessed"), (("907361", "907362"), "differ")]
)
def test_a_pin_that_is_weak_or_typed_wrong_changes_nothing(
    ledger: Ledger, boss: Actor, capsys: pytest.CaptureFixture[str],
    typed: tuple[str, ...], reason: str,
) -> None:  # fmt: skip
    before = len(events(ledger))
    assert people.set_pin(desk(ledger, Answers(*SIGN_IN, *typed)), boss.id) == 1
    assert reason in capsys.readouterr().err
    assert len(events(ledger)) == before


def test_a_technician_gives_nobody_a_pin(ledger: Ledger, boss: Actor, encoded: str) -> None:
    enrol(ledger, Role.TECHNICIAN, 2, by=boss, pin=encoded)
    answers = Answers(badge(2).uid, PIN, "907361", "907361")
    assert people.set_pin(desk(ledger, answers), boss.id) == 1
    assert len(answers.asked) == 2


@pytest.mark.parametrize("command", [people.retire, people.unlock, people.erase, people.set_pin])
def test_nobody_is_changed_who_is_not_enrolled(
    ledger: Ledger, boss: Actor, capsys: pytest.CaptureFixture[str],
    command: Callable[[PeopleDesk, str], int],
) -> None:  # fmt: skip
    assert boss
    before = len(events(ledger))
    assert command(desk(ledger, Answers(*SIGN_IN)), "p-\x1b[31m'; --") == 1
    said = capsys.readouterr().err
    assert "No such person" in said
    assert "\x1b" not in said
    assert len(events(ledger)) == before


def test_a_person_is_erased_from_every_file_and_the_backups_are_told(
    ledger: Ledger, boss: Actor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hand = enrol(ledger, Role.TECHNICIAN, 2, by=boss)
    note = PersonalText("note", f"with {name(2)}", boss.id)
    (seen,) = ledger.append([Entry(CustodyKind.CARRIED, personal=(note,))], by=boss)
    old = BackupName("bench-07", 1, datetime(2026, 11, 1, 2, 0, tzinfo=UTC), 2)
    answers = Answers(*SIGN_IN, hand.id)
    assert people.erase(desk(ledger, answers), hand.id, [old]) == 0
    said = capsys.readouterr().out
    assert seen.event_id in said
    assert "erased; 0 backups that hold the person may be removed now, 1 by 2026-11-02" in said
    ledger.close()
    assert traces(tmp_path, [badge(2).code(PEPPER)]) == {}
    assert [*traces(tmp_path, [name(2).encode()]).values()] != []  # in the note about another


def test_nothing_is_erased_that_was_not_confirmed(
    ledger: Ledger, boss: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    hand = enrol(ledger, Role.TECHNICIAN, 2, by=boss)
    assert people.erase(desk(ledger, Answers(*SIGN_IN, "yes")), hand.id) == 0
    assert "nothing was erased" in capsys.readouterr().out
    assert person(ledger, hand).may_act


def test_the_last_supervisor_is_not_erased(
    ledger: Ledger, boss: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    assert people.erase(desk(ledger, Answers(*SIGN_IN, boss.id)), boss.id) == 1
    assert "Enrol another supervisor first" in capsys.readouterr().err


def test_an_erasure_that_a_reader_held_up_is_finished_by_asking_again(
    ledger: Ledger, boss: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    hand = enrol(ledger, Role.TECHNICIAN, 2, by=boss)
    reader = connect_reader(ledger.path)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM event").fetchone()
    ledger._connection.execute("PRAGMA busy_timeout = 10")
    assert people.erase(desk(ledger, Answers(*SIGN_IN, hand.id)), hand.id) == 1
    assert "may still be found" in capsys.readouterr().err
    reader.close()
    assert people.erase(desk(ledger, Answers()), hand.id) == 0
    assert "erased" in capsys.readouterr().out


# ── questions ───────────────────────────────────────────────────────────────────────────────────
def test_the_list_says_who_is_there_as_plain_text(
    ledger: Ledger, boss: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = Answers(*SIGN_IN, "Testperson\x1b[31m", badge(2).uid, "907361", "907361")
    people.enrol(desk(ledger, answers), Role.TECHNICIAN)
    capsys.readouterr()
    assert people.list_people(ledger.path) == 0
    said = capsys.readouterr().out
    assert f"{boss.id}  supervisor  active    2026-11-02  {name(1)}" in said
    assert "\x1b" not in said


def test_an_empty_list_says_so(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    assert people.list_people(ledger.path) == 0
    assert capsys.readouterr().out == "nobody is enrolled\n"


def test_the_data_map_is_said_as_a_table_or_as_csv(
    ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    assert people.data_map(ledger.path) == 0
    assert capsys.readouterr().out.startswith("| where | kind |")
    assert people.data_map(ledger.path, as_csv=True) == 0
    assert capsys.readouterr().out.startswith('"where","kind"')
    ledger._connection.execute("CREATE TABLE diary (entry TEXT) STRICT")
    assert people.data_map(ledger.path) == 1


def test_subject_access_is_one_json_document(
    ledger: Ledger, boss: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    assert people.subject_access(ledger.path, boss.id) == 0
    assert json.loads(capsys.readouterr().out)["person"] == boss.id


def test_a_record_that_is_not_there_is_said_to_be_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert people.list_people(tmp_path / "none.db") == 1
    assert "none.db" in capsys.readouterr().err


# ── on a real terminal ──────────────────────────────────────────────────────────────────────────
def test_a_terminal_shows_the_name_and_neither_badge_nor_pin(tmp_path: Path) -> None:
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(ROOT)
        program = [sys.executable, "-m", "tests.bench.command_line.enrol_at_terminal"]
        os.execv(sys.executable, [*program, str(tmp_path)])
    shown = b""
    for prompt, typed in (
        (b"Name", b"Testperson"),
        (b"Badge", b"04A21B99"),
        (b"PIN", b"482915"),
        (b"again", b"482915"),
    ):
        while prompt not in shown.split(b"\n")[-1]:
            shown += os.read(terminal, 1000)
        os.write(terminal, typed + b"\n")
    shown += _rest(terminal)
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0
    assert b"supervisor, enrolled" in shown
    assert b"Testperson" in shown
    assert b"04A21B99" not in shown
    assert b"482915" not in shown


def _rest(terminal: int) -> bytes:
    read = b""
    try:
        while more := os.read(terminal, 1000):
            read += more
    except OSError:  # EIO: the other end is closed
        pass
    return read
