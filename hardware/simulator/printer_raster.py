"""How a simulated QL printer turns raster lines back into dots; its tables are its own.

Source: Brother, Raster Command Reference QL-800/810W/820NWB, sections 2.3.5 and 4, `M`.
"""

from __future__ import annotations

from dataclasses import dataclass

AREAS = {
    (720, 12): (29, 106), (720, 17): (0, 165), (720, 29): (6, 306), (720, 38): (12, 413),
    (720, 62): (12, 696), (1296, 62): (56, 696), (1296, 102): (56, 1164),
}  # fmt: skip
"""Pins beside pin 0 and pins of the print area, by pins of the head and width of the roll in mm."""


@dataclass(frozen=True)
class Make:
    """What a model is: the bytes it names itself by, its pins, and what it takes."""

    series: int = 0x34
    code: int = 0x39
    pins: int = 720
    compresses: bool = True
    zeros: int = 400


QL_700 = Make(code=0x35, compresses=False, zeros=200)
QL_800 = Make(code=0x38, compresses=False)
QL_810W = Make()
QL_1110NWB = Make(code=0x44, pins=1296, zeros=350)


def unpacked(data: bytes) -> bytes | None:
    """Return a line as it was before PackBits, or None if it is cut off."""
    out, place = bytearray(), 0
    while place < len(data):
        count = data[place]
        if count < 128:  # noqa: PLR2004 - so many and one different bytes
            piece = data[place + 1 : place + 2 + count]
            place += 2 + count
            if len(piece) != count + 1:
                return None
        else:
            piece = data[place + 1 : place + 2] * (257 - count)
            place += 2
            if not piece:
                return None
        out += piece
    return bytes(out)


def row_of(line: bytes, offset: int, width: int) -> bytes | None:
    """Return the dots of a raster line from left to right, or None if any lies beside the area."""
    pins, shift = int.from_bytes(line, "big"), len(line) * 8 - offset - width
    area = pins >> shift & (1 << width) - 1
    if area << shift != pins:
        return None
    row = (width + 7) // 8
    dots = f"{area:0{width}b}"[::-1]
    return int(dots.ljust(row * 8, "0"), 2).to_bytes(row, "big")
