"""Who may act, taken out of a record that may be damaged: the next epoch begins with them.

It lies in memory. What somebody signs in with cannot be made again from the events, so it is taken
from the tables; but only of whom the events know, as they know them. Tries are counted here: a
damaged file is not written to, and who can run this can read the record and the pepper anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from bench.custody.database import transaction
from bench.custody.entries import Appended, Entry
from bench.custody.people import changes, roster
from bench.custody.people.change import Change
from bench.custody.people.changes import Enrolment
from bench.custody.people.recorded import Recorded
from bench.custody.people.roles import Role
from bench.custody.people.tables import TABLES as PEOPLE
from bench.custody.personal.carrying_over import carry_over
from bench.custody.personal.tables import TABLES as PERSONAL
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3
else:
    from pysqlite3 import dbapi2 as sqlite3

_TAKEN = (
    ("person", "id, role, standing, tries, enrolled_on, retired_on"),
    ("credential", "person, badge, pin, key, key_count"),
    ("personal_text", "ref, field, subject, text, salt, keep_until"),
)
_TROUBLE = (sqlite3.Error, ProblemError, UnicodeDecodeError)


class Roll:
    """People of a record, by pseudonym; `left` says who could not be taken over, and why."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        for statement in (*PERSONAL.values(), *PEOPLE.values()):
            self.connection.execute(statement)
        self.left: list[str] = []
        self._enrolled: dict[str, Entry] = {}

    @classmethod
    def of(cls, record: sqlite3.Connection, recorded: Mapping[str, Recorded]) -> Roll:
        """Take out of a record whom its events know; it only reads, and never fails."""
        roll = cls()
        for table, columns in _TAKEN:
            where = "WHERE field = 'name'" if table == "personal_text" else ""
            roll._take(record, table, columns, where)
        there = roll._ids()
        for who in there:
            if why := roll._unfit(who, recorded.get(who)):
                roll._leave_out(who, why)
        lost = sorted(recorded.keys() - set(there))
        roll.left += [f"{who}: no longer in the tables" for who in lost]
        return roll

    @property
    def can_decide(self) -> bool:
        """Whether there is a supervisor who may act, and anybody else to sign off."""
        roles = roster.roles(self.connection)
        return roster.has_supervisor(self.connection) and len(roles) > 1

    @property
    def beginning(self) -> str:
        """Say whom the new epoch did not take over; "" where all of them are."""
        if not self._enrolled:
            return ""
        if self._enrolled.keys() == set(self._ids()):
            return "its people could not be taken over: the first are enrolled anew"
        return "somebody was enrolled to sign it off"

    def append(
        self,
        entries: Sequence[Entry],  # noqa: ARG002 - what they say, the standing taken over says
        *,
        besides: Callable[[sqlite3.Connection], None] | None = None,
    ) -> tuple[Appended, ...]:
        """Do what belongs beside a sign-in (`check_pin`); no event is written of it."""
        if besides is not None:
            with transaction(self.connection):
                besides(self.connection)
        return ()

    def enrol(self, enrolment: Enrolment, pepper: bytes, today: date) -> None:
        """Add someone new; a supervisor only where none is left.

        Raises `ProblemError` SIGN_IN_FIRST, BADGE_TAKEN.
        """
        if enrolment.role is Role.SUPERVISOR and roster.has_supervisor(self.connection):
            raise ProblemError(Problem(ProblemCode.SIGN_IN_FIRST, detail="there is a supervisor"))
        change = changes.enrol(self.connection, enrolment, pepper, today)
        with transaction(self.connection):
            change.write(self.connection)
        (self._enrolled[enrolment.person],) = change.entries

    def change(self, first: str) -> Change:
        """Return what brings them all into the new record, `first` before the others.

        Then whoever opens the epoch is known when the rest is done in their name.
        """
        carried = carry_over(self.connection)
        entries = [self._enrolled.get(str(each.data["person"]), each) for each in carried.entries]
        entries.sort(key=lambda each: each.data["person"] != first)
        return Change(tuple(entries), carried.write)

    def _take(self, record: sqlite3.Connection, table: str, columns: str, where: str) -> None:
        count = columns.count(",") + 1
        insert = f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * count)})"  # noqa: S608 - our own words
        try:
            for row in record.execute(f"SELECT {columns} FROM {table} {where}"):  # noqa: S608 - our own words
                self.connection.execute(insert, row)
        except _TROUBLE as error:
            self.left.append(f"{table}: {error}")

    def _ids(self) -> list[str]:
        return [who for (who,) in self.connection.execute("SELECT id FROM person ORDER BY id")]

    def _unfit(self, who: str, said: Recorded | None) -> str:
        """Say how a row differs from what the record says of that person; "" if not at all."""
        if said is None:
            return "not in the record"
        try:
            row = roster.person(self.connection, who)
        except _TROUBLE as error:
            return str(error)
        if (row.role, row.standing) != (said.role, said.standing):
            return f"{row.role}, {row.standing}; recorded as {said.role}, {said.standing}"
        return "has another key than the record says" if row.key not in (None, said.key) else ""

    def _leave_out(self, who: str, why: str) -> None:
        self.left.append(f"{who}: {why}")
        self.connection.execute("DELETE FROM credential WHERE person = ?", (who,))
        self.connection.execute("DELETE FROM person WHERE id = ?", (who,))
