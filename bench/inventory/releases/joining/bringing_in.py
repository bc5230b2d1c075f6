"""Taking people over from a release into the record: on the bench's thread, one event each.

Each step is decided by what stands in the record then. Cut short, it goes on where it was the next
time; done, it writes nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Protocol

from bench.custody.entries import Actor, Appended, Entry
from bench.custody.people import changes, roster
from bench.custody.people.badge import Badge
from bench.custody.people.change import Change
from bench.custody.people.changes import Enrolment
from bench.events.orders import CustodyKind, Json
from bench.inventory.releases.joining.deciding import (
    ChangeRole,
    GiveBadge,
    GivePin,
    Here,
    Join,
    Leave,
    LeftOut,
    Step,
    has_supervisor,
    steps,
)
from bench.inventory.releases.parts.people import SentPerson, pepper_id
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3

_ROUNDS = 3
"""A badge that somebody gives back in one round is given to another in the next."""
CENTRE = Actor("centre")
"""Who acts where a release says what is to be done."""
Reading = Callable[[], "AbstractContextManager[sqlite3.Connection]"]
"""Opens the record to read it."""


class Record(Protocol):
    """The open record: a `Ledger`."""

    def append(
        self,
        entries: Sequence[Entry],
        *,
        by: Actor | None = None,
        besides: Callable[[sqlite3.Connection], None] | None = None,
    ) -> tuple[Appended, ...]:
        """Write the entries, and what is beside them, in one transaction."""
        ...


@dataclass(frozen=True, slots=True)
class Sent:
    """People as a release named them: its number, the digest (hex) of their part, its note."""

    people: tuple[SentPerson, ...]
    release: int
    digest: str
    note: str


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """How many changes were written, and for whom something else is done than was sent."""

    changes: int
    left_out: tuple[LeftOut, ...] = ()


def bring_in(sent: Sent, record: Record, reading: Reading, pepper: bytes, today: date) -> BroughtIn:
    """Write what follows from the people that were sent; each event names release and digest.

    The release itself goes before them, so that an auditor sees by whose word they came
    (`bench.custody.people.audit`). Raises `ProblemError` SUPERVISOR_FIRST, writing nothing, where
    no supervisor of this bench could sign in and give a PIN to those who were sent; else as
    appending does, when what was written by then stands.
    """
    _refuse_without_supervisor(reading, pepper)
    written, left_out = 0, tuple[LeftOut, ...]()
    for _ in range(_ROUNDS):
        before, failed = written, list[LeftOut]()
        for step in decided(sent.people, reading, pepper):
            try:
                if isinstance(step, LeftOut):
                    failed.append(step)
                    continue
                with reading() as connection:
                    change = _marked(change_for(connection, step, pepper, today), sent)
            except ProblemError as error:
                failed.append(LeftOut(step.person, error.problem.code.value))
                continue
            first = () if written else (_taken(sent),)
            record.append((*first, *change.entries), by=CENTRE, besides=change.write)
            written += 1
        left_out = tuple(failed)
        if written == before:
            break
    return BroughtIn(written, left_out)


def decided(
    sent: Sequence[SentPerson], reading: Reading, pepper: bytes
) -> tuple[Step | LeftOut, ...]:
    """Return what is to be done at this bench for the people that were sent; writes nothing."""
    with reading() as connection:
        here = _here(connection, (each.badge for each in sent if each.badge), pepper)
    return tuple(steps(sent, here, pepper_id(pepper)))


def change_for(connection: sqlite3.Connection, step: Step, pepper: bytes, today: date) -> Change:
    """Return a step as what is appended; `ProblemError` where it cannot be done any more."""
    if isinstance(step, Join):
        enrolment = Enrolment(step.name, step.role, step.badge, step.pin, person=step.person)
        return changes.enrol(connection, enrolment, pepper, today)
    who = roster.person(connection, step.person)
    match step:
        case ChangeRole(role=role):
            return changes.change_role(connection, who, role)
        case Leave():
            return changes.retire(connection, who, today)
        case GiveBadge(badge=badge):
            return changes.new_badge(connection, who, badge, pepper)
        case GivePin(pin=pin):
            return changes.new_pin(who, pin)


def _refuse_without_supervisor(reading: Reading, pepper: bytes) -> None:
    with reading() as connection:
        here = _here(connection, (), pepper)
    if not has_supervisor(here):
        raise ProblemError(Problem(ProblemCode.SUPERVISOR_FIRST))


def _here(connection: sqlite3.Connection, badges: Iterable[Badge], pepper: bytes) -> Here:
    found = {}
    for badge in badges:
        if holder := roster.by_badge(connection, badge, pepper):
            found[badge.uid] = holder.id
    return Here({each.id: each for each in roster.people(connection)}, found)


def _taken(sent: Sent) -> Entry:
    return Entry(CustodyKind.RELEASE_TAKEN, data={"release": sent.release, "note": sent.note})


def _marked(change: Change, sent: Sent) -> Change:
    """Let each event say by which release it came."""
    said: dict[str, Json] = {"release": sent.release, "part": sent.digest}
    marked = (replace(each, data={**each.data, **said}) for each in change.entries)
    return replace(change, entries=tuple(marked))
