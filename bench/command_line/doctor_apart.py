"""Has a process of its own look at the bench: the window's way to the doctor.

What is looked at of the record needs it: in the program that has the record open, reading its file
would drop SQLite's locks. And a check that hangs holds nothing up that a person sees.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Generator, Sequence
from typing import Any

from bench.checks import Finding, Severity
from bench.identity.plain import plain

_LONGEST = 1 << 16
"""Characters of a line; a finding has a twentieth of them at most."""
_LINE = 400
_WHAT = "Check of this station"


def findings_apart(words: Sequence[str]) -> Generator[Finding, None, None]:
    """Run a program that prints findings as lines of JSON; yield each when it comes.

    Closing the iterator ends the program. What it cannot say is a finding too.
    """
    try:
        child = subprocess.Popen(  # noqa: S603 - this very program
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
    except OSError as error:
        yield _amiss(str(error))
        return
    assert child.stdout is not None
    try:
        while line := child.stdout.readline(_LONGEST):
            yield _parsed(line)
        if child.wait() not in (0, 1):
            yield _amiss(f"it ended early, with code {child.returncode}")
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def _parsed(line: str) -> Finding:
    try:
        row: dict[str, Any] = json.loads(line)
        what, found, mend = (plain(str(row[key]), _LINE) for key in ("what", "found", "mend"))
        return Finding(Severity(row["severity"]), what, found, mend)
    except (ValueError, KeyError, TypeError, RecursionError):
        return _amiss(f"it said {plain(line)}")


def _amiss(found: str) -> Finding:
    return Finding(
        Severity.MEND, _WHAT, plain(found, _LINE), "Run it on a terminal: staging-bench doctor"
    )
