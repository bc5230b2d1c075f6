"""What a text file is written in, proven by its bytes; and its digest, in the same pass."""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path

from bench.stock.intake.reading.table import LARGEST, TableError

_CHUNK = 1 << 16
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks; that of UTF-32 begins as that of UTF-16 does, so it comes first."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The bytes of a file: how many, their SHA-256 (hex), and the first few."""

    size: int
    sha256: str
    head: bytes


def seen(path: Path) -> Seen:
    """Read a file through; raises `TableError`, `OSError`."""
    digest, size, head = hashlib.sha256(), 0, b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            head = head or chunk[:512]
            size += len(chunk)
            if size > LARGEST:
                raise TableError(f"it is larger than {LARGEST >> 20} MiB: have it sent in parts")
            digest.update(chunk)
    if not size:
        raise TableError("it is empty")
    return Seen(size, digest.hexdigest(), head)


def encoding_of(path: Path, head: bytes) -> str:
    """Return how a CSV is encoded: what its mark says, else UTF-8, else what Excel writes (CP1252).

    UTF-8 that is none is never read as CP1252 where bytes say it cannot be that either.
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            return _proven(path, name)
    if b"\0" in head:
        return _proven(path, "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-8")
    try:
        return _proven(path, "utf-8")
    except TableError:
        return _proven(path, "cp1252")


def _proven(path: Path, name: str) -> str:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                if "\0" in decoder.decode(chunk):
                    raise TableError("it holds zero bytes: it is no text, or it was cut short")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise TableError(f"its text is not {name.upper()}: save it as CSV UTF-8") from error
    return name
