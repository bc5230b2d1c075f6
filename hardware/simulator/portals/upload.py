"""What stands in an uploaded file: handsets by IMEI or serial number, or why a row is refused.

Pure, and nothing is taken for granted: a spreadsheet may have made an exponent of an IMEI.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.identity.identifiers import IdentifierError, Imei
from hardware.simulator.portals.rules import PortalRules

_SERIAL = re.compile(r"[A-Z0-9]{6,20}", re.ASCII)


class FileRefusedError(Exception):
    """Nothing of a file was taken: `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Named:
    """A handset as row `row` names it (1 is the file's first); each "" where it does not."""

    row: int
    imei: str
    serial: str

    @property
    def key(self) -> str:
        """What it goes by at the portal: its IMEI, else its serial number."""
        return self.imei or self.serial

    @property
    def names(self) -> tuple[str, ...]:
        """All that it goes by."""
        return tuple(name for name in (self.imei, self.serial) if name)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not taken, and why."""

    row: int
    reason: str


def read_upload(data: bytes, rules: PortalRules) -> tuple[Named | RefusedRow, ...]:
    """Return what each row says; raises `FileRefusedError` for a file that is none."""
    rows = _rows(data)
    if not rows:
        raise FileRefusedError("the file is empty")
    imei, serial, first = _columns(rows[0], rules)
    body = rows[first:]
    if not body:
        raise FileRefusedError("the file names no handset")
    if rules.rows and len(body) > rules.rows:
        raise FileRefusedError(f"the file has more than {rules.rows} rows")
    return tuple(_read(number, row, imei, serial) for number, row in enumerate(body, first + 1))


def _rows(data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise FileRefusedError("the file is not UTF-8") from None
    if text.startswith("\ufeff"):
        raise FileRefusedError("the file begins with a byte order mark")
    try:
        return [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error:
        raise FileRefusedError("the file is no CSV") from None


def _columns(head: Sequence[str], rules: PortalRules) -> tuple[int | None, int | None, int]:
    """Return where IMEI and serial number stand, and which row is the first of a handset."""
    titles = [cell.strip().casefold() for cell in head]
    imei = _place(titles, rules.imeis)
    serial = _place(titles, rules.serials)
    if imei is not None or serial is not None:
        return imei, serial, 1
    if rules.takes_bare:
        return 0, None, 0
    raise FileRefusedError(f"no column is called {' or '.join(rules.imeis)}")


def _place(titles: Sequence[str], wanted: Sequence[str]) -> int | None:
    found: Iterator[int] = (at for at, title in enumerate(titles) if title in wanted)
    return next(found, None)


def _read(
    number: int, row: Sequence[str], imei: int | None, serial: int | None
) -> Named | RefusedRow:
    said_imei, said_serial = _cell(row, imei), _cell(row, serial)
    if said_imei and not _is_imei(said_imei):
        return RefusedRow(number, "this is no IMEI")
    if said_serial and not _SERIAL.fullmatch(said_serial):
        return RefusedRow(number, "this is no serial number")
    if not said_imei and not said_serial:
        return RefusedRow(number, "no handset is named")
    return Named(number, said_imei, said_serial)


def _cell(row: Sequence[str], at: int | None) -> str:
    return row[at].strip() if at is not None and at < len(row) else ""


def _is_imei(text: str) -> bool:
    try:
        return str(Imei.parse(text)) == text
    except IdentifierError:
        return False
