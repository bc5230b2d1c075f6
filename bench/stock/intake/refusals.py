"""The rows of a file that were refused, as a file of the same form, to be mended and taken again.

It has the same headings and one column more, which says why and is ignored when it comes back. A
workbook's cells are texts, so that a spreadsheet does no damage to them; a CSV goes as it came.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from bench.enrolment.exports.cells import cell
from bench.identity.cells import neutral
from bench.stock.intake.checking import Refused
from bench.stock.intake.layout import REASON, is_reason

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_NAME = 60


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A file that rows are put into; `end` writes what is still held of it."""

    put: Callable[[Sequence[str]], None]
    end: Callable[[], None]


class Refusals:
    """Writes the refused rows of a file beside its final place, which is taken at `keep`.

    Nothing is there until a row is; what was begun and not kept is gone at the end.
    """

    def __init__(self, folder: Path, name: str, sha256: str, labels: Sequence[str]) -> None:
        safe = Path(_UNSAFE.sub("-", name))
        stem = safe.stem[:_NAME].strip(".-") or "file"
        suffix = ".xlsx" if safe.suffix.lower() == ".xlsx" else ".csv"
        self.path = folder / f"{stem}-{sha256[:8]}-refused{suffix}"
        self._draft = self.path.with_name(f".{self.path.name}.draft")
        self._columns = [at for at, label in enumerate(labels) if not is_reason(label)]
        self._head = [labels[at] for at in self._columns]
        self._sheet: _Sheet | None = None
        self.count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        if self._sheet:
            self._sheet.end()
        self._draft.unlink(missing_ok=True)

    def add(self, refused: Refused) -> None:
        """Add a row with the number that it had."""
        if self._sheet is None:
            self._sheet = self._begin()
        cells = refused.row.cells
        texts = [cells[at] if at < len(cells) else "" for at in self._columns]
        self._sheet.put([*texts, f"Row {refused.row.number}: {refused.reason}"])
        self.count += 1

    def keep(self) -> None:
        """Put the file in its place, if there is a row in it."""
        if self._sheet is not None:
            self._sheet.end()
            self._sheet = None
            self._draft.replace(self.path)

    def _begin(self) -> _Sheet:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        sheet = _workbook(self._draft) if self.path.suffix == ".xlsx" else _csv(self._draft)
        sheet.put([*self._head, REASON])
        return sheet


def _csv(path: Path) -> _Sheet:
    file = io.TextIOWrapper(_private(path), "utf-8-sig", newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    return _Sheet(lambda texts: writer.writerow([cell(text) for text in texts]), file.close)


def _workbook(path: Path) -> _Sheet:
    from openpyxl import Workbook  # noqa: PLC0415 - 60 ms that only a workbook is worth
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Refused")

    def put(texts: Sequence[str]) -> None:
        cells = [WriteOnlyCell(sheet, neutral(text)) for text in texts]
        for each in cells:
            each.number_format = "@"
        sheet.append(cells)

    def end() -> None:
        with _private(path) as file:
            book.save(file)

    return _Sheet(put, end)


def _private(path: Path) -> BinaryIO:
    """Open a file for writing that nobody else may read: telephone numbers may be in it."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb")
