"""A printer on the network: raw TCP, as port 9100 takes it ("AppSocket", "JetDirect")."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from hardware.printers.transports.inbox import InboxReader
from hardware.printers.transports.line import PortStatus

_PIECE = 4096
_GOODBYE = 2.0
"""Seconds that what was sent may take to be acknowledged before the line is dropped."""


async def connect_tcp(host: str, port: int) -> TcpLine:
    """Open a connection; a host that cannot be one is an `OSError` too."""
    try:
        reader, writer = await asyncio.open_connection(host, port)
    except UnicodeError as error:
        raise OSError(f"{host} is no host") from error
    return TcpLine(reader, writer)


class TcpLine(InboxReader):
    """Implements `Line` over one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        super().__init__()
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        """Hand all bytes on."""
        self._writer.write(data)
        await self._writer.drain()

    async def settle(self, quiet: float) -> None:
        """Nothing to do: each conversation has a connection of its own."""

    async def port_status(self) -> PortStatus | None:
        """Return None: a network port has no such lines."""
        return None

    async def close(self) -> None:
        """End our side, and wait until all that was sent is with the printer."""
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_GOODBYE):
                self._writer.close()
                await self._writer.wait_closed()
        self.abort()

    def abort(self) -> None:
        """Hang up at once."""
        self._writer.transport.abort()

    async def _fill(self) -> None:
        data = await self._reader.read(_PIECE)
        if not data:
            raise EOFError("it hung up")
        self._inbox.add(data)
