"""Where the parts of an Android package are: contents, signing block, directory, end.

Source: PKWARE APPNOTE 4.3.16 (end of central directory) and Android Open Source Project, "APK
Signature Scheme v2" (source.android.com/docs/security/features/apksigning/v2). Every size that a
file gives is held against the file before a byte of it is read; ZIP64 is no APK.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

_END = struct.Struct("<4s4H2IH")
_END_MARK = b"PK\x05\x06"
_LONGEST_COMMENT = 0xFFFF
_FOOT = struct.Struct("<Q16s")
_BLOCK_MARK = b"APK Sig Block 42"
_LARGEST_BLOCK = 16 << 20
_DIRECTORY_AT = 16
"""Where the end says where the directory begins."""


class ApkError(Exception):
    """The package cannot be read, or its signature does not hold; the text says why, plainly."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of a package, in bytes from its beginning; without a block `block` is empty.

    Contents are [0, contents_end), then the block, then [directory, end), then `tail` to the end
    of the file. `contents_end` equals `directory` where there is no block.
    """

    contents_end: int
    block: bytes
    directory: int
    end: int
    tail: bytes

    @property
    def signed_tail(self) -> bytes:
        """The tail as it is signed: as if the directory began where the block does."""
        tail = bytearray(self.tail)
        struct.pack_into("<I", tail, _DIRECTORY_AT, self.contents_end)
        return bytes(tail)


def layout_of(file: BinaryIO) -> Layout:
    """Find the parts of a package; raises `ApkError`."""
    size = file.seek(0, 2)
    tail = _tail(file, size)
    end = size - len(tail)
    *_, length, directory, _comment = _END.unpack(tail[: _END.size])
    if directory + length != end:
        raise ApkError("its directory is not where its end says")
    block = _block(file, directory)
    start = directory - len(block)
    return Layout(start, block[8:], directory, end, tail)


def _tail(file: BinaryIO, size: int) -> bytes:
    """Return the end of the archive with its comment, which must fill the rest of the file."""
    room = min(size, _END.size + _LONGEST_COMMENT)
    data = _read(file, size - room, room)
    at = data.rfind(_END_MARK)
    while at >= 0:
        tail = data[at:]
        if len(tail) >= _END.size and _END.unpack_from(tail)[-1] == len(tail) - _END.size:
            return tail
        at = data.rfind(_END_MARK, 0, at)
    raise ApkError("it is no package: no archive ends where it ends")


def _block(file: BinaryIO, directory: int) -> bytes:
    """Return the signing block with both of its sizes, or nothing where there is none."""
    if directory < _FOOT.size + 8:
        return b""
    size, mark = _FOOT.unpack(_read(file, directory - _FOOT.size, _FOOT.size))
    if mark != _BLOCK_MARK:
        return b""
    if not _FOOT.size <= size <= min(_LARGEST_BLOCK, directory - 8):
        raise ApkError("its signing block has an impossible size")
    block = _read(file, directory - size - 8, size + 8)
    if int.from_bytes(block[:8], "little") != size:
        raise ApkError("its signing block gives two sizes")
    return block


def _read(file: BinaryIO, at: int, length: int) -> bytes:
    file.seek(at)
    data = file.read(length)
    if len(data) != length:
        raise ApkError("it was cut short while it was read")
    return data
