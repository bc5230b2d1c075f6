"""How much structure a JSON text has, counted while it arrives: before anything is made of it.

A parser makes a value of each few bytes, which takes up to a hundred times their room, and holds
everything else up meanwhile. What an exchange says has few values, and long texts. Pure.
"""

from __future__ import annotations

import re

from bench.inventory.centre import MOST_EVENTS
from bench.inventory.door.refusals import Code, DoorError

MOST = 4 * MOST_EVENTS + 4000
"""Texts, commas and brackets that an exchange may have: four for an event, and what is asked.

An unknown key may come with a value of its own; the sum counts, wherever it stands.
"""
_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+("?)\\?', re.DOTALL)
"""A text of JSON (RFC 8259 clause 7), or what there is of it at the end of a piece."""


class Structure:
    """Counts as pieces of one text arrive, wherever it was cut. Raises `DoorError` MALFORMED."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._count = 0
        self._open = b""

    def add(self, piece: bytes) -> None:
        """Count what is in a piece; a text that goes on from the one before is not a new one."""
        going_on = self._open
        text = going_on + piece
        outside, texts = _TEXT.subn(rb"\1", text)
        closed = outside.count(b'"')
        self._count += texts - bool(going_on)
        self._count += sum(map(outside.count, (b",", b"[", b"{")))
        if self._count > self._most:
            raise DoorError(Code.MALFORMED, "It has more parts than an exchange has.")
        self._open = _beginning(text) if texts > closed else b""


def _beginning(text: bytes) -> bytes:
    """Return what the next piece goes on from: a text, or one that ends in half an escape."""
    escaped = len(text) - len(text.rstrip(b"\\"))
    return b'"\\' if escaped % 2 else b'"'
