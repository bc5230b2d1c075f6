"""What a code on a carton, a pallet or a paper can name. Pure."""

from __future__ import annotations

from bench.identity.aim import split_aim
from bench.identity.plain import plain

_SSCC = 18
"""Digits of a Serial Shipping Container Code (GS1 General Specifications, clause 3.3.1)."""
_IDENTIFIER = "00"
"""The application identifier that stands before it in a GS1 code."""


def names_of(text: str) -> tuple[str, ...]:
    """Return the texts that a file may have for a scanned code, the nearest first.

    The number of a logistic unit is printed and listed with or without its application identifier,
    `00` or `(00)`.
    """
    _, body = split_aim(text.strip())
    code = plain(body.strip("\x1d \t\r\n"), 120)
    bare = code.replace("(00)", _IDENTIFIER, 1).replace(" ", "")
    names = [code, code.upper()]
    if bare.isascii() and bare.isdigit():
        if len(bare) == _SSCC:
            names += [bare, _IDENTIFIER + bare, f"(00){bare}"]
        if len(bare) == _SSCC + 2 and bare.startswith(_IDENTIFIER):
            names += [bare, bare[2:], f"(00){bare[2:]}"]
    return tuple(name for name in dict.fromkeys(names) if name)
