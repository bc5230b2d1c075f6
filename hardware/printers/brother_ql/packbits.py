"""Raster lines made shorter: TIFF's PackBits, as section 4, `M`, describes it."""

from __future__ import annotations

import re

_MOST = 128
_RUN = re.compile(rb"(.)\1{1,127}", re.DOTALL)


def packed(line: bytes) -> bytes:
    """Return the line compressed; one that gets longer is sent as all different bytes.

    A run is the number of repeats less one, as a negative number, and the byte; different bytes
    are their number less one, and all of them.
    """
    shorter = _in_runs(line)
    return shorter if len(shorter) <= len(line) else _different(line)


def _in_runs(line: bytes) -> bytes:
    out, place = bytearray(), 0
    for run in _RUN.finditer(line):
        out += _different(line[place : run.start()])
        out += bytes((257 - len(run[0]), run[0][0]))
        place = run.end()
    return bytes(out) + _different(line[place:])


def _different(data: bytes) -> bytes:
    pieces = (data[start : start + _MOST] for start in range(0, len(data), _MOST))
    return b"".join(bytes((len(piece) - 1,)) + piece for piece in pieces)
