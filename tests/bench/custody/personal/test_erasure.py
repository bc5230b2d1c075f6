from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pysqlite3 import dbapi2

from bench.custody.database import connect_reader
from bench.custody.entries import Actor, Entry, PersonalText, SealedEvent
from bench.custody.ledger import Ledger
from bench.custody.people import roster
from bench.custody.people.roles import Role, Standing
from bench.custody.people.software_key import SoftwareKey
from bench.custody.personal import erasure, table
from bench.custody.personal.commitments import check
from bench.custody.verification import verify_file
from bench.events.orders import CustodyKind
from bench.problems import ProblemCode, ProblemError
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

PIN = "$argon2id$v=19$m=65536,t=3,p=4$GZkeQSlxe78JUe9BbU/qlQ$a-made-up-hash-of-person-"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = real_ledger(tmp_path)
    yield opened
    opened.close()


def note(text: str, subject: Actor, field: str = "note") -> Entry:
    return Entry(CustodyKind.CARRIED, personal=(PersonalText(field, text, subject.id),))


def scrub(ledger: Ledger) -> None:
    erasure.scrub(ledger._connection)


def erase(ledger: Ledger, who: Actor, by: Actor | None = None) -> None:
    make(ledger, ask(ledger, lambda c: erasure.erase(c, who.id)), by)


def secrets_of(ledger: Ledger, who: Actor, number: int) -> list[bytes]:
    """Return everything that must be gone: name, texts, salts, badge, PIN hash, key."""
    texts = ask(ledger, lambda c: table.by_subject(c, who.id))
    key = person(ledger, who).key
    return [
        *(text.text.encode() for text in texts),
        *(text.salt for text in texts),
        badge(number).uid.encode(),
        badge(number).code(PEPPER),
        f"{PIN}{number:04d}".encode(),
        f"Nummer-{number:04d}".encode(),
        *([] if key is None else [json.dumps(key.as_json()).encode()]),
    ]


def bodies(found: tuple[SealedEvent, ...]) -> list[dict[str, Any]]:
    return [json.loads(event.body) for event in found]


def test_an_erased_person_is_in_no_file_and_the_record_still_verifies(
    ledger: Ledger, tmp_path: Path
) -> None:
    boss = enrol(ledger, Role.SUPERVISOR, 1)
    gone = enrol(
        ledger, Role.TECHNICIAN, 2, by=boss, pin=f"{PIN}0002", key=SoftwareKey.make().public
    )
    ledger.append([note(f"Testperson Nummer-0002 said {number}", gone) for number in range(20)])
    ledger.append([note("M 10 10 L 90 40 a made-up signature", gone, "signature")])
    secrets = secrets_of(ledger, gone, 2)
    before = events(ledger)
    ledger.tidy()
    erase(ledger, gone, boss)
    scrub(ledger)
    after = events(ledger)
    assert person(ledger, gone).standing is Standing.ERASED
    ledger.close()
    assert traces(tmp_path, secrets) == {}
    assert after[: len(before)] == before
    assert sum("commit" in body for body in bodies(after)) == 23
    assert verify_file(ledger.path).verifies
    assert traces(tmp_path, [name(1).encode()]) != {}  # the others are still there


def test_what_was_erased_lies_on_in_the_file_until_it_is_scrubbed(
    ledger: Ledger, tmp_path: Path
) -> None:
    """So that the test above would find it."""
    boss = enrol(ledger, Role.SUPERVISOR, 1)
    gone = enrol(ledger, Role.TECHNICIAN, 2, by=boss)
    secrets = secrets_of(ledger, gone, 2)
    erase(ledger, gone, boss)
    assert ask(ledger, erasure.is_pending)
    reader = connect_reader(ledger.path)  # keeps the log from being copied and removed at closing
    assert reader.execute("SELECT 1 FROM event").fetchone()
    ledger.close()
    found = traces(tmp_path, secrets)
    reader.close()
    assert found != {}


