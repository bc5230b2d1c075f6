"""Cells of the tables that leave the bench, and the one way in which they are written.

UTF-8 without byte order mark, lines end in CRLF, quotes as RFC 4180 has them: read back by another
program, each cell is what was put in, and in no spreadsheet is it a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from enum import Enum

from bench.identity.cells import neutral
from bench.identity.plain import plain

_LIMIT = 4000
_UNQUOTABLE = str.maketrans(dict.fromkeys(',"', " "))


class Quoting(Enum):
    """Which cells stand in quotes."""

    WHERE_NEEDED = csv.QUOTE_MINIMAL
    ALWAYS = csv.QUOTE_ALL
    NEVER = csv.QUOTE_NONE
    """For a reader that promises to know no quotes: commas and quotes become spaces."""


def as_csv(rows: Iterable[Sequence[str]], quoting: Quoting = Quoting.WHERE_NEEDED) -> bytes:
    """Return the bytes of a table; each cell is `plain`, `neutral`, and at most 4,000 characters.

    Source: RFC 4180, section 2.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=quoting.value, lineterminator="\r\n")
    writer.writerows([cell(each, quoting) for each in row] for row in rows)
    return out.getvalue().encode()


def cell(text: str, quoting: Quoting = Quoting.WHERE_NEEDED) -> str:
    """Return what another program reads back of a cell."""
    bare = text.translate(_UNQUOTABLE) if quoting is Quoting.NEVER else text
    return neutral(plain(bare, _LIMIT))
