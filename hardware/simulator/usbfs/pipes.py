"""The two bulk pipes of a handset's ADB interface, seen from the handset.

They end the link's bytes in USB's own way: what the adb server sends comes as one stream, what the
handset sends goes as transfers, a packet's header in one and its payload in the next.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NoReturn

_HEADER = 24
"""Bytes of an ADB header: the server reads it alone, and then as much as it announces."""
_MOST_TO_COME = 2 << 20
"""Bytes that wait for the handset before the server's next transfer is held; one packet has 1 MiB
at most, so a whole one always fits."""
_MOST_TO_GO = 1 << 20


class Pipes:
    """Both directions of one claim of the interface; `news` is told of what may end a transfer."""

    def __init__(self, news: Callable[[], None]) -> None:
        self._news = news
        self._come = bytearray()
        self._go: deque[bytes] = deque()
        self._going = 0
        self._moved = asyncio.Event()
        self.broken = False

    # the handset's side
    async def readexactly(self, n: int, /) -> bytes:
        """Return so many bytes of what the adb server sent."""
        while len(self._come) < n:
            if self.broken:
                raise asyncio.IncompleteReadError(bytes(self._come), n)
            await self._wait()
        data = bytes(self._come[:n])
        del self._come[:n]
        self._news()
        return data

    def write(self, data: bytes, /) -> None:
        """Take a packet for the adb server."""
        if self.broken:
            self._raise()
        parts = (data[:_HEADER], data[_HEADER:])
        self._go.extend(part for part in parts if part)
        self._going += len(data)
        self._news()

    async def drain(self) -> None:
        """Wait until not too much is on its way."""
        while self._going > _MOST_TO_GO and not self.broken:
            await self._wait()
        if self.broken:
            self._raise()

    def cut(self) -> None:
        """Break both: nothing comes and nothing goes any more."""
        self.broken = True
        self._moved.set()
        self._news()

    # the computer's side
    @property
    def has_room(self) -> bool:
        """Whether the handset keeps up with what the adb server sends."""
        return len(self._come) <= _MOST_TO_COME

    def put(self, data: bytes) -> None:
        """Take a transfer from the adb server."""
        self._come += data
        self._moved.set()

    def take(self, room: int) -> bytes | None:
        """Return the next transfer to the adb server, or as much of it as there is room for."""
        if not self._go:
            return None
        whole = self._go.popleft()
        if len(whole) > room:
            self._go.appendleft(whole[room:])
        data = whole[:room]
        self._going -= len(data)
        self._moved.set()
        return data

    async def _wait(self) -> None:
        self._moved.clear()
        await self._moved.wait()

    def _raise(self) -> NoReturn:
        raise ConnectionResetError("the cable is out")