def test_an_erasure_says_what_went_in_counts_and_never_in_words(ledger: Ledger) -> None:
    boss = enrol(ledger, Role.SUPERVISOR, 1)
    gone = enrol(ledger, Role.TECHNICIAN, 2, by=boss)
    done = ledger.append([note("Testperson likes tea", gone)] * 2)
    enrolled = bodies(events(ledger))[-3]["id"]
    erase(ledger, gone, boss)
    said = bodies(events(ledger))[-1]
    assert said["type"] == "erased"
    assert said["actor"]["id"] == boss.id
    assert said["data"] == {
        "person": gone.id,
        "refs": sorted([enrolled, *(each.event_id for each in done)]),
        "texts": {"name": 1, "note": 2},
    }
    assert ask(ledger, erasure.last_erasure) == said["seq"]


def test_who_was_erased_cannot_act_any_more(ledger: Ledger) -> None:
    boss = enrol(ledger, Role.SUPERVISOR, 1)
    gone = enrol(ledger, Role.TECHNICIAN, 2, by=boss, pin=f"{PIN}0002")
    erase(ledger, gone, boss)
    assert gone.id not in ask(ledger, roster.roles)
    assert ask(ledger, lambda c: roster.by_badge(c, badge(2), PEPPER)) is None
    enrol(ledger, Role.TECHNICIAN, 2, by=boss)  # the badge can be given to another


def test_a_recipient_whom_nobody_enrolled_is_erased_too(ledger: Ledger, tmp_path: Path) -> None:
    officer = Actor("p-0ff1ce000001")
    ledger.append([note("Testperson Constable", officer, "recipient")])
    erase(ledger, officer)
    scrub(ledger)
    ledger.close()
    assert traces(tmp_path, [b"Constable"]) == {}
    assert verify_file(ledger.path).verifies


def test_a_commitment_stays_and_cannot_be_opened_any_more(ledger: Ledger) -> None:
    officer = Actor("p-0ff1ce000001")
    (done,) = ledger.append([note("Testperson Constable", officer, "recipient")])
    (kept,) = ask(ledger, lambda c: table.read(c, done.event_id))
    commit = bodies(events(ledger))[-1]["commit"]["recipient"]
    assert check(kept.text, kept.salt, commit)
    erase(ledger, officer)
    assert ask(ledger, lambda c: table.read(c, done.event_id)) == ()
    assert bodies(events(ledger))[-2]["commit"]["recipient"] == commit


def test_texts_that_moved_between_pages_leave_no_copy(ledger: Ledger, tmp_path: Path) -> None:
    """A split leaves old cells in free space, which SQLite's own zeroing does not reach."""
    dice = random.Random(7)
    people = [Actor(f"p-{number:012x}") for number in range(40)]
    rows = [
        (
            dice.randbytes(16).hex(),
            who,
            f"Testperson Nummer-{number:04d} " + "x" * dice.randrange(400),
        )
        for number, who in enumerate(people)
        for _ in range(90)
    ]
    dice.shuffle(rows)
    ledger.append((), besides=lambda c: _insert(c, rows, dice))
    ledger.tidy()
    gone, stay = people[::4], people[1]
    secrets = [f"Nummer-{number:04d} ".encode() for number in range(0, 40, 4)]
    for who in gone:
        secrets += [text.salt for text in ask(ledger, lambda c, w=who: table.by_subject(c, w.id))]  # type: ignore[misc]
        erase(ledger, who)
    scrub(ledger)
    assert len(ask(ledger, lambda c: table.by_subject(c, stay.id))) == 90
    ledger.close()
    assert len(secrets) == 10 + 900
    assert traces(tmp_path, secrets) == {}
    assert verify_file(ledger.path).verifies


def _insert(
    connection: dbapi2.Connection, rows: list[tuple[str, Actor, str]], dice: random.Random
) -> None:
    for ref, who, text in rows:
        connection.execute(
            "INSERT INTO personal_text (ref, field, subject, text, salt)"
            " VALUES (?, 'note', ?, ?, ?)",
            (ref, who.id, text, dice.randbytes(16)),
        )


