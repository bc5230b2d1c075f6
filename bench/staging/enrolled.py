"""The people of the record, as the bench asks about them: whose badge, what name, what role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from bench.custody.ledger import Ledger
from bench.custody.people import roster
from bench.custody.people.badge import Badge
from bench.custody.people.roles import Role, Standing
from bench.custody.personal.table import name_of
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3

_Answer = TypeVar("_Answer")
_NAME = 60
_HERE = (Standing.ACTIVE, Standing.LOCKED)


@dataclass(frozen=True, slots=True)
class Face:
    """Someone at the bench: their pseudonym, how they are called on the screen, and their role."""

    id: str
    called: str
    role: Role


class Enrolled:
    """Asks over the record's own connection; there is one writer, so nothing changes between."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def anyone(self) -> bool:
        """Whether anybody is enrolled here who has not left."""
        return any(each.standing in _HERE for each in asked(self._ledger, roster.people))

    def holder(self, badge: Badge, pepper: bytes) -> Face:
        """Return whose badge it is; `ProblemError` BADGE_UNKNOWN, PERSON_LOCKED."""
        found = asked(self._ledger, lambda c: roster.by_badge(c, badge, pepper))
        if found is None or found.standing not in _HERE:
            raise ProblemError(Problem(ProblemCode.BADGE_UNKNOWN))
        name = plain(asked(self._ledger, lambda c: name_of(c, found.id)), _NAME)
        if not found.may_act:
            raise ProblemError(Problem(ProblemCode.PERSON_LOCKED, name or found.id))
        return Face(found.id, name or found.id, found.role)

    def roles(self) -> dict[str, Role]:
        """Return the role of everyone who may act, by pseudonym."""
        return asked(self._ledger, roster.roles)


def asked(ledger: Ledger, question: Callable[[sqlite3.Connection], _Answer]) -> _Answer:
    """Return what the record's own connection answers."""
    answers: list[_Answer] = []
    ledger.append((), besides=lambda connection: answers.append(question(connection)))
    return answers[0]
