"""What takes two persons, on the command line: both sign in, one after the other, and it is said.

In training nobody has to show who they are; the two still have two names in the record.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from bench.command_line.people_desk import AnswerError, PeopleDesk, acting
from bench.custody.entries import Actor
from bench.custody.people import roster
from bench.custody.people.pin import PinError
from bench.custody.people.sign_off import check_sign_off
from bench.events.orders import CustodyKind
from bench.problems import ProblemError

if TYPE_CHECKING:
    import sqlite3

TRAINEES = (Actor("technician"), Actor("supervisor"))
FIRST, SECOND = "The first person, who does it:\n", "The second person, who signs it off:\n"


def two_at(desk: PeopleDesk, kind: CustodyKind, *, simulated: bool) -> tuple[Actor, Actor]:
    """Have two persons sign in who may do that and sign it off; `ProblemError` if they may not."""
    if simulated:
        return TRAINEES
    sys.stdout.write(FIRST)
    first = acting(desk, kind)
    sys.stdout.write(SECOND)
    second = acting(desk, CustodyKind.SIGNED_OFF)
    assert first is not None, "only the first enrolment of all needs nobody"
    assert second is not None, "as above"
    with desk.reading() as connection:
        refuse_unfit(connection, kind, first, second)
    return first, second


def refuse_unfit(
    connection: sqlite3.Connection, kind: CustodyKind, first: Actor, second: Actor
) -> None:
    """Raise `ProblemError` unless they may do that together."""
    roster.refuse_unfit(connection, first, kind)
    check_sign_off(kind, first, second, roster.roles(connection))


def said(work: Callable[[], str]) -> int:
    """Do the work, say its answer or why there is none, and return the exit code: 0 or 1."""
    try:
        answer = work()
    except (ProblemError, PinError, AnswerError) as error:
        sys.stderr.write(f"staging-bench: {error}\n")
        return 1
    except (EOFError, KeyboardInterrupt):
        sys.stderr.write("staging-bench: nothing was changed\n")
        return 1
    sys.stdout.write(f"{answer}\n")
    return 0
