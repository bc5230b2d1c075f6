"""Enrolling people, giving them another role, badge, PIN or key, locking, and letting them go.

Each is decided here and written by whoever appends it (`Change`). The record says every role and
standing that was ever given, in words that name nobody.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from bench.custody.entries import Entry, PersonalText
from bench.custody.people import roster
from bench.custody.people.badge import Badge
from bench.custody.people.change import Change
from bench.custody.people.roles import Role, Standing
from bench.custody.people.roster import Person
from bench.custody.people.second_factor import SecurityKey
from bench.events.orders import CustodyKind, Json
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3


def new_id() -> str:
    """Return a new pseudonym."""
    return f"p-{secrets.token_hex(6)}"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Someone to enrol; `pin` is encoded (`pin.encode`). Whoever has no key needs badge and PIN."""

    name: str = field(repr=False)
    role: Role
    badge: Badge | None = None
    pin: str | None = field(default=None, repr=False)
    key: SecurityKey | None = None
    person: str = field(default_factory=new_id)


def enrol(
    connection: sqlite3.Connection, enrolment: Enrolment, pepper: bytes, today: date
) -> Change:
    """Enrol someone; `ProblemError` BADGE_TAKEN."""
    code = None if enrolment.badge is None else _free(connection, enrolment.badge, pepper)
    who, key = enrolment.person, enrolment.key
    said = _said(who, enrolment.role, Standing.ACTIVE, key)
    name = PersonalText("name", enrolment.name, who)
    entry = Entry(CustodyKind.PERSON_ENROLLED, data=said, personal=(name,))

    def write(connection: sqlite3.Connection) -> None:
        connection.execute(
            "INSERT INTO person (id, role, standing, enrolled_on) VALUES (?, ?, ?, ?)",
            (who, enrolment.role.value, Standing.ACTIVE.value, today.isoformat()),
        )
        connection.execute(
            "INSERT INTO credential (person, badge, pin, key) VALUES (?, ?, ?, ?)",
            (who, code, enrolment.pin, _encoded(key)),
        )

    return Change((entry,), write)


def change_role(connection: sqlite3.Connection, who: Person, role: Role) -> Change:
    """Give someone another role; `ProblemError` LAST_SUPERVISOR."""
    if role is not Role.SUPERVISOR:
        roster.refuse_last_supervisor(connection, who)
    sql = "UPDATE person SET role = ? WHERE id = ?"
    return _changed(who, role, who.standing, "another role", (sql, (role.value, who.id)))


def retire(connection: sqlite3.Connection, who: Person, today: date) -> Change:
    """Let someone go: badge, PIN and key are forgotten at once, the name after its period."""
    roster.refuse_last_supervisor(connection, who)
    return _changed(
        who, who.role, Standing.RETIRED, "retired",
        ("UPDATE person SET standing = 'retired', retired_on = ? WHERE id = ?",
         (today.isoformat(), who.id)),
        ("DELETE FROM credential WHERE person = ?", (who.id,)),
    )  # fmt: skip


def lock(who: Person, reason: str = "locked by a supervisor") -> Change:
    """Keep someone out until a supervisor unlocks them."""
    sql = "UPDATE person SET standing = 'locked' WHERE id = ? AND standing = 'active'"
    return _changed(who, who.role, Standing.LOCKED, reason, (sql, (who.id,)))


def unlock(who: Person) -> Change:
    """Let someone try again, from the first try; `ProblemError` when they have left."""
    _refuse_gone(who)
    sql = "UPDATE person SET standing = 'active', tries = 0 WHERE id = ?"
    return _changed(who, who.role, Standing.ACTIVE, "unlocked", (sql, (who.id,)))


def new_badge(connection: sqlite3.Connection, who: Person, badge: Badge, pepper: bytes) -> Change:
    """Replace a lost badge; `ProblemError` BADGE_TAKEN."""
    _refuse_gone(who)
    code = _free(connection, badge, pepper)
    sql = "UPDATE credential SET badge = ? WHERE person = ?"
    return _changed(who, who.role, who.standing, "another badge", (sql, (code, who.id)))


def new_pin(who: Person, encoded: str) -> Change:
    """Replace a PIN by another, encoded."""
    _refuse_gone(who)
    sql = "UPDATE credential SET pin = ? WHERE person = ?"
    return _changed(who, who.role, who.standing, "another PIN", (sql, (encoded, who.id)))


def new_key(who: Person, key: SecurityKey) -> Change:
    """Give someone a security key, in place of any before."""
    _refuse_gone(who)
    sql = "UPDATE credential SET key = ?, key_count = 0 WHERE person = ?"
    said = _said(who.id, who.role, who.standing, key)
    entry = Entry(CustodyKind.PERSON_CHANGED, data=said, reason="another key")
    return Change((entry,), lambda connection: _run(connection, (sql, (_encoded(key), who.id))))


def _changed(
    who: Person,
    role: Role,
    standing: Standing,
    reason: str,
    *statements: tuple[str, tuple[object, ...]],
) -> Change:
    entry = Entry(CustodyKind.PERSON_CHANGED, data=_said(who.id, role, standing), reason=reason)
    return Change((entry,), lambda connection: _run(connection, *statements))


def _run(connection: sqlite3.Connection, *statements: tuple[str, tuple[object, ...]]) -> None:
    for sql, values in statements:
        connection.execute(sql, values)


def _said(
    who: str, role: Role, standing: Standing, key: SecurityKey | None = None
) -> dict[str, Json]:
    said: dict[str, Json] = {"person": who, "role": role.value, "standing": standing.value}
    return said if key is None else said | {"key": key.as_json()}


def _free(connection: sqlite3.Connection, badge: Badge, pepper: bytes) -> bytes:
    if holder := roster.by_badge(connection, badge, pepper):
        raise ProblemError(Problem(ProblemCode.BADGE_TAKEN, holder.id))
    return badge.code(pepper)


def _refuse_gone(who: Person) -> None:
    if who.standing in (Standing.RETIRED, Standing.ERASED):
        raise ProblemError(Problem(ProblemCode.PERSON_UNKNOWN, who.id, who.standing.value))


def _encoded(key: SecurityKey | None) -> bytes | None:
    return None if key is None else json.dumps(key.as_json()).encode()
