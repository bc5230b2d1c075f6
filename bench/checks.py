"""What is looked at on a bench, and what was found: one row each, with how to mend it.

A check is a row in a table; each room that has something to look at brings its own rows. Whoever
runs them, the command line or the window, goes through `findings`: each check has a deadline and a
thread of its own, so that one that hangs or breaks never stops the others.
"""

from __future__ import annotations

import asyncio
import inspect
import shlex
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bench.identity.plain import plain
from bench.problems import ProblemError

LIMIT = 10.0
"""Seconds a check may take, unless it says otherwise."""
_LINE = 400
"""Characters kept of what was found, whatever a device says."""


class Severity(StrEnum):
    """How much a finding matters. The value is stable: programs read it."""

    WELL = "well"
    NOTE = "worth knowing"
    MEND = "to mend"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a check found; with something to mend it is not well, unless that is only a `note`."""

    found: str
    mend: str = ""
    note: bool = False

    @property
    def severity(self) -> Severity:
        """How much it matters."""
        if self.note:
            return Severity.NOTE
        return Severity.MEND if self.mend else Severity.WELL


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how much it matters, what was found, how to mend it; a line each."""

    severity: Severity
    what: str
    found: str
    mend: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing has to be mended."""
        return self.severity is not Severity.MEND


@dataclass(frozen=True, slots=True)
class Check:
    """One row: what is looked at, how, and the seconds it may take.

    `look` may be a coroutine function; it then runs on a loop of its own. A known problem that is
    met on the way is an answer.
    """

    what: str
    look: Callable[[], Answer | Awaitable[Answer]]
    limit: float = LIMIT

    def finding(self) -> Finding:
        """Look; returns within the limit, whatever is met. Blocks: not on a thread that paints."""
        found: list[Finding] = []
        looking = threading.Thread(target=lambda: found.append(self._look()), daemon=True)
        looking.start()
        looking.join(self.limit)
        if found:
            return found[0]
        said = f"no answer within {self.limit:g} s"
        return Finding(Severity.MEND, self.what, said, "Try again; what hangs is named here.")

    def _look(self) -> Finding:
        try:
            answer = self._answer()
        except ProblemError as error:
            problem = error.problem
            found = ": ".join(part for part in (problem.advice.what, problem.detail) if part)
            answer = Answer(found, problem.advice.do)
        except OSError as error:
            answer = Answer(str(error), "See what is named.")
        except Exception as error:  # noqa: BLE001 - a fault in one row hides no other
            said = f"this check itself failed: {type(error).__name__}: {error}"
            answer = Answer(said, "Report it to whoever keeps this program; the other lines hold.")
        return Finding(
            answer.severity, self.what, plain(answer.found, _LINE), plain(answer.mend, _LINE)
        )

    def _answer(self) -> Answer:
        answer = self.look()
        return asyncio.run(_awaited(answer)) if inspect.isawaitable(answer) else answer


def findings(checks: Iterable[Check]) -> Iterator[Finding]:
    """Look at one after the other; yield each finding as it is made."""
    for check in checks:
        yield check.finding()


def udev_install(rules: Path) -> str:
    """Return the command that installs a file of udev rules and has udev take them up."""
    return (
        f"sudo install -m 644 {shlex.quote(str(rules.resolve()))} /etc/udev/rules.d/ && "
        "sudo udevadm control --reload && sudo udevadm trigger --action=change"
    )


async def _awaited(answer: Awaitable[Answer]) -> Answer:
    return await answer
