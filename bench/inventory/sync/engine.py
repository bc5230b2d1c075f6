"""What is next in the exchange of a record with the centre, and what an answer means. Pure.

The store's head is the truth about what it has. It is compared with this record's own leaf hash at
the same number each time: where they differ there are two histories, and nobody here can say which
is right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias, assert_never

from bench.custody.entries import LedgerHeader
from bench.inventory.centre import Answer, Status
from bench.inventory.sync import greeting, pace
from bench.inventory.sync.greeting import Hello
from bench.problems import Problem, ProblemCode

GENESIS = bytes(32)
"""The head's hash of a store that has nothing yet."""
MOST_REFUSED = 3
"""Answers in a row that took nothing of what was sent, before a person is asked."""
PASSING = frozenset({ProblemCode.CENTRE_UNREACHABLE, ProblemCode.CENTRE_BUSY})
"""Trouble that goes by itself; any other waits for a person."""
FOR_GOOD = frozenset({ProblemCode.CENTRE_FORKED, ProblemCode.EVENTS_NOT_TAKEN})
"""Trouble that no asking again can mend: what was recorded is not what is taken."""
_P, _S = ProblemCode, Status


@dataclass(frozen=True, slots=True)
class Course:
    """Where the exchange is.

    `accepted` is the last event that the store has, None while it has not said; `known` the most
    that it ever had. `batch` events go next. `failures` is of exchanges since events were last
    taken, or nothing was to be sent: a store that can be asked and takes nothing is no better than
    one that is away. `refused` is of answers in a row that took nothing; `contradicted` says how
    the store's history differs.
    """

    batch: int = pace.FIRST
    accepted: int | None = None
    known: int = 0
    failures: int = 0
    refused: int = 0
    contradicted: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """Bring nothing: hear where the store stands."""


