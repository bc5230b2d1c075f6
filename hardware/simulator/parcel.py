"""Replies of Android's `service call`, in the layout it prints them.

Source: AOSP `libs/binder/Parcel.cpp` (what lies in a reply) and `Debug.cpp`, `printHexData`
(rows of four words, an offset before each, the printable bytes behind).
"""

from __future__ import annotations

import struct

_ROW = 16
_NO_EXCEPTION, _SECURITY_EXCEPTION = 0, -1
_NULL = -1


def text_reply(text: str | None) -> str:
    """Return what `service call` prints for a method that gave back a string, or null."""
    return _printed(struct.pack("<i", _NO_EXCEPTION) + _string16(text))


def refused_reply(message: str) -> str:
    """Return what `service call` prints for a SecurityException."""
    end = struct.pack("<ii", 0, 0)  # no remote stack trace, no further code
    return _printed(struct.pack("<i", _SECURITY_EXCEPTION) + _string16(message) + end)


def _string16(text: str | None) -> bytes:
    if text is None:
        return struct.pack("<i", _NULL)
    units = text.encode("utf-16-le", "surrogatepass")
    padding = bytes(-(len(units) + 2) % 4)
    return struct.pack("<i", len(units) // 2) + units + b"\0\0" + padding


def _printed(data: bytes) -> str:
    if len(data) <= _ROW:
        gap = " " * (_ROW // 4 - len(data) // 4)
        return f"Result: Parcel({_words(data)} {gap}'{_visible(data)}')\n"
    rows = (_row(data, offset) for offset in range(0, len(data), _ROW))
    return "Result: Parcel(\n" + "\n".join(rows) + ")\n"


def _row(data: bytes, offset: int) -> str:
    row = data[offset : offset + _ROW]
    return f"  0x{offset:08x}: {_words(row):<35} '{_visible(row):<{_ROW}}'"


def _words(data: bytes) -> str:
    return " ".join(f"{word:08x}" for (word,) in struct.iter_unpack("<I", data))


def _visible(data: bytes) -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)  # noqa: PLR2004 - ASCII
