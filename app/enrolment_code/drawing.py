"""A code as pixels: each module a square of whole ones, dark on white, with its quiet zone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

QUIET = 4
"""Modules around a code that stay light (ISO/IEC 18004:2015, clause 6.3.8)."""
_SHADES = bytes((255, 0))
"""Of a light module and of a dark one: in every theme the same, as a camera wants it."""
_LIGHT = _SHADES[:1]


class Place(NamedTuple):
    """Pixels of a module, 0 where there is no room, and where the quiet zone begins."""

    module: int
    left: int
    top: int


def place(modules: int, room: QRect) -> Place:
    """Return where a code of so many modules a side goes, in the middle and as large as it can."""
    side = modules + 2 * QUIET
    module = min(room.width(), room.height()) // side
    spare = side * module
    left = room.left() + (room.width() - spare) // 2
    return Place(module, left, room.top() + (room.height() - spare) // 2)


def picture(rows: Sequence[bytes], module: int) -> QImage:
    """Return a code with its quiet zone; `rows` hold a byte for each module, 1 is dark.

    Qt's own scaling reckons in 4096ths of a module, which is a pixel off at 22 pixels to a module.
    """
    edge, side = _LIGHT * QUIET, (len(rows) + 2 * QUIET) * module
    blank = _LIGHT * (side * QUIET * module)
    lines = _widened(b"".join(edge + row.translate(_TABLE) + edge for row in rows), module)
    inside = b"".join(lines[at : at + side] * module for at in range(0, len(lines), side))
    pixels = blank + inside + blank
    return QImage(pixels, side, side, side, QImage.Format.Format_Grayscale8).copy()


def _widened(shades: bytes, module: int) -> bytes:
    wide = bytearray(len(shades) * module)
    for column in range(module):
        wide[column::module] = shades
    return bytes(wide)


_TABLE = _SHADES + bytes(254)
