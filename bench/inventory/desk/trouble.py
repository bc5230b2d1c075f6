"""What the bench says when the exchange itself does not answer or does not run."""

from __future__ import annotations

from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError

_REASON = 200


def away(reason: str) -> ProblemError:
    """Return that the centre cannot be asked just now."""
    return ProblemError(Problem(ProblemCode.CENTRE_UNREACHABLE, detail=reason))


def failing(reason: str) -> Problem:
    """Return that the exchange breaks off time and again."""
    return Problem(ProblemCode.SYNC_FAILING, detail=plain(reason, _REASON))


def how_it_ended(code: int | None, complaint: bytes) -> str:
    """Return in words how the exchange ended, by its exit code and the end of what it complained.

    Only this program's own words are repeated: what a library says may hold what it connected with.
    """
    last = complaint.decode("utf-8", "replace").strip().rpartition("\n")[2]
    if last.startswith(_OURS):
        return plain(last.removeprefix(_OURS), _REASON)
    if code is None:
        return "it does not end"
    return f"it was ended by signal {-code}" if code < 0 else f"it ended with code {code}"


_OURS = "staging-bench: "
