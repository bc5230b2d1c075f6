"""Codes as dots: each module is as many whole dots as its box has room for."""

from __future__ import annotations

from itertools import accumulate, pairwise

from PIL import Image
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.main import QRCode

from bench.identity.code128 import QUIET, modules
from bench.labels.lettering import BLACK, WHITE

QR_MODULES = 21 + 2 * 4
"""A version 1 QR code with its quiet zones: it holds every asset tag at error correction Q."""


def code128_modules(text: str) -> int:
    """Return the width of a Code 128 in modules, its quiet zones included."""
    return sum(modules(text)) + 2 * QUIET


def qr(text: str, size: tuple[int, int]) -> Image.Image:
    """Draw a QR code in the middle of a picture of its box's width and height."""
    code = QRCode(error_correction=ERROR_CORRECT_Q, border=4)
    code.add_data(text)
    matrix = code.get_matrix()
    side = min(size) // len(matrix) * len(matrix)
    modules_only = Image.new("1", (len(matrix), len(matrix)))
    modules_only.putdata([not black for line in matrix for black in line])
    box = Image.new("1", size, WHITE)
    place = ((size[0] - side) // 2, (size[1] - side) // 2)
    box.paste(modules_only.resize((side, side), Image.Resampling.NEAREST), place)
    return box


def code128(text: str, size: tuple[int, int]) -> Image.Image:
    """Draw a Code 128 in the middle of a picture of its box's width, as high as its box."""
    widths = modules(text)
    dots = size[0] // code128_modules(text)
    left = (size[0] - dots * sum(widths)) // 2
    box = Image.new("1", size, WHITE)
    for place, (start, end) in enumerate(pairwise(accumulate(widths, initial=0))):
        if place % 2 == 0:
            box.paste(BLACK, (left + start * dots, 0, left + end * dots, size[1]))
    return box
