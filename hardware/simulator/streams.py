"""One service's byte stream over a link, with the flow control of ADB.

Each side may have one WRTE on the way until it is answered by OKAY. The handset answers when its
service has used the bytes up. An adb server that gives a push up (adb 36) sends what it still has
without waiting; that is borne with up to `MOST_HELD`.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from hardware.simulator.packets import BrokenLinkError, Command

MOST_HELD = 16 * 1024 * 1024
"""Bytes a stream holds before a peer that does not wait for OKAY breaks the link."""


class StreamClosedError(Exception):
    """The other side closed the stream."""


class Sender(Protocol):
    """The link as a stream sees it."""

    @property
    def max_payload(self) -> int:
        """Most bytes that the other side takes in one packet."""
        ...

    async def send(self, command: Command, arg0: int, arg1: int, payload: bytes = b"") -> None:
        """Send a packet; `BrokenLinkError` when the link is gone."""
        ...


class ByteStream(Protocol):
    """What a service reads and writes; `StreamClosedError` when the other side has hung up."""

    async def read_exactly(self, count: int) -> bytes:
        """Return so many bytes."""
        ...

    async def read_some(self, limit: int) -> bytes:
        """Return one to `limit` bytes."""
        ...

    async def write(self, data: bytes) -> None:
        """Send all of it."""
        ...


class Stream:
    """One stream: `local` is its number here, `remote` at the adb server."""

    def __init__(self, link: Sender, local: int, remote: int) -> None:
        self._link, self._local, self.remote = link, local, remote
        self._arrived = bytearray()
        self._owed_okays = 0
        self._closed = False
        self._changed = asyncio.Event()
        self._acknowledged = asyncio.Event()

    # what the service does
    async def read_exactly(self, count: int) -> bytes:
        """Return so many bytes, or raise `StreamClosedError` when no more will come."""
        while len(self._arrived) < count:
            await self._wait_for_more()
        data = bytes(self._arrived[:count])
        del self._arrived[:count]
        return data

    async def read_some(self, limit: int) -> bytes:
        """Return one to `limit` bytes."""
        while not self._arrived:
            await self._wait_for_more()
        return await self.read_exactly(min(limit, len(self._arrived)))

    async def write(self, data: bytes) -> None:
        """Send all of it, at most one packet ahead of the other side."""
        step = self._link.max_payload
        for start in range(0, len(data), step):
            if self._closed:
                raise StreamClosedError
            self._acknowledged.clear()
            block = data[start : start + step]
            await self._link.send(Command.WRTE, self._local, self.remote, block)
            await self._acknowledged.wait()

    async def _wait_for_more(self) -> None:
        if self._owed_okays:
            self._owed_okays -= 1
            await self._link.send(Command.OKAY, self._local, self.remote)
        elif self._closed:
            raise StreamClosedError
        else:
            self._changed.clear()
            await self._changed.wait()

    # what the link reports
    def arrive(self, payload: bytes) -> None:
        """Take a WRTE."""
        if len(self._arrived) + len(payload) > MOST_HELD:
            raise BrokenLinkError("packets far ahead of their OKAY")
        self._owed_okays += 1
        self._arrived += payload
        self._changed.set()

    def acknowledge(self) -> None:
        """Take an OKAY."""
        self._acknowledged.set()

    def close(self) -> None:
        """Take a CLSE: what has arrived can still be read, nothing more will."""
        self._closed = True
        self._changed.set()
        self._acknowledged.set()
