"""The doctor: looks at one thing after the other, says what it found and how to mend it.

A check is a row in a table; each room that has something to look at brings its own rows.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from bench.identity.plain import plain
from bench.problems import ProblemError

if TYPE_CHECKING:
    import sqlite3
else:
    from pysqlite3 import dbapi2 as sqlite3

_LINE = 400


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, whether it is well, what was found, and how to mend it."""

    ok: bool
    what: str
    found: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a check found; with something to mend it is not well."""

    found: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One row: what is looked at, and how. A known problem that is met on the way is an answer."""

    what: str
    look: Callable[[], Answer]

    def finding(self) -> Finding:
        """Look."""
        try:
            answer = self.look()
        except ProblemError as error:
            problem = error.problem
            found = ": ".join(part for part in (problem.advice.what, problem.detail) if part)
            return Finding(ok=False, what=self.what, found=found, mend=problem.advice.do)
        except (OSError, sqlite3.Error) as error:
            return Finding(ok=False, what=self.what, found=str(error), mend="See what is named.")
        return Finding(not answer.mend, self.what, answer.found, answer.mend)


def doctor(checks: Iterable[Check], out: TextIO | None = None) -> int:
    """Print each finding as it is made; return the exit code: 0 all well, 1 something to mend."""
    out = sys.stdout if out is None else out
    signs = _signs(out)
    amiss = 0
    for check in checks:
        finding = check.finding()
        amiss += not finding.ok
        out.write(_in_words(finding, signs))
        out.flush()
    out.write("All is well.\n" if not amiss else f"{amiss} to mend.\n")
    return int(amiss > 0)


def _in_words(finding: Finding, signs: tuple[str, str]) -> str:
    sign = f"{signs[0]}well" if finding.ok else f"{signs[1]}MEND"
    line = f"{sign}  {finding.what}: {plain(finding.found, _LINE)}\n"
    return line if finding.ok else f"{line}        {plain(finding.mend, _LINE)}\n"


def _signs(out: TextIO) -> tuple[str, str]:
    """Return a sign beside each word, where the terminal has them."""
    try:
        "✓✗".encode(out.encoding or "ascii")
    except UnicodeEncodeError:
        return "", ""
    return "✓ ", "✗ "
