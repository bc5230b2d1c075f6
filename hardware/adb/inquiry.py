"""Many questions to a handset in one command line, and its answers told apart. Pure.

One command line instead of several, because each round trip costs as much as the answer. The parts
are parted by a mark that the handset could not know when its properties were written, so nothing
that it says in one part can pass for another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError


def command_line(asked: Sequence[str], mark: str) -> str:
    """Return the command line that asks everything; each part ends in a line of `mark`."""
    return "; ".join(f"{words}; echo {mark}" for words in asked)


def answers(asked: Sequence[str], out: str, mark: str) -> Mapping[str, str]:
    """Return what was said to each command; one answer too few or too many is IDENTITY_UNREAD."""
    parts = out.split(f"{mark}\n")
    if len(parts) != len(asked) + 1:
        raise unread("the answer was cut short")
    return {words: part.removesuffix("\n") for words, part in zip(asked, parts, strict=False)}


def unread(detail: str) -> ProblemError:
    """Return the problem of a handset that does not say who it is."""
    return ProblemError(Problem(ProblemCode.IDENTITY_UNREAD, detail=plain(detail)))
