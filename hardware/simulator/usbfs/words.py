"""The words in which umockdev's preload tells what a program does to an emulated device node.

For each call of ioctl(), read() or write() the preload sends one request over a Unix stream socket
and does what it is told, until it is told the result. It ends its whole process when the socket
ends or answers nonsense while it waits, so whoever serves a node answers for as long as it is open.
Source: umockdev 0.17.16, `src/libumockdev-preload.c`, `remote_emulate` and `struct ioctl_request`.
"""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass
from enum import IntEnum

_REQUEST = struct.Struct("@LLL")
_DONE, _READ_MEMORY, _WRITE_MEMORY = 3, 5, 6
_WORD = (1 << 8 * struct.calcsize("@L")) - 1
MOST_FETCHED = 16 << 20
"""Bytes fetched at once: the kernel's own bound for all of usbfs (`usbfs_memory_mb`)."""


class GarbledError(Exception):
    """What came over the socket is no preload's: the connection cannot go on."""


class Call(IntEnum):
    """Which call the program made."""

    IOCTL = 1
    READ = 7
    WRITE = 8


@dataclass(frozen=True, slots=True)
class Request:
    """One call with its arguments: number and argument of an ioctl, else address and count."""

    call: Call
    first: int
    second: int


class Caller:
    """One program that has the node open, as seen from the far side of it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def request(self) -> Request | None:
        """Return the next call, or None once the program is gone; `GarbledError` for no call."""
        try:
            call, first, second = _REQUEST.unpack(await self._reader.readexactly(_REQUEST.size))
        except asyncio.IncompleteReadError:
            return None
        try:
            return Request(Call(call), first, second)
        except ValueError:
            raise GarbledError("a call that the preload does not hand on") from None

    async def fetch(self, address: int, count: int) -> bytes:
        """Read the program's memory; `GarbledError` when it ends before that."""
        if not 0 <= count <= MOST_FETCHED:
            raise GarbledError(f"{count} bytes of memory")
        if not count:
            return b""
        self._say(_READ_MEMORY, address, count)
        try:
            return await self._reader.readexactly(count)
        except asyncio.IncompleteReadError:
            raise GarbledError("memory cut short") from None

    def store(self, address: int, data: bytes) -> None:
        """Write into the program's memory."""
        if data:
            self._say(_WRITE_MEMORY, address, len(data))
            self._writer.write(data)

    async def done(self, result: int = 0) -> None:
        """Let the call return `result`, which is 0 or more."""
        self._say(_DONE, result, 0)
        await self._writer.drain()

    async def fail(self, error: int) -> None:
        """Let the call return -1 with that `errno`."""
        self._say(_DONE, -1, error)
        await self._writer.drain()

    def close(self) -> None:
        """End the connection."""
        self._writer.close()

    def _say(self, word: int, first: int, second: int) -> None:
        self._writer.write(_REQUEST.pack(word, first & _WORD, second & _WORD))
