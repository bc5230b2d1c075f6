"""Handsets that are known outside a bench's record, from a file: a CSV with a line for each.

Columns, named in the first line in any case: `imei`, and as far as they are known `imei2`,
`serial`, `where`; others are not looked at. Between them stands a comma, or a semicolon.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, TypeAlias

from bench.identity.identifiers import IdentifierError, Imei, SerialNumber
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class KnownHandset:
    """What a line says of a handset besides its IMEIs; `serial` is None where it says none."""

    serial: SerialNumber | None
    where: str

    def may_be(self, serial: SerialNumber) -> bool:
        """Whether it is the handset with that serial number; letters count in any case."""
        return self.serial is not None and _folded(self.serial) == _folded(serial)

    @property
    def words(self) -> str:
        """Where it is known, and its serial number."""
        return plain(f"{self.where}, serial {self.serial}" if self.serial else self.where, _LONGEST)


Line: TypeAlias = "tuple[str, KnownHandset]"
"""An IMEI's digits, and what a line says of it."""
_Known: TypeAlias = Mapping[str, Sequence[KnownHandset]]


class KnownElsewhere:
    """Says where an IMEI is known as another handset's."""

    def __init__(self, known: _Known) -> None:
        self._known = known

    @classmethod
    def read(cls, path: Path) -> KnownElsewhere:
        """Read the file; raises `ProblemError` SETTINGS_UNUSABLE naming the line."""
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                return cls(_known(path.name, file))
        except UnicodeDecodeError as error:
            raise _unusable(path.name, "it is not written in UTF-8") from error
        except (OSError, csv.Error) as error:
            raise _unusable(path.name, str(error)) from error

    def lines(self) -> Iterator[Line]:
        """Yield what is known, IMEI by IMEI."""
        return ((imei, each) for imei, those in self._known.items() for each in those)

    def other_than(self, imeis: Sequence[Imei], serial: SerialNumber) -> str:
        """Return where one of the IMEIs is known as another handset's, in plain words, or "".

        A line without a serial number is of another handset: it does not say that it is this one.
        Nor does any line of a handset that could not say its own.
        """
        lines = (line for imei in imeis for line in self._known.get(imei.digits, ()))
        return next((line.words for line in lines if not line.may_be(serial)), "")


def _known(name: str, file: TextIO) -> _Known:
    found: dict[str, list[KnownHandset]] = {}
    for where, row in _rows(name, file):
        handset = KnownHandset(_serial(where, row.get("serial", "")), row.get("where", "") or name)
        for text in filter(None, (row.get("imei"), row.get("imei2"))):
            found.setdefault(_imei(where, text), []).append(handset)
    return found


def _rows(name: str, file: TextIO) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield each line under its headings, and what it is called in a problem."""
    head = file.readline()
    between = ";" if head.count(";") > head.count(",") else ","
    columns = [cell.strip().casefold() for cell in next(csv.reader([head], delimiter=between), [])]
    if "imei" not in columns:
        raise _unusable(name, "its first line names no column imei")
    reader = csv.reader(file, delimiter=between, strict=True)
    for row in reader:
        cells = (cell.strip() for cell in row)
        yield f"{name}, line {reader.line_num + 1}", dict(zip(columns, cells, strict=False))


def _serial(where: str, text: str) -> SerialNumber | None:
    try:
        return SerialNumber.parse(text) if text else None
    except IdentifierError as error:
        raise _unusable(where, error.reason) from None


def _imei(where: str, text: str) -> str:
    try:
        return Imei.parse(text).digits
    except IdentifierError as error:
        raise _unusable(where, error.reason) from None


def _folded(serial: SerialNumber) -> str:
    return serial.text.casefold()


def _unusable(where: str, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.SETTINGS_UNUSABLE, where, detail))
