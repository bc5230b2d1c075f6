from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from bench.custody.entries import Actor, Entry, PersonalText
from bench.custody.ledger import Ledger
from bench.custody.people.roles import Role
from bench.custody.people.tables import TABLES as PEOPLE
from bench.custody.personal import data_map, erasure
from bench.custody.personal.cells import as_csv, as_markdown
from bench.custody.personal.described import BASIS, NONE, PERSONAL, PSEUDONYMOUS
from bench.custody.personal.retention import RETENTION
from bench.custody.personal.subject_access import as_text, subject_access
from bench.custody.personal.tables import TABLES as TEXTS
from bench.events.orders import CustodyKind, Json
from tests.bench.custody.people.enrolled import ask, badge, enrol, events, make, name, real_ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = real_ledger(tmp_path)
    yield opened
    opened.close()


def columns_of(connection: dbapi2.Connection, tables: object) -> set[str]:
    rows = connection.execute(
        "SELECT t.name || '.' || c.name FROM sqlite_schema AS t, pragma_table_xinfo(t.name) AS c"
        " WHERE t.type = 'table' AND t.name IN (SELECT value FROM json_each(?))",
        (json.dumps(tables),),
    )
    return {column for (column,) in rows}


def test_every_column_that_holds_personal_data_is_in_the_map(ledger: Ledger) -> None:
    rows = ask(ledger, data_map.data_map)
    ours = [*PEOPLE, *TEXTS]
    held = {each for each in ask(ledger, lambda c: columns_of(c, ours)) if not _is_none(each)}
    assert len(held) > 15
    assert held <= {row.where for row in rows}


def test_the_whole_record_is_described(ledger: Ledger) -> None:
    """Whoever adds a table or a column says in `described` what it holds of people."""
    assert data_map.undescribed(ask(ledger, data_map.data_map)) == ()


def test_the_map_describes_nothing_that_is_not_there(ledger: Ledger) -> None:
    there = {row.where for row in ask(ledger, data_map.data_map)}
    assert {*PERSONAL, *PSEUDONYMOUS, *NONE} <= there


def test_a_new_column_shows_in_the_map_until_somebody_describes_it(ledger: Ledger) -> None:
    connection = ledger._connection
    connection.execute("ALTER TABLE person ADD COLUMN shoe_size INTEGER")
    connection.execute("CREATE TABLE diary (entry TEXT) STRICT")
    rows = ask(ledger, data_map.data_map)
    assert set(data_map.undescribed(rows)) == {"person.shoe_size", "diary.entry"}


def test_the_map_says_for_every_place_what_a_dpia_asks(ledger: Ledger) -> None:
    for row in ask(ledger, data_map.data_map):
        if row.kind != "none":
            assert all((row.what, row.whose, row.why, row.kept, row.seen_by, row.erased_by))
            assert row.lawful_basis == BASIS
    assert "to be confirmed by the force" in BASIS


def test_the_periods_in_the_map_are_those_that_are_kept(ledger: Ledger) -> None:
    (text,) = [r for r in ask(ledger, data_map.data_map) if r.where == "personal_text.text"]
    assert all(f"{field}: {period}" in text.kept for field, period in RETENTION.items())


def test_the_map_reads_back_from_csv_and_stands_as_a_table(ledger: Ledger) -> None:
    rows = ask(ledger, data_map.data_map)
    read = list(csv.DictReader(io.StringIO(data_map.csv(rows))))
    assert [row["where"] for row in read] == [row.where for row in rows]
    lines = data_map.markdown(rows).splitlines()
    assert len(lines) == len(rows) + 2
    assert {line.count(" | ") for line in lines} == {8}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+44", "'+44"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'=1"),
        ("\N{FULLWIDTH EQUALS SIGN}1", "'\N{FULLWIDTH EQUALS SIGN}1"),
        ("\N{MINUS SIGN}2", "'\N{MINUS SIGN}2"),
        ('a "b", c\nd', 'a "b", c d'),
        ("plain", "plain"),
    ],
)
def test_no_cell_becomes_a_formula_or_another_row(text: str, shown: str) -> None:
    assert list(csv.reader(io.StringIO(as_csv([[text, "x"]])))) == [[shown, "x"]]


