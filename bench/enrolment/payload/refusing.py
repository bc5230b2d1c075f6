"""Why no code can be made: one key, one reason, and never a value."""

from __future__ import annotations

from bench.enrolment.profiles.provisioning import PREFIX
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError


def unusable(key: str, reason: str) -> ProblemError:
    """Return the problem PAYLOAD_UNUSABLE of a key; `reason` repeats nothing of its value."""
    name = plain(key.removeprefix(PREFIX), 60)
    return ProblemError(Problem(ProblemCode.PAYLOAD_UNUSABLE, detail=f"{name}: {reason}"))
