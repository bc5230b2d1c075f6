"""A short paper to put a pen to: what it is, the handsets, places to sign; PDF/A-3u.

It names nobody: whoever is meant stands there by pseudonym, and writes their name by hand. So no
paper keeps what the record can erase.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from bench.custody.durable import create
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.desk.turns import Cancelled, JobCancelledError

if TYPE_CHECKING:
    from bench.stock.desk.means import Means

_ROOM = 8.5
"""Millimetres that a line to sign on takes."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on it: sentences, a table, and who signs where; `document` names it alone."""

    title: str
    document: str
    at: datetime
    sentences: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    signs: tuple[str, ...]

    @property
    def file_name(self) -> str:
        """A name of known-safe characters."""
        safe = re.sub(r"[^a-z0-9]+", "-", self.document.lower(), flags=re.ASCII).strip("-")
        return f"{safe[:80]}-{self.at.astimezone(UTC):%Y%m%dT%H%M%SZ}.pdf"


@dataclass(frozen=True, slots=True)
class Kept:
    """A paper that lies on the disk; its SHA-256 in hex."""

    path: Path
    sha256: str


def keep(means: Means, paper: Paper, cancelled: Cancelled) -> Kept:
    """Draw a paper and keep it among the bench's; on a thread of its own.

    Raises `JobCancelledError`, and `ProblemError` (FILE_UNUSABLE) where the disk refuses.
    """
    drawn = _drawn(paper, means.fonts, simulated=means.simulated)
    if cancelled():
        raise JobCancelledError
    path = means.papers / paper.file_name
    try:
        means.papers.mkdir(parents=True, exist_ok=True)
        path = _kept(path, drawn)
    except OSError as error:
        problem = Problem(ProblemCode.FILE_UNUSABLE, path.name, error.strerror or str(error))
        raise ProblemError(problem) from error
    return Kept(path, hashlib.sha256(drawn).hexdigest())


def _kept(path: Path, drawn: bytes) -> Path:
    """Write it beside another of the same second, never over it."""
    for number in count(2):
        if create(path, drawn) or path.read_bytes() == drawn:
            break
        path = path.with_name(f"{path.stem.split('--')[0]}--{number}.pdf")
    return path


def _drawn(paper: Paper, fonts: Path, *, simulated: bool) -> bytes:
    from fpdf.enums import Align  # noqa: PLC0415 - it is loaded where it is used

    from bench.custody.statement.sheet import SANS, Imprint, Sheet  # noqa: PLC0415 - as above

    imprint = Imprint(paper.title, paper.document, paper.at, simulated)
    sheet = Sheet(imprint, fonts, "A4")
    sheet.heading(sheet.letters("title", paper.title), 16)
    for sentence in paper.sentences:
        sheet.paragraph(sheet.letters("remarks", sentence))
    sheet.ln(2)
    sheet.set_font(SANS, "", 8.5)
    with sheet.table(text_align=Align.L, line_height=4.4) as table:
        for row in (paper.columns, *paper.rows):
            table.row([sheet.letters("cell", cell) or "—" for cell in row])
    for sign in paper.signs:
        sheet.ln(_ROOM)
        sheet.paragraph(f"{'.' * 70}  {sheet.letters('sign', sign)}")
    return bytes(sheet.output())
