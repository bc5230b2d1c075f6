"""Text from outside made harmless to show and keep: it can only ever be text."""

from __future__ import annotations

import unicodedata

LIMIT = 80
"""Characters kept of a device's own words; a model name or build number is far shorter."""


def plain(text: str, limit: int = LIMIT) -> str:
    """Return `text` in Unicode NFC as one line of at most `limit` characters.

    Control, format, surrogate and private-use characters (Unicode categories C*) and line and
    paragraph separators become spaces, runs of white space one space. What is cut ends in an
    ellipsis, so that a cut is never mistaken for the whole.
    """
    if len(text) <= limit and text.isascii() and text.isprintable():
        return " ".join(text.split())
    head = text[: limit * 8]
    visible = "".join(" " if _is_hidden(character) else character for character in head)
    line = " ".join(unicodedata.normalize("NFC", visible).split())
    return line if len(line) <= limit and len(text) <= limit * 8 else line[: limit - 1] + "…"


def _is_hidden(character: str) -> bool:
    category = unicodedata.category(character)
    return category.startswith("C") or category in ("Zl", "Zp")
