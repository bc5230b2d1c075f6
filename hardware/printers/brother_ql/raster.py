"""A label as one job of the raster language. No I/O, and no text: a label cannot be a command.

Source: section 2.1 "Print data overview" (the order), section 2.3.5 (how a line lies on the pins),
section 4 (each command). The first byte of a raster line is over pin 0, at the right of a label
that leaves the printer with its top first, so a line is the picture's line from right to left.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.ports import Bitmap
from hardware.printers.brother_ql.media import Medium
from hardware.printers.brother_ql.models import LONGEST_INVALIDATE, Model
from hardware.printers.brother_ql.packbits import packed

_INITIALIZE = b"\x1b@"
_STATUS = b"\x1biS"
_RASTER_MODE, _DEFAULT_MODE = b"\x1bia\x01", b"\x1bia\xff"
_NOTIFY = b"\x1bi!\x00"
_AUTO_CUT, _CUT_EACH, _CUT_AT_END = b"\x1biM\x40", b"\x1biA\x01", b"\x1biK\x08"
_TIFF = b"M\x02"
_PRINT_AND_FEED = b"\x1a"

_KIND, _WIDTH, _LENGTH, _QUALITY, _RECOVER = 0x02, 0x04, 0x08, 0x40, 0x80
"""Flags of `ESC i z`: what of it counts."""

_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def reset(model: Model | None = None) -> bytes:
    """Return what ends a command it may be in the middle of, and drops a job it may hold."""
    return bytes(model.invalidate if model else LONGEST_INVALIDATE) + _INITIALIZE


def question() -> bytes:
    """Return what a printer answers with its status, whatever it was sent before."""
    return reset() + _STATUS


def to_raster(label: Bitmap, medium: Medium, model: Model) -> bytes:
    """Return the whole job. The label fits the medium, and the medium the model."""
    offset = medium.offset_on(model)
    assert offset is not None, "the medium was looked at before"
    return b"".join((
        reset(model),
        _control_codes(label, medium, model),
        _all_graphics(list(_lines(label, offset, model)), model),
        _PRINT_AND_FEED,
        _DEFAULT_MODE if model.returns else b"",
    ))  # fmt: skip


def _control_codes(label: Bitmap, medium: Medium, model: Model) -> bytes:
    return b"".join((
        _RASTER_MODE if model.switches else b"",
        _NOTIFY if model.notifies else b"",
        _print_information(label, medium),
        _AUTO_CUT,
        _CUT_EACH + _CUT_AT_END if model.expands else b"",
        b"\x1bid" + medium.feed.to_bytes(2, "little"),
        _TIFF if model.compresses else b"",
    ))  # fmt: skip


def _print_information(label: Bitmap, medium: Medium) -> bytes:
    """A printer with another roll in it says so, instead of printing on it."""
    roll = medium.roll
    flags = _KIND | _WIDTH | _QUALITY | _RECOVER | (_LENGTH if roll.length else 0)
    said = bytes((flags, roll.kind.value, roll.width, roll.length))
    return b"\x1biz" + said + label.height.to_bytes(4, "little") + b"\x00\x00"


def _lines(label: Bitmap, offset: int, model: Model) -> Iterator[bytes]:
    """The picture's lines from right to left, `offset` pins from the first."""
    row = (label.width + 7) // 8
    shift = model.pins - offset - label.width
    for start in range(0, len(label.dots), row):
        mirrored = label.dots[start : start + row][::-1].translate(_REVERSED)
        yield (int.from_bytes(mirrored, "big") << shift).to_bytes(model.row, "big")


def _all_graphics(lines: list[bytes], model: Model) -> bytes:
    """Bar codes are the same line many times over: each is packed once."""
    done = {line: _graphics(line, model) for line in set(lines)}
    return b"".join(done[line] for line in lines)


def _graphics(line: bytes, model: Model) -> bytes:
    data = packed(line) if model.compresses else line
    return b"g\x00" + bytes((len(data),)) + data
