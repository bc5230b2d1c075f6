"""Raster lines made shorter: TIFF's PackBits, as section 4, `M`, describes it."""

from __future__ import annotations

from itertools import groupby

_MOST = 128


def packed(line: bytes) -> bytes:
    """Return the line compressed; one that gets longer is sent as all different bytes.

    A run is the number of repeats less one, as a negative number, and the byte; different bytes
    are their number less one, and all of them.
    """
    shorter = _in_runs(line)
    return shorter if len(shorter) <= len(line) else _different(line)


def _in_runs(line: bytes) -> bytes:
    out, different = bytearray(), bytearray()
    for byte, run in groupby(line):
        count = sum(1 for _ in run)
        if count == 1:
            different.append(byte)
            continue
        out += _different(bytes(different))
        different.clear()
        while count > 0:
            piece = min(count, _MOST)
            out += bytes(((1 - piece) & 0xFF, byte)) if piece > 1 else bytes((0, byte))
            count -= piece
    return bytes(out + _different(bytes(different)))


def _different(data: bytes) -> bytes:
    pieces = (data[start : start + _MOST] for start in range(0, len(data), _MOST))
    return b"".join(bytes((len(piece) - 1,)) + piece for piece in pieces)
