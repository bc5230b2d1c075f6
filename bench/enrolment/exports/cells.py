"""Cells of the tables that leave the bench, and the one way in which they are written.

UTF-8 without byte order mark, lines end in CRLF, quotes as RFC 4180 has them: read back by another
program, each cell is what was put in, and in no spreadsheet is it a formula.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from enum import Enum

from bench.identity.plain import plain

_FORMULA = frozenset("=+-@\t\r\n\N{MINUS SIGN}")
_LIMIT = 4000
_UNQUOTABLE = str.maketrans(dict.fromkeys(',"', " "))


class Quoting(Enum):
    """Which cells stand in quotes."""

    WHERE_NEEDED = csv.QUOTE_MINIMAL
    ALWAYS = csv.QUOTE_ALL
    NEVER = csv.QUOTE_NONE
    """For a reader that promises to know no quotes: commas and quotes become spaces."""


def neutral(text: str) -> str:
    """Return text in which a spreadsheet finds no formula: one that begins so gets an apostrophe.

    A formula begins with = + - @, a tab or a line break, with a full-width or small form of one of
    them, or with spaces before it. What begins with a letter or a digit stays as it is: each IMEI
    and serial number does. Source: OWASP, CSV Injection.
    """
    return f"'{text}" if _begins_formula(text) else text


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


def _begins_formula(text: str) -> bool:
    """NFKC makes one of all forms of a character (Unicode Standard Annex 15)."""
    first = text[:1]
    if first in _FORMULA and first:
        return True
    visible = unicodedata.normalize("NFKC", text.lstrip()[:1])
    return visible[:1] in _FORMULA and bool(visible)
