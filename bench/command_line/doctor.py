"""The doctor: says in words, or as one JSON object, what the checks found and how to mend it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

from bench.checks import Check, Finding, Severity, findings

_SCHEMA = 1
"""The version of the JSON object; raised when a key changes its meaning or goes."""
_WORDS = {Severity.WELL: "well", Severity.NOTE: "note", Severity.MEND: "MEND"}
_SIGNS = {Severity.WELL: "✓ ", Severity.NOTE: "• ", Severity.MEND: "✗ "}


def doctor(checks: Iterable[Check], out: TextIO | None = None) -> int:
    """Print each finding as it is made; return the exit code: 0 all well, 1 something to mend.

    What is only worth knowing changes nothing in the code.
    """
    out = sys.stdout if out is None else out
    signs = _signs(out)
    found = []
    for finding in findings(checks):
        found.append(finding)
        out.write(_spelt(in_words(finding, signs[finding.severity]), out))
        out.flush()
    out.write(f"{summary(found)}\n")
    return _code(found)


def doctor_as_json(checks: Iterable[Check], out: TextIO | None = None) -> int:
    """Print all findings as one JSON object at the end; return the code as `doctor`."""
    out = sys.stdout if out is None else out
    found = tuple(findings(checks))
    out.write(as_json(found) + "\n")
    return _code(found)


def doctor_line_by_line(checks: Iterable[Check], out: TextIO | None = None) -> int:
    """Print each finding as a line of JSON when it is made; return the code as `doctor`."""
    out = sys.stdout if out is None else out
    found = []
    for finding in findings(checks):
        found.append(finding)
        out.write(json.dumps(_row(finding)) + "\n")
        out.flush()
    return _code(found)


def as_json(found: Sequence[Finding]) -> str:
    """Return the findings as one JSON object.

    `schema` 1; `well`, whether nothing is to mend; `to_mend` and `notes`, how many; `checks`, a
    list of `what`, `severity` ("well", "worth knowing", "to mend"), `found` and `mend` (may be "").
    """
    amiss, notes = _count(found, Severity.MEND), _count(found, Severity.NOTE)
    rows = [_row(each) for each in found]
    said = {"schema": _SCHEMA, "well": not amiss, "to_mend": amiss, "notes": notes, "checks": rows}
    return json.dumps(said, indent=2)


def in_words(finding: Finding, sign: str = "") -> str:
    """Return a finding as a line, and how to mend it as a second one."""
    line = f"{sign}{_WORDS[finding.severity]}  {finding.what}: {finding.found}\n"
    return f"{line}        {finding.mend}\n" if finding.mend else line


def summary(found: Sequence[Finding]) -> str:
    """Return in a few words what it comes to."""
    amiss, notes = _count(found, Severity.MEND), _count(found, Severity.NOTE)
    if not found:
        return "Nothing was looked at."
    said = f"{amiss} to mend" if amiss else "All is well"
    return f"{said}, {notes} worth knowing." if notes else f"{said}."


def _row(finding: Finding) -> dict[str, str]:
    return {
        "what": finding.what, "severity": finding.severity,
        "found": finding.found, "mend": finding.mend,
    }  # fmt: skip


def _code(found: Sequence[Finding]) -> int:
    return int(any(not each.ok for each in found))


def _count(found: Sequence[Finding], severity: Severity) -> int:
    return sum(each.severity is severity for each in found)


def _spelt(text: str, out: TextIO) -> str:
    """Return the text with `?` for what the terminal has no letter for."""
    encoding = out.encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


def _signs(out: TextIO) -> dict[Severity, str]:
    """Return a sign beside each word, where the terminal has them."""
    try:
        "".join(_SIGNS.values()).encode(out.encoding or "ascii")
    except UnicodeEncodeError:
        return dict.fromkeys(Severity, "")
    return _SIGNS
