"""People for tests: a record with a supervisor and technicians, made-up names, badges and PINs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from pysqlite3 import dbapi2

from bench.custody.database import connect_reader
from bench.custody.entries import Actor, LedgerHeader, Proof, SealedEvent
from bench.custody.ledger import Ledger
from bench.custody.people import changes, roster
from bench.custody.people.badge import Badge
from bench.custody.people.change import Change
from bench.custody.people.roles import Role
from bench.custody.people.roster import Person
from bench.custody.people.second_factor import SecurityKey
from tests.bench.custody.record import open_ledger

REAL = LedgerHeader("bench-07", simulated=False)
PEPPER = bytes(range(32))
TODAY = date(2026, 11, 2)
_Answer = TypeVar("_Answer")


def real_ledger(folder: Path) -> Ledger:
    """Open a record that is not for training: there people have to show who they are."""
    return open_ledger(folder, REAL)


def ask(ledger: Ledger, question: Callable[[dbapi2.Connection], _Answer]) -> _Answer:
    """Ask over a connection of its own."""
    connection = connect_reader(ledger.path)
    try:
        return question(connection)
    finally:
        connection.close()


def make(ledger: Ledger, change: Change, by: Actor | None = None) -> None:
    ledger.append(change.entries, by=by, besides=change.write)


def enrol(
    ledger: Ledger,
    role: Role,
    number: int,
    *,
    by: Actor | None = None,
    pin: str | None = None,
    key: SecurityKey | None = None,
) -> Actor:
    """Enrol made-up person `number`; return them as having shown badge and PIN."""
    enrolment = changes.Enrolment(name(number), role, badge(number), pin, key)
    make(ledger, ask(ledger, lambda c: changes.enrol(c, enrolment, PEPPER, TODAY)), by)
    return Actor(enrolment.person, Proof.BADGE_PIN)


def unproven(actor: Actor) -> Actor:
    return replace(actor, how=Proof.UNPROVEN)


def person(ledger: Ledger, actor: Actor) -> Person:
    return ask(ledger, lambda c: roster.person(c, actor.id))


def name(number: int) -> str:
    return f"Testperson Nummer-{number:04d} Ægir"


def badge(number: int) -> Badge:
    return Badge.parse(f"04:A2:{number:08X}")


def events(ledger: Ledger) -> tuple[SealedEvent, ...]:
    return ledger.events(0, 100_000)
