"""A checkpoint as a QR code: the exact bytes of its signed note, to be read back and verified.

Paper that left the room with the handsets is a witness that nobody can roll back.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from PIL import Image
from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode
from qrcode.util import QRData

Modules: TypeAlias = tuple[tuple[bool, ...], ...]
"""Rows of a square code, True is black; the quiet zone of four modules is in it."""

_QUIET = 4
_BYTES: Literal[4] = 4
"""The mode indicator of bytes (ISO/IEC 18004:2015, table 2)."""
_LIMITS = ((ERROR_CORRECT_Q, 20), (ERROR_CORRECT_M, 25), (ERROR_CORRECT_L, 40))
"""Correction, and the largest version in which it is worth its room: finer dots read worse."""


class NoteTooLongError(ValueError):
    """A note is longer than a QR code holds (2,953 bytes; ISO/IEC 18004:2015, table 7)."""


def note_modules(note: bytes) -> Modules:
    """Return the code of `note`, one byte-mode segment; `NoteTooLongError` if none holds it."""
    for correction, largest in _LIMITS:
        code = QRCode(error_correction=correction, border=_QUIET)
        code.add_data(QRData(note, mode=_BYTES), optimize=0)
        try:
            fits = code.best_fit(start=1) <= largest
        except (DataOverflowError, ValueError):  # it asks for version 41 before it overflows
            continue
        if fits:
            return tuple(tuple(map(bool, line)) for line in code.get_matrix())
    raise NoteTooLongError(f"A note of {len(note)} bytes is longer than a QR code holds.")


def code_image(modules: Modules, dots: int) -> Image.Image:
    """Return the code as a one-bit picture, black on white, `dots` by `dots` to a module."""
    picture = Image.new("1", (len(modules), len(modules)))
    picture.putdata([not black for line in modules for black in line])
    side = dots * len(modules)
    return picture.resize((side, side), Image.Resampling.NEAREST)
