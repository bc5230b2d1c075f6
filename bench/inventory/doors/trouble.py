"""What can come between a bench and the centre, the same words at each door.

Whichever it is, it is not known whether the events arrived: they are offered again, and the store
compares. `where` is the centre's host and port; no reason holds a password, a token or a key.
"""

from __future__ import annotations

from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError

_REASON_LIMIT = 160


class UnreachableError(ProblemError):
    """The centre was not reached, took too long, or answered what no centre answers: try later."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(_problem(ProblemCode.CENTRE_UNREACHABLE, where, reason))


class BusyError(ProblemError):
    """The centre cannot take more just now: try later, not before `retry_after` seconds if given.

    Fewer events at a time are easier to take.
    """

    def __init__(self, where: str, reason: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(_problem(ProblemCode.CENTRE_BUSY, where, reason))


class RefusedError(ProblemError):
    """The centre does not let this bench in; trying again helps nobody until a person acted."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(_problem(ProblemCode.CENTRE_REFUSED, where, reason))


class UntrustedError(ProblemError):
    """Who answers does not show that it is the centre: nothing was said to it."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(_problem(ProblemCode.CENTRE_UNTRUSTED, where, reason))


def _problem(code: ProblemCode, where: str, reason: str) -> Problem:
    return Problem(code, where, plain(reason, _REASON_LIMIT))
