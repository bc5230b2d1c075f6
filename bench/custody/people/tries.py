"""Counting wrong PINs so that ending the program gives nobody another try.

A try is begun and committed on the bench's thread before the PIN is checked in another, and settled
there after. Who can write the file can reset the count; without the pepper that gains them nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bench.custody.people import changes, roster
from bench.custody.people.change import Change
from bench.custody.people.roster import TRIES, Person
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3

FIVE_WRONG = "five wrong PINs"


@dataclass(frozen=True, slots=True)
class Try:
    """A try that was counted: whose, as they stand now, and the encoded PIN to check."""

    who: Person
    encoded: str = field(repr=False)


def begin(connection: sqlite3.Connection, person_id: str) -> Try:
    """Count one try; commit before you check the PIN.

    Raises `ProblemError`: PERSON_LOCKED after the fifth, SIGN_IN_FIRST for whoever has no PIN.
    """
    who = roster.person(connection, person_id)
    if not who.may_act:
        raise ProblemError(Problem(ProblemCode.PERSON_LOCKED, person_id, who.standing.value))
    row = connection.execute("SELECT pin FROM credential WHERE person = ?", (person_id,)).fetchone()
    if row is None or row[0] is None:
        raise ProblemError(Problem(ProblemCode.SIGN_IN_FIRST, person_id, "no PIN was set"))
    connection.execute("UPDATE person SET tries = tries + 1 WHERE id = ?", (person_id,))
    return Try(replace(who, tries=who.tries + 1), str(row[0]))


def settle(begun: Try, *, is_right: bool, renewed: str | None = None) -> Change:
    """Say how a begun try ended.

    A right one starts the count anew, and keeps `renewed` (the PIN encoded under parameters that
    have risen) if given. The fifth wrong one locks, and the record says so.
    """
    who = begun.who
    if is_right:
        return Change((), lambda connection: _right(connection, who.id, renewed))
    if who.tries >= TRIES:
        return changes.lock(who, FIVE_WRONG)
    return Change((), lambda _: None)


def left(who: Person) -> int:
    """Return how many tries someone has."""
    return 0 if who.is_locked else TRIES - who.tries


def key_used(who: Person, count: int) -> Change:
    """Keep the count that a security key gave with its last answer (`check_assertion`)."""
    sql = "UPDATE credential SET key_count = ? WHERE person = ?"
    return Change((), lambda connection: _execute(connection, sql, count, who.id))


def _right(connection: sqlite3.Connection, person_id: str, renewed: str | None) -> None:
    sql = "UPDATE person SET tries = 0 WHERE id = ? AND standing = 'active'"
    _execute(connection, sql, person_id)
    if renewed is not None:
        sql = "UPDATE credential SET pin = ? WHERE person = ?"
        _execute(connection, sql, renewed, person_id)


def _execute(connection: sqlite3.Connection, sql: str, *values: object) -> None:
    connection.execute(sql, values)
