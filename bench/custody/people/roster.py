"""The people of this bench: pseudonyms, roles, badges. Their names lie in the personal table.

Queries take any connection; `changes` says how people change. Every role and standing that was ever
given stands in the record, so a row that was changed by hand is found (`recorded.deviation`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bench.custody.entries import Actor
from bench.custody.people.badge import Badge
from bench.custody.people.roles import PROVEN, Role, Standing, may
from bench.custody.people.second_factor import SecurityKey
from bench.events.orders import CustodyKind
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3

TRIES = 5
"""Wrong PINs in a row after which only a supervisor unlocks."""
_ROW = """SELECT id, role, standing, tries, enrolled_on, retired_on, badge IS NOT NULL,
  pin IS NOT NULL, key, coalesce(key_count, 0)
  FROM person LEFT JOIN credential ON person = id"""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone enrolled here, by pseudonym (`p-` and 12 hex digits)."""

    id: str
    role: Role
    standing: Standing
    tries: int
    enrolled_on: date
    retired_on: date | None
    has_badge: bool
    has_pin: bool
    key: SecurityKey | None
    key_count: int

    @property
    def is_locked(self) -> bool:
        """Whether only a supervisor can let them in; five tries that were begun are enough."""
        return self.standing is Standing.LOCKED or self.tries >= TRIES

    @property
    def may_act(self) -> bool:
        """Whether they may sign in."""
        return self.standing is Standing.ACTIVE and not self.is_locked


def people(connection: sqlite3.Connection) -> tuple[Person, ...]:
    """Return everyone who was ever enrolled, by day and pseudonym."""
    return tuple(_person(row) for row in connection.execute(f"{_ROW} ORDER BY enrolled_on, id"))


def person(connection: sqlite3.Connection, person_id: str) -> Person:
    """Return that person; `ProblemError` PERSON_UNKNOWN."""
    row = connection.execute(f"{_ROW} WHERE id = ?", (person_id,)).fetchone()
    if row is None:
        raise ProblemError(Problem(ProblemCode.PERSON_UNKNOWN, detail=person_id))
    return _person(row)


def by_badge(connection: sqlite3.Connection, badge: Badge, pepper: bytes) -> Person | None:
    """Return whose badge that is; whether they may act is another question (`may_act`)."""
    row = connection.execute(f"{_ROW} WHERE badge = ?", (badge.code(pepper),)).fetchone()
    return _person(row) if row else None


def roles(connection: sqlite3.Connection) -> dict[str, Role]:
    """Return the role of everyone who may act, by pseudonym."""
    return {each.id: each.role for each in people(connection) if each.may_act}


def refuse_unfit(connection: sqlite3.Connection, by: Actor, kind: CustodyKind) -> None:
    """Raise `ProblemError` unless `by` showed who they are and may do that.

    Before there is a supervisor whoever has this computer may enrol one: how else would it begin?
    The record then says `unproven` of them, for ever. A supervisor who is locked out still is one,
    or five wrong PINs would make anybody a supervisor.
    """
    if kind is CustodyKind.PERSON_ENROLLED and not has_supervisor(connection):
        return
    active = roles(connection)
    if by.how not in PROVEN or by.id not in active:
        raise ProblemError(Problem(ProblemCode.SIGN_IN_FIRST))
    if not may(active[by.id], kind):
        raise ProblemError(Problem(ProblemCode.NOT_THEIR_TASK, by.id, kind.value))


def refuse_last_supervisor(connection: sqlite3.Connection, who: Person) -> None:
    """Raise `ProblemError` LAST_SUPERVISOR when no other supervisor could act."""
    active = {each for each, role in roles(connection).items() if role is Role.SUPERVISOR}
    if active == {who.id}:
        raise ProblemError(Problem(ProblemCode.LAST_SUPERVISOR, who.id))


def has_supervisor(connection: sqlite3.Connection) -> bool:
    """Whether a supervisor is enrolled who has not left, locked out or not."""
    there = (Standing.ACTIVE, Standing.LOCKED)
    found = people(connection)
    return any(each.role is Role.SUPERVISOR and each.standing in there for each in found)


def _person(row: tuple[str, str, str, int, str, str | None, int, int, bytes | None, int]) -> Person:
    """Read a row; `ProblemError` LEDGER_DAMAGED for one that this program did not write."""
    who, role, standing, tries, enrolled, retired, badge, pin, key, count = row
    try:
        return Person(
            who,
            Role(role),
            Standing(standing),
            tries,
            date.fromisoformat(enrolled),
            date.fromisoformat(retired) if retired else None,
            bool(badge),
            bool(pin),
            None if key is None else SecurityKey.from_json(json.loads(key)),
            count,
        )
    except (ValueError, RecursionError) as error:
        detail = f"the row of {who} was changed"
        raise ProblemError(Problem(ProblemCode.LEDGER_DAMAGED, detail=detail)) from error
