"""The codes of the paper: as bars and modules to draw, and as pictures. Pure."""

from __future__ import annotations

import io
from collections.abc import Iterable
from itertools import accumulate, pairwise

from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from bench.identity.code128 import QUIET, modules
from bench.identity.commands import CommandCode
from bench.identity.identifiers import SlotCode
from bench.identity.trial import TrialCode

Matrix = tuple[tuple[bool, ...], ...]
"""Rows of a code, True is black, its quiet zone included; a linear code has one row."""

_HEIGHT = 40
"""Modules that a linear code is high in a picture."""


def matrix_of(code: TrialCode | SlotCode | CommandCode) -> Matrix:
    """Return the code of a test card, of a slot card, or of a command."""
    match code:
        case TrialCode(symbol="QR") | CommandCode():
            return _qr(str(code))
        case TrialCode():
            return _code128(str(code))
        case SlotCode():
            return _code128(f"SLOT-{code}")


def picture(code: TrialCode | SlotCode, dots: int = 4) -> bytes:
    """Return a PNG of a code, `dots` to a module, to be shown on a screen and scanned off it."""
    rows = matrix_of(code)
    rows = rows if len(rows) > 1 else rows * _HEIGHT
    image = Image.new("1", (len(rows[0]), len(rows)))
    image.putdata([not black for row in rows for black in row])
    size = (image.width * dots, image.height * dots)
    written = io.BytesIO()
    image.resize(size, Image.Resampling.NEAREST).save(written, "PNG")
    return written.getvalue()


def bars(row: Iterable[bool]) -> list[tuple[int, int]]:
    """Return where the black parts of a row begin, and how many modules wide they are."""
    found: list[tuple[int, int]] = []
    for place, black in enumerate(row):
        if not black:
            continue
        start, width = found[-1] if found else (0, 0)
        if found and start + width == place:
            found[-1] = start, width + 1
        else:
            found.append((place, 1))
    return found


def _code128(text: str) -> Matrix:
    widths = (QUIET, *modules(text), QUIET)
    edges = enumerate(pairwise(accumulate(widths, initial=0)))
    return (tuple(place % 2 == 1 for place, (start, end) in edges for _ in range(start, end)),)


def _qr(text: str) -> Matrix:
    code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(text)
    return tuple(tuple(map(bool, row)) for row in code.get_matrix())
