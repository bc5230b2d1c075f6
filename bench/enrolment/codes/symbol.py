"""A text as the modules of a QR code (ISO/IEC 18004), by Zint: with its best mask in a few ms.

The library in pure Python that draws the labels takes 60 ms for the usual payload and 170 for the
largest, nearly all of it for the choice of the mask.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zint import Symbol

LEVELS = "LMQH"
"""The levels of error correction, the weakest first."""
MOST = 2953
"""Bytes in the largest code with the least correction (ISO/IEC 18004:2015, table 7: 40-L)."""
_STRIDE = 144
"""Bytes of a row in Zint's `encoded_data`, eight modules a byte, the first in the lowest bit."""
_SPREAD = tuple(bytes(byte >> bit & 1 for bit in range(8)) for byte in range(256))
_SMALLEST, _GROWTH = 17, 4
"""A code of version v has 17 + 4 v modules a side (ISO/IEC 18004:2015, clause 6.3.1)."""


@dataclass(frozen=True, slots=True)
class CodeSymbol:
    """Its rows of modules without quiet zone, a byte each, 1 is dark; they hold a secret."""

    rows: tuple[bytes, ...] = field(repr=False)
    level: str

    @property
    def version(self) -> int:
        """1 to 40."""
        return (len(self.rows) - _SMALLEST) // _GROWTH


def symbol(text: bytes, level: str) -> CodeSymbol | None:
    """Return the smallest code of a text with that correction; None where none holds it."""
    from zint import InputMode, Symbol, Symbology  # noqa: PLC0415 - where a camera is to read one

    drawn = Symbol()
    drawn.symbology = Symbology.QRCODE
    drawn.input_mode = InputMode(0)  # bytes as they are, without a switch of character set
    drawn.option_1 = LEVELS.index(level) + 1
    try:
        drawn.encode(text)
    except RuntimeError:
        return None
    return CodeSymbol(_rows(drawn), level)


def _rows(drawn: Symbol) -> tuple[bytes, ...]:
    packed, side = drawn.encoded_data.tobytes(), drawn.width
    rows = (packed[at : at + _STRIDE] for at in range(0, side * _STRIDE, _STRIDE))
    used = (side + 7) // 8
    return tuple(b"".join(_SPREAD[byte] for byte in row[:used])[:side] for row in rows)
