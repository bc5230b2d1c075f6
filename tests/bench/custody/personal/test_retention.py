from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bench.custody.backup.plan import BackupName, Keep
from bench.custody.entries import Entry, PersonalText
from bench.custody.ledger import Ledger
from bench.custody.people import changes
from bench.custody.people.roles import Role
from bench.custody.personal import erasure, review, table
from bench.custody.personal.backups import Cycle, after_erasure
from bench.custody.personal.retention import Period, Until, keep_until, prompt_due
from bench.custody.personal.review import Due
from bench.events.orders import CustodyKind
from bench.problems import ProblemCode
from tests.bench.custody.people.enrolled import TODAY, ask, enrol, make, person, real_ledger

DAY = timedelta(days=1)
OFFICER = "p-0ff1ce000001"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = real_ledger(tmp_path)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("field", "end"),
    [
        ("recipient", date(2027, 11, 2)),
        ("note", date(2027, 11, 2)),
        ("something_new", date(2027, 11, 2)),
        ("signature", None),
        ("name", None),
    ],
)
def test_each_field_of_text_has_its_period(field: str, end: date | None) -> None:
    assert keep_until(field, TODAY) == end


def test_the_force_sets_its_own_periods() -> None:
    own = {"note": Period(Until.DAYS_AFTER_EVENT, 30), "recipient": Period(Until.RECORD_ENDS)}
    assert keep_until("note", TODAY, own) == TODAY + 30 * DAY
    assert keep_until("recipient", TODAY, own) is None


def test_a_text_is_due_on_the_day_after_its_last(ledger: Ledger) -> None:
    said = tuple(PersonalText(field, "Testperson", OFFICER) for field in ("recipient", "signature"))
    (done,) = ledger.append([Entry(CustodyKind.CARRIED, personal=said)])
    (kept, signature) = ask(ledger, lambda c: table.read(c, done.event_id))
    assert kept.keep_until is not None
    assert signature.keep_until is None
    end = kept.keep_until
    assert ask(ledger, lambda c: review.due(c, end)) == ()
    found = ask(ledger, lambda c: review.due(c, end + DAY))
    assert found == (Due(OFFICER, done.event_id, "recipient", end),)
    make(ledger, erasure.forget(ask(ledger, lambda c: table.overdue(c, end + DAY))))
    assert ask(ledger, lambda c: review.due(c, end + DAY)) == ()
    assert ask(ledger, lambda c: table.read(c, done.event_id)) == (signature,)


def test_a_name_is_due_a_year_after_its_person_left(ledger: Ledger) -> None:
    boss = enrol(ledger, Role.SUPERVISOR, 1)
    gone = enrol(ledger, Role.TECHNICIAN, 2, by=boss)
    assert ask(ledger, lambda c: review.due(c, date(2090, 1, 1))) == ()
    make(ledger, ask(ledger, lambda c: changes.retire(c, person(ledger, gone), TODAY)), boss)
    end = TODAY + 365 * DAY
    assert ask(ledger, lambda c: review.due(c, end)) == ()
    assert ask(ledger, lambda c: review.due(c, end + DAY)) == (Due(gone.id, "", "", end),)
    make(ledger, ask(ledger, lambda c: erasure.erase(c, gone.id)), boss)
    assert ask(ledger, lambda c: review.due(c, end + DAY)) == ()


def test_a_supervisor_is_asked_once_a_year(ledger: Ledger) -> None:
    assert prompt_due(None, TODAY)
    assert ask(ledger, review.last_answer) is None
    ledger.append((), besides=lambda c: review.answered(c, TODAY))
    assert ask(ledger, review.last_answer) == TODAY
    assert not prompt_due(TODAY, TODAY + 364 * DAY)
    assert prompt_due(TODAY, TODAY + 365 * DAY)
    ledger.append((), besides=lambda c: review.answered(c, TODAY + 365 * DAY))
    assert ask(ledger, review.last_answer) == TODAY + 365 * DAY


def test_the_question_is_a_problem_that_a_supervisor_clears() -> None:
    assert review.question(0, TODAY, TODAY) is None
    for overdue, last in ((1, TODAY), (0, None)):
        asked = review.question(overdue, last, TODAY)
        assert asked is not None
        assert asked.code is ProblemCode.RETENTION_DUE


# ── backups ─────────────────────────────────────────────────────────────────────────────────────
START = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
KEEP = Keep(daily=7, weekly=4, monthly=12)


def backup(day: int, seq: int) -> BackupName:
    return BackupName("bench-07", 1, START + day * DAY, seq)


def test_without_a_backup_nobody_is_in_one() -> None:
    found = after_erasure((), KEEP, 50, DAY)
    assert found == Cycle((), (), None)
    assert str(found) == "no backup holds the person"


def test_until_the_next_backup_the_last_one_holds_the_person() -> None:
    old = [backup(day, 10 + day) for day in range(3)]
    found = after_erasure(old, KEEP, 50, DAY)
    assert old[-1] in found.stay
    assert {*found.go_now, *found.stay} == {*old}
    assert found.gone_by == START + 3 * DAY
    assert "by 2026-11-05 02:00 UTC" in str(found)


def test_once_a_newer_backup_stands_every_older_one_goes() -> None:
    old, clean = [backup(day, 10 + day) for day in range(3)], backup(3, 50)
    found = after_erasure([*old, clean], KEEP, 50, DAY)
    assert found == Cycle(tuple(old), (), None)
    assert str(found) == "3 backups that hold the person may be removed now"


def test_a_backup_from_after_the_erasure_does_not_go_for_it() -> None:
    assert after_erasure([backup(0, 51), backup(1, 60)], KEEP, 50, DAY) == Cycle((), (), None)