@dataclass(frozen=True, slots=True)
class Send:
    """Bring up to `most` events that follow number `after`."""

    after: int
    most: int


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait, then look again; `asked` of the seconds the centre itself asked for."""

    seconds: float
    problem: Problem
    asked: float = 0.0


@dataclass(frozen=True, slots=True)
class Stop:
    """Nothing more until a person has done something; `freeze` is why the record freezes, or ""."""

    problem: Problem
    freeze: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """The store has all there is."""


Step: TypeAlias = "Look | Send | Pause | Stop | Done"
Sending: TypeAlias = "Look | Send"


@dataclass(frozen=True, slots=True)
class Sent:
    """What was brought: `count` events from number `first`; it took `seconds`."""

    first: int
    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Own:
    """This record: whose it is, its last number, and its leaf hash where the store's head is.

    `leaf` is None where it has no such event. `newest` is the newest protocol that is spoken here.
    `set_aside` says that another epoch goes on from it: then it is not shown what differs, for it
    is the later one that would be frozen.
    """

    header: LedgerHeader
    last: int
    leaf: bytes | None
    newest: int
    set_aside: bool = False


def next_step(course: Course, last: int) -> Step:
    """Return what is next for a record of `last` events."""
    if course.accepted is None:
        return Look()
    if course.accepted < last:
        return Send(course.accepted, course.batch)
    return Done()


def troubled(
    course: Course, sent: Sent, problem: Problem, chance: float, asked: float = 0.0
) -> tuple[Course, Step]:
    """Return where the exchange is after trouble on the way: what arrived is not known.

    `chance` and `asked` as `pace.pause` takes them.
    """
    failures = course.failures + 1
    batch = pace.smaller(course.batch) if sent.count else course.batch
    course = replace(course, accepted=None, failures=failures, batch=batch)
    if problem.code in PASSING:
        return course, Pause(pace.pause(failures, chance, asked), problem, pace.granted(asked))
    return course, Stop(problem)


def heard(
    course: Course, sent: Sent, answer: Answer, hello: Hello | None, own: Own
) -> tuple[Course, Step]:
    """Return where the exchange is after an answer, and what is next."""
    if problem := _not_let_in(answer) or _unfit(hello, own):
        return replace(course, accepted=None), Stop(problem)
    assert hello is not None, "what says nothing is unfit"
    if reason := contradiction(answer, own):
        return _contradicted(course, answer, own, hello, reason)
    if problem := _closed(sent, answer, hello, own):
        freeze = problem.detail if problem.code is _P.CENTRE_FORKED else ""
        return replace(course, accepted=None), Stop(problem, freeze)
    return _taken(replace(course, contradicted=""), sent, answer, hello, own)


def contradiction(answer: Answer, own: Own) -> str:
    """Say how the store's history differs from this record's; "" where it does not."""
    accepted = answer.accepted_through
    if accepted is None or answer.head_hash is None:
        return ""
    if accepted > own.last:
        return f"the central store has {accepted} events, {own.last} are here"
    if answer.head_hash != (own.leaf if accepted else GENESIS):
        return f"event {accepted} is another one in the central store"
    return ""


def _contradicted(
    course: Course, answer: Answer, own: Own, hello: Hello, reason: str
) -> tuple[Course, Step]:
    """Bring the store what differs, so that it sees for itself; stop once it was brought."""
    last = min(own.last, answer.accepted_through or 0)
    open_there = answer.status in (_S.OK, _S.GAP) and hello.epoch == own.header.epoch
    shown = bool(course.contradicted)
    course = replace(course, accepted=None, contradicted=reason)
    if open_there and last and not shown and not own.set_aside:
        return course, Send(last - 1, 1)
    return course, Stop(Problem(_P.CENTRE_FORKED, hello.name, reason), reason)


def _taken(
    course: Course, sent: Sent, answer: Answer, hello: Hello, own: Own
) -> tuple[Course, Step]:
    accepted = answer.accepted_through
    if accepted is None or answer.head_hash is None:
        detail = "it does not say how far it is"
        return course, Stop(Problem(_P.CENTRE_UNUSABLE, hello.name, detail))
    known = max(course.known, accepted)
    has_more = accepted > course.known or accepted == own.last
    failures = 0 if has_more else course.failures
    course = replace(course, accepted=accepted, known=known, failures=failures)
    if sent.count and accepted < sent.first + sent.count - 1:
        return _refused(course, sent, answer, hello, own)
    batch = pace.next_batch(course.batch, sent.seconds) if sent.count else course.batch
    course = replace(course, batch=batch, refused=0)
    return course, next_step(course, own.last)


def _refused(
    course: Course, sent: Sent, answer: Answer, hello: Hello, own: Own
) -> tuple[Course, Step]:
    """Go back to the store's head with fewer; after a few times in vain it is a person's."""
    refused, batch = course.refused + 1, pace.taken_apart(sent.count)
    course = replace(course, refused=refused, batch=batch)
    if refused < MOST_REFUSED:
        return course, next_step(course, own.last)
    first = (course.accepted or 0) + 1
    detail = f"event {first}: {answer.status.value.replace('_', ' ')}"
    return course, Stop(Problem(_P.EVENTS_NOT_TAKEN, hello.name, detail))


def _not_let_in(answer: Answer) -> Problem | None:
    match answer.status:
        case _S.UNKNOWN_BENCH:
            return Problem(_P.CENTRE_REFUSED, detail="it knows no such bench")
        case _S.CERTIFICATE_ENDED:
            return Problem(_P.CENTRE_REFUSED, detail="this bench's certificate is taken no more")
        case _S.BAD_REQUEST:
            return Problem(_P.CENTRE_UNUSABLE, detail="it does not understand what is sent")
        case _S.OK | _S.GAP | _S.FORK | _S.FROZEN | _S.BROKEN_CHAIN:
            return None
        case never:
            assert_never(never)


def _unfit(hello: Hello | None, own: Own) -> Problem | None:
    if hello is None:
        return Problem(_P.CENTRE_UNUSABLE, detail="it does not say who it is")
    return greeting.stranger(hello, own.header, own.newest)


def _closed(sent: Sent, answer: Answer, hello: Hello, own: Own) -> Problem | None:
    if problem := greeting.other_epoch(hello, own.header, set_aside=own.set_aside):
        return problem
    if answer.status is _S.FORK:
        return Problem(_P.CENTRE_FORKED, hello.name, _forked(sent))
    if answer.status is _S.FROZEN and not _may_go_on(sent, answer, own):
        return Problem(_P.CENTRE_FROZEN, hello.name)
    return None


def _may_go_on(sent: Sent, answer: Answer, own: Own) -> bool:
    """Whether an epoch that was set aside is there whole, or fewer of its events may be taken.

    The store takes them up to where the next epoch says that it began, and no batch beyond.
    """
    return own.set_aside and (answer.accepted_through == own.last or sent.count > 1)


def _forked(sent: Sent) -> str:
    if not sent.count:
        return "the central store has other events of this epoch"
    which = f"event {sent.first}"
    if sent.count > 1:
        which = f"the events {sent.first} to {sent.first + sent.count - 1}"
    return f"of {which} the central store has others"
