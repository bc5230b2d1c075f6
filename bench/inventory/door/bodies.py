"""A request's body: whole, in time, and no larger than is borne, also once it is inflated."""

from __future__ import annotations

import asyncio
import zlib

from starlette.requests import Request

from bench.inventory.door.limits import Limits
from bench.inventory.door.refusals import Code, DoorError

_GZIP = 31
"""zlib's word for a gzip stream (RFC 1952) and no other."""


async def read_body(request: Request, limits: Limits) -> bytes:
    """Return the body as JSON text. Raises `DoorError`; `ClientDisconnect` if its peer went."""
    _of_known_media(request)
    if _announced(request) > limits.body_bytes:
        raise DoorError(Code.TOO_MUCH)
    plain = request.headers.get("content-encoding", "identity").lower() == "identity"
    intake = _Plain(limits.body_bytes) if plain else _Inflated(limits.body_bytes)
    try:
        async with asyncio.timeout(limits.body):
            async for chunk in request.stream():
                intake.add(chunk)
    except TimeoutError as error:
        raise DoorError(Code.TOO_SLOW) from error
    return intake.whole()


def _of_known_media(request: Request) -> None:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    encoding = request.headers.get("content-encoding", "identity").lower()
    if media != "application/json" or encoding not in ("identity", "gzip"):
        raise DoorError(Code.WRONG_MEDIA)


def _announced(request: Request) -> int:
    said = request.headers.get("content-length", "0")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else 0  # noqa: PLR2004 - h11 has read it already


class _Plain:
    def __init__(self, most: int) -> None:
        self._most = most
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size > self._most:
            raise DoorError(Code.TOO_MUCH)
        self._parts.append(chunk)

    def whole(self) -> bytes:
        return b"".join(self._parts)


class _Inflated(_Plain):
    """One gzip member; what would inflate to more than is borne is never inflated to it."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self._stream = zlib.decompressobj(wbits=_GZIP)

    def add(self, chunk: bytes) -> None:
        if not chunk:
            return
        if self._stream.eof:
            raise _no_gzip()
        try:
            inflated = self._stream.decompress(chunk, self._most - self._size + 1)
        except zlib.error as error:
            raise _no_gzip() from error
        super().add(inflated)

    def whole(self) -> bytes:
        if not self._stream.eof or self._stream.unused_data:
            raise _no_gzip()
        return super().whole()


def _no_gzip() -> DoorError:
    return DoorError(Code.MALFORMED, "The body is not one whole gzip member.")
