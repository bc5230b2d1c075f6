"""A request's body: whole, in time, and no larger than is borne, also once it is inflated.

It is inflated and looked at a little at a time, and the door's loop turns in between.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from starlette.requests import Request

from bench.inventory.door.limits import Limits
from bench.inventory.door.refusals import Code, DoorError
from bench.inventory.door.structure import Structure

_GZIP = 31
"""zlib's word for a gzip stream (RFC 1952) and no other."""
_PIECE = 16_384
"""Bytes that are looked at before others have their turn."""
_A_MOMENT = 1.0
"""Seconds after which another's body may well be gone."""


class Shelf:
    """Room for the bodies of all requests at once: what is made of one takes several times its own.

    On the door's loop, no other thread.
    """

    def __init__(self, most: int) -> None:
        self._free = most

    @contextmanager
    def place(self) -> Iterator[Place]:
        """Have a place meanwhile; it takes as much room as is put there."""
        place = Place(self)
        try:
            yield place
        finally:
            self._free += place.size

    def take(self, size: int) -> None:
        """Have less room. Raises `DoorError` CENTRE_BUSY where there is none."""
        if size > self._free:
            raise DoorError(Code.CENTRE_BUSY, retry_after=_A_MOMENT)
        self._free -= size


class Place:
    """One body's room."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.size = 0

    def take(self, size: int) -> None:
        """Take more."""
        self._shelf.take(size)
        self.size += size


async def read_body(request: Request, limits: Limits, place: Place) -> bytearray:
    """Return the body as JSON text. Raises `DoorError`; `ClientDisconnect` if its peer went."""
    _of_known_media(request)
    if _announced(request) > limits.body_bytes:
        raise DoorError(Code.TOO_MUCH)
    plain = request.headers.get("content-encoding", "identity").lower() == "identity"
    intake = Intake() if plain else Inflating()
    try:
        async with asyncio.timeout(limits.body):
            return await _whole(request.stream(), intake, limits.body_bytes, place)
    except TimeoutError as error:
        raise DoorError(Code.TOO_SLOW) from error


async def _whole(
    stream: AsyncIterator[bytes], intake: Intake, most: int, place: Place
) -> bytearray:
    body, structure = bytearray(), Structure()
    async for chunk in stream:
        for piece in intake.pieces(chunk):
            if len(body) + len(piece) > most:
                raise DoorError(Code.TOO_MUCH)
            place.take(len(piece))
            structure.add(piece)
            body += piece
            await asyncio.sleep(0)
    intake.end()
    return body


def _of_known_media(request: Request) -> None:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    encoding = request.headers.get("content-encoding", "identity").lower()
    if media != "application/json" or encoding not in ("identity", "gzip"):
        raise DoorError(Code.WRONG_MEDIA)


def _announced(request: Request) -> int:
    said = request.headers.get("content-length", "0")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else 0  # noqa: PLR2004 - h11 has read it already


class Intake:
    """What comes is the body."""

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """Return a little of it at a time."""
        return (chunk[start : start + _PIECE] for start in range(0, len(chunk), _PIECE))

    def end(self) -> None:
        """Nothing more comes. Raises `DoorError` where something had to."""


class Inflating(Intake):
    """What comes is one gzip member; no more of it is inflated than is asked for."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(wbits=_GZIP)

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """Inflate a little of it at a time. Raises `DoorError` for what is no gzip."""
        while chunk:
            if self._stream.eof:
                raise _no_gzip()
            try:
                yield self._stream.decompress(chunk, _PIECE)
            except zlib.error as error:
                raise _no_gzip() from error
            chunk = self._stream.unconsumed_tail or self._stream.unused_data

    def end(self) -> None:
        """Raise `DoorError` where the member is not whole."""
        if not self._stream.eof:
            raise _no_gzip()


def _no_gzip() -> DoorError:
    return DoorError(Code.MALFORMED, "The body is not one whole gzip member.")
