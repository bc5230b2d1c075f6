"""The desk where people are enrolled and let go, on the command line: who asks, and what is asked.

Badge and PIN are typed without an echo and stand on no command line.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bench.custody.database import PLAIN, Connect, Opener, connect_reader, told
from bench.custody.entries import Actor, Appended, Entry, Proof
from bench.custody.people import pin, roster
from bench.custody.people.badge import Badge
from bench.custody.people.change import Change
from bench.custody.people.checking import Append, check_pin
from bench.custody.people.pin import Pin
from bench.custody.people.sign_in import Locked, PinChecked
from bench.events.orders import CustodyKind
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3

NAME_LIMIT = 100
"""Characters of a name at most."""


class AnswerError(ValueError):
    """What was typed cannot be used; the text says why and never what."""


class Asking(Protocol):
    """Someone at a terminal."""

    def line(self, prompt: str) -> str:
        """Ask for a line, and show what is typed."""
        ...

    def hidden(self, prompt: str) -> str:
        """Ask for a line, and show nothing."""
        ...


class Terminal:
    """Implements `Asking` on the terminal that the program was started from."""

    def line(self, prompt: str) -> str:
        """Ask on standard input."""
        return input(prompt)

    def hidden(self, prompt: str) -> str:
        """Ask on the terminal itself, its echo switched off."""
        from getpass import getpass  # noqa: PLC0415 - where somebody signs in

        return getpass(prompt)


class CustodyRecord(Protocol):
    """The open record: a `Ledger`."""

    @property
    def path(self) -> Path:
        """Where it lies."""
        ...

    def append(
        self,
        entries: Sequence[Entry],
        *,
        by: Actor | None = None,
        besides: Callable[[sqlite3.Connection], None] | None = None,
    ) -> tuple[Appended, ...]:
        """Write the entries, and what is beside them, in one transaction."""
        ...

    def scrub(self) -> None:
        """Make the file anew without a trace of what was erased (`erasure.scrub`)."""
        ...


class Desk(Protocol):
    """Where somebody is asked for badge, PIN or name."""

    @property
    def ask(self) -> Asking:
        """Who answers."""
        ...

    @property
    def pepper(self) -> bytes:
        """What goes into each PIN's hash."""
        ...


@dataclass(frozen=True)
class PeopleDesk:
    """Where people are enrolled and let go: the open record, the pepper, who answers, the day.

    `opener` opens that record's file once more, and those of its earlier epochs.
    """

    record: CustodyRecord
    pepper: bytes = field(repr=False)
    ask: Asking
    today: date
    opener: Opener = PLAIN

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """Read the record over a connection of its own."""
        return reading(self.record.path, self.opener.read)

    def make(self, change: Change, by: Actor | None) -> None:
        """Write a change."""
        self.record.append(change.entries, by=by, besides=change.write)


def acting(desk: PeopleDesk, kind: CustodyKind) -> Actor | None:
    """Have someone sign in who may do that; None while nobody can, at the very beginning."""
    with desk.reading() as connection:
        if kind is CustodyKind.PERSON_ENROLLED and not roster.has_supervisor(connection):
            return None
    by = signed_in(desk, desk.record.append, desk.reading)
    with desk.reading() as connection:
        roster.refuse_unfit(connection, by, kind)
    return by


def signed_in(
    desk: Desk, append: Append, read: Callable[[], AbstractContextManager[sqlite3.Connection]]
) -> Actor:
    """Have someone show badge and PIN; `append` counts the tries of whom `read` knows."""
    badge = new_badge(desk, "Your badge: ")
    with read() as connection:
        holder = roster.by_badge(connection, badge, desk.pepper)
    if holder is None:
        raise ProblemError(Problem(ProblemCode.BADGE_UNKNOWN))
    typed = desk.ask.hidden("Your PIN: ")
    answer = check_pin(append, holder.id, typed, desk.pepper, time.monotonic)
    match asyncio.run(answer):
        case PinChecked(is_right=True):
            return Actor(holder.id, Proof.BADGE_PIN)
        case PinChecked(left=left):
            raise ProblemError(Problem(ProblemCode.PIN_WRONG, detail=f"{left} tries left"))
        case Locked():
            raise ProblemError(Problem(ProblemCode.PERSON_LOCKED, holder.id))


def new_badge(desk: Desk, prompt: str = "Badge of the new person: ") -> Badge:
    """Ask for a badge; `AnswerError` when it is none."""
    try:
        return Badge.parse(desk.ask.hidden(prompt))
    except ValueError as error:
        raise AnswerError(str(error)) from error


def new_pin(desk: Desk) -> str:
    """Ask twice for a new PIN and return it encoded; `PinError` for a weak one."""
    chosen = Pin.parse(desk.ask.hidden("A PIN of six digits or more: "))
    if desk.ask.hidden("The same PIN again: ") != chosen.digits:
        raise AnswerError("The two PINs differ.")
    return pin.encode(chosen, desk.pepper)


def new_name(desk: Desk) -> str:
    """Ask for a name, as one line of text."""
    name = plain(desk.ask.line("Name of the new person: "), NAME_LIMIT)
    if not name:
        raise AnswerError("Give a name.")
    return name


@contextmanager
def reading(record: Path, connect: Connect = connect_reader) -> Iterator[sqlite3.Connection]:
    """Read the record over a connection of its own."""
    with told(record):
        connection = connect(record)
        try:
            yield connection
        finally:
            connection.close()
