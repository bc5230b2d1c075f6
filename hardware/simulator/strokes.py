"""What a simulated scanner that is a keyboard presses: input events as the kernel makes them. Pure.

It is a table of its own, from the characters to the keys (USB HID Usage Tables 1.12, table 12, in
the codes of Linux `input-event-codes.h`), so that it checks the bench's reading of them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import TypeAlias

Stroke: TypeAlias = tuple[int, int, int]
"""Type, code and value of an input event."""

ENTER, TAB = 28, 15
_LEFT_SHIFT, _LEFT_CONTROL = 42, 29
_KEYS = {
    "a": 30, "b": 48, "c": 46, "d": 32, "e": 18, "f": 33, "g": 34, "h": 35, "i": 23, "j": 36,
    "k": 37, "l": 38, "m": 50, "n": 49, "o": 24, "p": 25, "q": 16, "r": 19, "s": 31, "t": 20,
    "u": 22, "v": 47, "w": 17, "x": 45, "y": 21, "z": 44, "1": 2, "2": 3, "3": 4, "4": 5, "5": 6,
    "6": 7, "7": 8, "8": 9, "9": 10, "0": 11, "-": 12, "=": 13, "[": 26, "]": 27, ";": 39, "'": 40,
    "`": 41, "\\": 43, ",": 51, ".": 52, "/": 53, " ": 57,
}  # fmt: skip
_ABOVE = dict(zip('!@#$%^&*()_+{}:"~|<>?', "1234567890-=[];'`\\,./", strict=True))
"""What is printed above on a key, and what below it."""
_CONTROL = {chr(ord(key.upper()) & 0x1F): key for key in "abcdefghijklmnopqrstuvwxyz[\\]"}
_CONTROL |= {"\x1e": "6", "\x1f": "-"}
_REPORT = (0, 0, 0)
_EVENT = struct.Struct("@llHHi")
"""`struct input_event`: seconds, microseconds, type, code, value."""


def pressed(code: int) -> list[Stroke]:
    """Press a key and let it go, each with its report."""
    return [(1, code, 1), _REPORT, (1, code, 0), _REPORT]


def held(code: int, strokes: Iterable[Stroke]) -> list[Stroke]:
    """Hold a key while others are pressed."""
    return [(1, code, 1), _REPORT, *strokes, (1, code, 0), _REPORT]


def typed(text: str, end: int | None = ENTER) -> list[Stroke]:
    """Type a text on a US keyboard, control characters with Control; then the suffix's key."""
    strokes = [stroke for character in text for stroke in _character(character)]
    return strokes if end is None else strokes + pressed(end)


def packed(strokes: Sequence[Stroke], at: float = 0.0) -> bytes:
    """Return the events as they are read from a device."""
    seconds, rest = divmod(at, 1)
    return b"".join(_EVENT.pack(int(seconds), int(rest * 1e6), *stroke) for stroke in strokes)


def _character(character: str) -> list[Stroke]:
    if character in _CONTROL:
        return held(_LEFT_CONTROL, pressed(_KEYS[_CONTROL[character]]))
    key = _ABOVE.get(character, character.lower())
    strokes = pressed(_KEYS[key])
    return strokes if key == character else held(_LEFT_SHIFT, strokes)
