"""Handsets that are known outside a bench's record, from a file: a CSV with a line for each.

Columns, named in the first line: `imei`, and as far as they are known `imei2`, `serial`, `where`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bench.identity.identifiers import IdentifierError, Imei, SerialNumber
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError

_LONGEST = 60


class KnownElsewhere:
    """Says where an IMEI is known as another handset's."""

    def __init__(self, known: Mapping[str, tuple[str, str]]) -> None:
        self._known = known

    @classmethod
    def read(cls, path: Path) -> KnownElsewhere:
        """Read the file; raises `ProblemError` SETTINGS_UNUSABLE naming the line."""
        try:
            with path.open(encoding="utf-8-sig", newline="") as lines:
                return cls(_known(path.name, lines))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise _unusable(path.name, str(error)) from error

    def other_than(self, imeis: Sequence[Imei], serial: SerialNumber) -> str:
        """Return where one of the IMEIs is known as another handset's, in plain words, or "".

        A line without a serial number is of another handset: it does not say that it is this one.
        """
        for imei in imeis:
            found = self._known.get(imei.digits)
            if found and not (serial.text and found[0] == serial.text):
                told = f"{found[1]}, serial {found[0]}" if found[0] else found[1]
                return plain(told, _LONGEST)
        return ""


def _known(name: str, lines: Iterable[str]) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    reader = csv.DictReader(lines)
    if "imei" not in (reader.fieldnames or ()):
        raise _unusable(name, "its first line names no column imei")
    for number, row in enumerate(reader, 2):
        said = (row.get("serial") or "").strip(), (row.get("where") or "").strip() or name
        for column in ("imei", "imei2"):
            if text := (row.get(column) or "").strip():
                found[_imei(name, number, text)] = said
    return found


def _imei(name: str, number: int, text: str) -> str:
    try:
        return Imei.parse(text).digits
    except IdentifierError as error:
        raise _unusable(f"{name}, line {number}", error.reason) from None


def _unusable(where: str, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.SETTINGS_UNUSABLE, where, detail))
