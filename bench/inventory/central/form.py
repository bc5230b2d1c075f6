"""The forms that a store goes through: which there are, which it has, and making it the newest.

A form is a text of SQL: `central.sql` is the first, those in `migrations/` follow by number. Each
is applied once, in a transaction of its own, as the owner; its digest is kept, so that a store says
of itself what it was made of.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.inventory.central.waiting import patient
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import psycopg

OWNER = "staging_owner"
"""Whose everything in the store is; nobody signs in as it."""
_ROOM = Path(__file__).parents[1]
_FIRST, _LATER = _ROOM / "central.sql", _ROOM / "migrations"
_PATIENCE = 30.0
"""Seconds for which a form waits for what sessions hold."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form by its number, from 1; `digest` is the SHA-256 of its text."""

    number: int
    name: str
    digest: bytes
    text: str = field(default="", repr=False)


def forms() -> tuple[Form, ...]:
    """Return the forms that this program knows, the oldest first; those of a store have no text."""
    later = sorted(_LATER.glob("[0-9][0-9][0-9][0-9]-*.sql"))
    return (_read(1, _FIRST), *(_read(int(path.name[:4]), path) for path in later))


def wanting(known: Sequence[Form], applied: Sequence[Form]) -> Sequence[Form]:
    """Return the known forms that a store with those `applied` lacks, in order.

    `ProblemError`: STORE_NEWER where it has one that is not known, CENTRE_UNUSABLE where it has
    one by another text, or lacks one before one that it has.
    """
    newest = max((each.number for each in known), default=0)
    for each in applied:
        if each.number > newest:
            detail = f"it has form {each.number}; this program knows {newest}"
            raise ProblemError(Problem(ProblemCode.STORE_NEWER, detail=detail))
    for ours, its in zip(known, applied, strict=False):
        if ours.number != its.number:
            raise _unusable(f"it lacks form {ours.number}, {ours.name}, and has {its.number}")
        if ours.digest != its.digest:
            raise _unusable(f"form {its.number} was applied by another text than {ours.name}")
    return known[len(applied) :]


def applied(connection: psycopg.Connection[Any]) -> tuple[Form, ...]:
    """Return the forms that a store has, the oldest first; none of a database that is no store."""
    found = connection.execute("SELECT to_regclass('custody.form') IS NOT NULL").fetchone()
    if not (found and found[0]):
        return ()
    rows = connection.execute("SELECT number, name, sha256 FROM custody.form ORDER BY number")
    return tuple(Form(number, name, bytes(digest)) for number, name, digest in rows)


def settle(
    connection: psycopg.Connection[Any],
    known: Sequence[Form] | None = None,
    *,
    begin: Callable[[], object] = lambda: None,
) -> Sequence[Form]:
    """Apply what a store lacks; return what was applied. The owner is there, and may be become.

    `connection` is in autocommit. What fails leaves the forms before it; `psycopg.Error` then.
    `begin` is called, as the owner, in the transaction that makes the first form: without what it
    does there is no store.
    """
    lacking = wanting(forms() if known is None else known, applied(connection))
    for each in lacking:
        with patient(connection, _PATIENCE):
            connection.execute(f"SET LOCAL ROLE {OWNER}")
            connection.execute(each.text.encode())
            connection.execute(
                "INSERT INTO custody.form (number, name, sha256) VALUES (%s, %s, %s)",
                (each.number, each.name, each.digest),
            )
            if each.number == 1:
                begin()
    return lacking


def _read(number: int, path: Path) -> Form:
    text = path.read_text("utf-8")
    return Form(number, path.name, hashlib.sha256(text.encode()).digest(), text)


def _unusable(detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.CENTRE_UNUSABLE, "store", detail))