def test_no_cell_becomes_markup() -> None:
    table = as_markdown([["head"], ["<b>|`*_[x](y)\n# z"]])
    assert table.splitlines()[2] == "| \\<b\\>\\|\\`\\*\\_\\[x\\](y) # z |"


# ── subject access ──────────────────────────────────────────────────────────────────────────────
def access(ledger: Ledger, subject: str) -> dict[str, Json]:
    found = ask(ledger, lambda c: subject_access(c, subject, events(ledger)))
    read: dict[str, Json] = json.loads(as_text(found))
    return read


def numbers(found: dict[str, Json], *, acted: bool | None = None) -> list[int]:
    about = found["events"]
    assert isinstance(about, list)
    return [e["seq"] for e in about if isinstance(e, dict) and acted in (None, e["acted"])]  # type: ignore[misc]


def test_a_person_is_given_everything_held_about_them_and_nobody_else(ledger: Ledger) -> None:
    boss = enrol(ledger, Role.SUPERVISOR, 1)
    hand = enrol(ledger, Role.TECHNICIAN, 2, by=boss, pin="$argon2id$made-up")
    enrol(ledger, Role.TECHNICIAN, 3, by=boss)
    note = PersonalText("note", "<b>Testperson\x1b[31m is left-handed", hand.id)
    ledger.append([Entry(CustodyKind.CARRIED, personal=(note,))], by=boss)
    ledger.append([Entry(CustodyKind.SESSION_OPENED, data={"person": hand.id})], by=hand)
    found = access(ledger, hand.id)
    text = json.dumps(found, ensure_ascii=False)
    assert name(2) in text
    assert "left-handed" in text
    assert name(1) not in text
    assert name(3) not in text
    assert numbers(found) == [3, 5, 6]
    assert numbers(found, acted=True) == [6]
    enrolment = found["enrolment"]
    assert isinstance(enrolment, dict)
    assert (enrolment["role"], enrolment["standing"]) == ("technician", "active")


def test_what_would_help_others_to_sign_in_is_named_and_not_given_out(ledger: Ledger) -> None:
    hand = enrol(ledger, Role.SUPERVISOR, 1, pin="$argon2id$made-up")
    text = json.dumps(access(ledger, hand.id))
    assert "made-up" not in text
    assert badge(1).uid not in text
    assert text.count("not given out") == 2


def test_the_answer_is_text_that_no_terminal_acts_on(ledger: Ledger) -> None:
    boss = enrol(ledger, Role.SUPERVISOR, 1)
    note = PersonalText("note", "\x1b]0;x\x07 \u202e", boss.id)
    ledger.append([Entry(CustodyKind.CARRIED, personal=(note,))])
    found = ask(ledger, lambda c: subject_access(c, boss.id, events(ledger)))
    assert as_text(found).isascii()
    assert "\x1b" not in as_text(found)


def test_a_recipient_finds_the_events_that_committed_to_the_name(ledger: Ledger) -> None:
    officer = Actor("p-0ff1ce000001")
    said = PersonalText("recipient", "Testperson Constable", officer.id)
    (done,) = ledger.append([Entry(CustodyKind.CARRIED, personal=(said,))])
    ledger.append([Entry(CustodyKind.SESSION_OPENED)])
    found = access(ledger, officer.id)
    assert numbers(found) == [done.seq]
    assert found["enrolment"] is None


def test_of_an_erased_person_only_the_pseudonym_is_left_to_give(ledger: Ledger) -> None:
    boss = enrol(ledger, Role.SUPERVISOR, 1)
    gone = enrol(ledger, Role.TECHNICIAN, 2, by=boss)
    make(ledger, ask(ledger, lambda c: erasure.erase(c, gone.id)), boss)
    found = access(ledger, gone.id)
    assert found["texts"] == []
    assert "Testperson" not in json.dumps(found)
    assert numbers(found) == [3, 4]


def _is_none(column: str) -> bool:
    return column.split(".", maxsplit=1)[0] in NONE
