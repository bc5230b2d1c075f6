"""People on the command line: who is enrolled, enrolling, letting go, erasing, and what is held.

Each returns an exit code: 0 done, 1 refused or held up (said on standard error).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.decisions import said
from bench.command_line.people_desk import (
    NAME_LIMIT,
    AnswerError,
    PeopleDesk,
    acting,
    new_badge,
    new_name,
    new_pin,
    reading,
)
from bench.custody import queries
from bench.custody.backup.plan import USUAL, BackupName, Keep
from bench.custody.database import Connect, connect_reader
from bench.custody.epochs.erasing import erase_from_old, is_in_old
from bench.custody.people import changes, roster
from bench.custody.people.roles import Role, Standing
from bench.custody.personal import data_map as maps
from bench.custody.personal import erasure, table
from bench.custody.personal import subject_access as access
from bench.custody.personal.backups import after_erasure
from bench.events.orders import CustodyKind
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3

_BATCH, _FEW = 500, 20


# ── changes ─────────────────────────────────────────────────────────────────────────────────────
def enrol(desk: PeopleDesk, role: Role) -> int:
    """Ask for name, badge and PIN of someone new and enrol them."""

    def work() -> str:
        by = acting(desk, CustodyKind.PERSON_ENROLLED)
        enrolment = changes.Enrolment(new_name(desk), role, new_badge(desk), new_pin(desk))
        with desk.reading() as connection:
            _refuse_beginning_without_supervisor(connection, role)
            change = changes.enrol(connection, enrolment, desk.pepper, desk.today)
        desk.make(change, by)
        return f"{enrolment.person}: {role}, enrolled"

    return said(work)


def retire(desk: PeopleDesk, person: str) -> int:
    """Let someone go: badge and PIN are forgotten, the name after its period."""

    def work() -> str:
        by = acting(desk, CustodyKind.PERSON_CHANGED)
        with desk.reading() as connection:
            change = changes.retire(connection, roster.person(connection, person), desk.today)
        desk.make(change, by)
        return f"{person}: retired"

    return said(work)


def unlock(desk: PeopleDesk, person: str) -> int:
    """Let someone try again who typed five wrong PINs."""

    def work() -> str:
        by = acting(desk, CustodyKind.PERSON_CHANGED)
        with desk.reading() as connection:
            change = changes.unlock(roster.person(connection, person))
        desk.make(change, by)
        return f"{person}: unlocked"

    return said(work)


def set_pin(desk: PeopleDesk, person: str) -> int:
    """Have someone choose a PIN, typed twice: who was sent by the centre has none here yet."""

    def work() -> str:
        by = acting(desk, CustodyKind.PERSON_CHANGED)
        with desk.reading() as connection:
            who = roster.person(connection, person)
        desk.make(changes.new_pin(who, new_pin(desk)), by)
        return f"{person}: another PIN"

    return said(work)


def set_badge(desk: PeopleDesk, person: str) -> int:
    """Give someone a badge, in place of a lost one or because none was sent."""

    def work() -> str:
        by = acting(desk, CustodyKind.PERSON_CHANGED)
        badge = new_badge(desk, "The new badge: ")
        with desk.reading() as connection:
            who = roster.person(connection, person)
            change = changes.new_badge(connection, who, badge, desk.pepper)
        desk.make(change, by)
        return f"{person}: another badge"

    return said(work)


def erase(
    desk: PeopleDesk,
    person: str,
    backups: Iterable[BackupName] = (),
    keep: Keep = USUAL,
    every: timedelta = timedelta(days=1),
) -> int:
    """Erase all that is known of a person, from every page of the file; ask before.

    Earlier epochs' files are reached too, and one that cannot be is told of. Called again it only
    finishes.
    """

    def work() -> str:
        with desk.reading() as connection:
            begun = erasure.is_pending(connection, person) or _is_erased(connection, person)
        if not begun and not _erase(desk, person):
            return "nothing was erased"
        desk.record.scrub()
        with desk.reading() as connection:
            erased = erasure.last_erasure(connection)
        said = f"{person}: erased; {after_erasure(backups, keep, erased, every)}"
        return "\n".join((said, *map(str, erase_from_old(desk.record.path, person, desk.opener))))

    return said(work)


# ── questions ───────────────────────────────────────────────────────────────────────────────────
def list_people(record: Path, *, connect: Connect = connect_reader) -> int:
    """Say who is enrolled, by name where it is still known."""

    def work() -> str:
        with reading(record, connect) as connection:
            lines = [
                f"{each.id}  {each.role:<10}  {_standing(each):<8}  {each.enrolled_on}"
                f"  {plain(table.name_of(connection, each.id), NAME_LIMIT)}".rstrip()
                for each in roster.people(connection)
            ]
        return "\n".join(lines) or "nobody is enrolled"

    return said(work)


def data_map(record: Path, *, as_csv: bool = False, connect: Connect = connect_reader) -> int:
    """Say what the record holds of people, as Markdown or CSV; 1 if something is not described."""
    incomplete = False

    def work() -> str:
        nonlocal incomplete
        with reading(record, connect) as connection:
            rows = maps.data_map(connection)
        incomplete = bool(maps.undescribed(rows))
        return (maps.csv(rows) if as_csv else maps.markdown(rows)).rstrip()

    return said(work) or int(incomplete)


def subject_access(record: Path, person: str, *, connect: Connect = connect_reader) -> int:
    """Say everything that is held about one person, as JSON."""

    def work() -> str:
        with reading(record, connect) as connection:
            found = access.subject_access(connection, person, queries.events_between(connection, 0))
        return access.as_text(found).rstrip()

    return said(work)


# ── the record ──────────────────────────────────────────────────────────────────────────────────
def _erase(desk: PeopleDesk, person: str) -> bool:
    by = acting(desk, CustodyKind.ERASED)
    with desk.reading() as connection:
        _refuse_to_erase(connection, person, desk)
        change, found = erasure.erase(connection, person), erasure.mentions(connection, person)
    if found:
        events = ", ".join(text.ref for text in found[:_FEW])
        sys.stdout.write(f"The name stands in texts about others, in events {events}\n")
    if desk.ask.line(f"This cannot be undone. Type {person} to erase: ").strip() != person:
        return False
    desk.make(change, by)
    return True


def _is_erased(connection: sqlite3.Connection, person: str) -> bool:
    return any(
        each.id == person and each.standing is Standing.ERASED for each in roster.people(connection)
    )


def _refuse_to_erase(connection: sqlite3.Connection, person: str, desk: PeopleDesk) -> None:
    known = {each.id: each for each in roster.people(connection)}
    if person in known:
        roster.refuse_last_supervisor(connection, known[person])
    elif not table.by_subject(connection, person) and not is_in_old(
        desk.record.path, person, desk.opener.read
    ):
        raise ProblemError(Problem(ProblemCode.PERSON_UNKNOWN, person))


def _standing(who: roster.Person) -> str:
    return "locked" if who.is_locked else who.standing.value


def _refuse_beginning_without_supervisor(connection: sqlite3.Connection, role: Role) -> None:
    if role is not Role.SUPERVISOR and not roster.has_supervisor(connection):
        raise AnswerError("The first to be enrolled is a supervisor.")
