"""AIM symbology identifiers: what kind of code a scan was, where the scanner says so.

Source: ISO/IEC 15424:2008, clause 5 and annex A; the GS1 ones are in the GS1 General
Specifications, figure 5.1.3-1 ("Symbology identifiers").
"""

from __future__ import annotations

import re

_NAMES = {
    "A": "Code 39", "C": "Code 128", "E": "EAN/UPC", "G": "Code 93", "I": "Interleaved 2 of 5",
    "L": "PDF417", "Q": "QR code", "d": "DataMatrix", "e": "GS1 DataBar", "z": "Aztec",
}  # fmt: skip
_GS1 = frozenset({"]C1", "]d2", "]Q3", "]e0"})
"""The code begins with FNC1: what follows are element strings, with GS behind those of any length.
`]E0` is GS1's too, but bare digits."""


def split_aim(text: str) -> tuple[str, str]:
    """Return the identifier in front, such as `]C0`, or nothing, and the rest."""
    found = re.match(r"\][A-Za-z][0-9A-Za-z]", text, re.ASCII)
    return (found[0], text[3:]) if found else ("", text)


def is_gs1(aim: str) -> bool:
    """Return whether a code with this identifier holds GS1 element strings."""
    return aim in _GS1


def symbology(aim: str) -> str:
    """Return what a person calls such a code: `GS1 Code 128`, or nothing where nobody said it."""
    name = _NAMES.get(aim[1:2], f"a code of kind {aim}" if aim else "")
    return f"GS1 {name}" if is_gs1(aim) and not name.startswith("GS1") else name
