"""The people of an epoch that ended, taken over into the next: a new epoch is a new file.

Recipients and notes stay in the old file, so whoever is erased is erased from that one too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.custody.entries import Entry, PersonalText
from bench.custody.people import roster
from bench.custody.people.change import Change
from bench.custody.people.roles import Standing
from bench.custody.people.roster import Person
from bench.custody.personal import table
from bench.events.orders import CustodyKind, Json

if TYPE_CHECKING:
    import sqlite3

_Credential = tuple[str, bytes | None, str | None, bytes | None, int]


def carry_over(old: sqlite3.Connection) -> Change:
    """Return the enrolment, in the new record, of everyone who has not left the old one.

    Roles, standings, counts of tries, badges, PINs and keys stay what they were.
    """
    gone = (Standing.RETIRED, Standing.ERASED)
    stay = [each for each in roster.people(old) if each.standing not in gone]
    entries = tuple(_entry(old, who) for who in stay)
    credentials = [_credential(old, who) for who in stay]

    def write(connection: sqlite3.Connection) -> None:
        connection.executemany(
            "INSERT INTO person (id, role, standing, tries, enrolled_on) VALUES (?, ?, ?, ?, ?)",
            [(w.id, w.role.value, w.standing.value, w.tries, str(w.enrolled_on)) for w in stay],
        )
        connection.executemany("INSERT INTO credential VALUES (?, ?, ?, ?, ?)", credentials)

    return Change(entries, write)


def _entry(old: sqlite3.Connection, who: Person) -> Entry:
    data: dict[str, Json] = {
        "person": who.id,
        "role": who.role.value,
        "standing": who.standing.value,
    }
    if who.key is not None:
        data["key"] = who.key.as_json()
    name = table.name_of(old, who.id)
    personal = (PersonalText("name", name, who.id),) if name else ()
    return Entry(CustodyKind.PERSON_ENROLLED, data=data, personal=personal, reason="carried over")


def _credential(old: sqlite3.Connection, who: Person) -> _Credential:
    row = old.execute(
        "SELECT person, badge, pin, key, key_count FROM credential WHERE person = ?", (who.id,)
    ).fetchone()
    return tuple(row) if row else (who.id, None, None, None, 0)