def test_a_large_erasure_is_told_in_events_of_a_bearable_size(ledger: Ledger) -> None:
    officer = Actor("p-0ff1ce000001")
    ledger.append([note(f"Testperson {number}", officer) for number in range(1200)])
    erase(ledger, officer)
    said = [body["data"] for body in bodies(events(ledger)) if body["type"] == "erased"]
    assert [len(each["refs"]) for each in said] == [500, 500, 200]
    assert [each.get("texts") for each in said] == [{"note": 1200}, None, None]
    assert all(len(event.body) < 32_000 for event in events(ledger))


def test_while_someone_reads_the_old_state_an_erasure_stays_pending(ledger: Ledger) -> None:
    officer = Actor("p-0ff1ce000001")
    ledger.append([note("Testperson Constable", officer)])
    reader = connect_reader(ledger.path)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM event").fetchone()
    erase(ledger, officer)
    ledger._connection.execute("PRAGMA busy_timeout = 10")
    with pytest.raises(ProblemError) as unfinished:
        scrub(ledger)
    assert unfinished.value.problem.code is ProblemCode.ERASURE_UNFINISHED
    reader.execute("COMMIT")
    reader.close()
    assert ask(ledger, erasure.is_pending)
    assert ask(ledger, lambda c: erasure.is_pending(c, officer.id))
    assert not ask(ledger, lambda c: erasure.is_pending(c, "p-1"))
    scrub(ledger)
    assert not ask(ledger, erasure.is_pending)


def test_an_erasure_is_still_pending_after_the_bench_was_ended(tmp_path: Path) -> None:
    ledger = real_ledger(tmp_path)
    officer = Actor("p-0ff1ce000001")
    ledger.append([note("Testperson Constable", officer)])
    erase(ledger, officer)
    ledger.close()
    again = real_ledger(tmp_path)
    assert ask(again, erasure.is_pending)
    scrub(again)
    again.close()
    assert traces(tmp_path, [b"Constable"]) == {}


def test_a_file_is_not_scrubbed_within_a_transaction(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="outside"):
        ledger.append((), besides=erasure.scrub)


def test_an_erasure_of_texts_that_changed_meanwhile_does_nothing(ledger: Ledger) -> None:
    officer = Actor("p-0ff1ce000001")
    ledger.append([note("Testperson Constable", officer)])
    twice = ask(ledger, lambda c: erasure.erase(c, officer.id))
    make(ledger, twice)
    before = events(ledger)
    with pytest.raises(ValueError, match="changed"):
        make(ledger, twice)
    assert events(ledger) == before


def test_a_name_in_a_text_about_someone_else_is_pointed_out(ledger: Ledger) -> None:
    boss = enrol(ledger, Role.SUPERVISOR, 1)
    gone = enrol(ledger, Role.TECHNICIAN, 2, by=boss)
    (seen, _) = ledger.append(
        [note(f"handed over by {name(2).upper()}", boss), note("by nobody", boss)]
    )
    found = ask(ledger, lambda c: erasure.mentions(c, gone.id))
    assert [text.ref for text in found] == [seen.event_id]


def test_single_texts_past_their_date_are_forgotten(ledger: Ledger, tmp_path: Path) -> None:
    officer = Actor("p-0ff1ce000001")
    old, kept = ledger.append([note("Testperson old", officer), note("Testperson kept", officer)])
    make(ledger, erasure.forget(ask(ledger, lambda c: table.read(c, old.event_id))))
    said = bodies(events(ledger))[-1]
    assert said["data"] == {"refs": [old.event_id], "texts": {"note": 1}}
    scrub(ledger)
    assert len(ask(ledger, lambda c: table.read(c, kept.event_id))) == 1
    ledger.close()
    assert traces(tmp_path, [b"Testperson old"]) == {}
