"""A service's byte stream straight to a client of the server: no packets and no OKAYs between."""

from __future__ import annotations

import asyncio

from hardware.simulator.adb_server.faults import Voice
from hardware.simulator.streams import StreamClosedError


class ClientStream:
    """A `ByteStream` on the connection of a client."""

    def __init__(self, reader: asyncio.StreamReader, voice: Voice) -> None:
        self._reader, self._voice = reader, voice

    async def read_exactly(self, count: int) -> bytes:
        """Return so many bytes that the client sent."""
        try:
            return await self._reader.readexactly(count)
        except (asyncio.IncompleteReadError, OSError) as error:
            raise StreamClosedError from error

    async def read_some(self, limit: int) -> bytes:
        """Return one to `limit` bytes."""
        try:
            data = await self._reader.read(limit)
        except OSError as error:
            raise StreamClosedError from error
        if not data:
            raise StreamClosedError
        return data

    async def write(self, data: bytes) -> None:
        """Send what the handset says."""
        await self._voice.say(data)
