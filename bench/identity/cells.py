"""Text for a cell of a spreadsheet made harmless: there it can only ever be text."""

from __future__ import annotations

import unicodedata

_FORMULA = frozenset("=+-@\t\r\n\N{MINUS SIGN}")


def neutral(text: str) -> str:
    """Return text in which a spreadsheet finds no formula: one that begins so gets an apostrophe.

    A formula begins with = + - @, a tab or a line break, with a full-width or small form of one of
    them, or with spaces before it. What begins with a letter or a digit stays as it is: each IMEI
    and serial number does. Source: OWASP, CSV Injection.
    """
    return f"'{text}" if _begins_formula(text) else text


def _begins_formula(text: str) -> bool:
    """NFKC makes one of all forms of a character (Unicode Standard Annex 15)."""
    first = text[:1]
    if first in _FORMULA and first:
        return True
    visible = unicodedata.normalize("NFKC", text.lstrip()[:1])
    return visible[:1] in _FORMULA and bool(visible)
