"""A handset plugged in: its ADB on a free TCP port of this machine, until it is pulled out.

The port is listened on by hand: an `asyncio.Server` that closes just as a connection comes leaves
that connection open for ever (CPython issue 109564).
"""

from __future__ import annotations

import asyncio
import socket
from types import TracebackType
from typing import Self

from hardware.simulator.adbd import Link
from hardware.simulator.handset import SimulatedHandset

_HOST = "127.0.0.1"
_BUFFER = 256 * 1024
_AGAIN_S = 0.1


class Cable:
    """`async with Cable(handset) as cable:` serves the handset at `cable.address`."""

    def __init__(self, handset: SimulatedHandset) -> None:
        self.handset = handset
        self.address = ""
        self._listener: socket.socket | None = None
        self._listening: asyncio.Task[None] | None = None
        self._links: dict[asyncio.Task[None], Link] = {}

    async def plug(self) -> str:
        """Begin to serve; return the address that an adb server connects to."""
        listener = self._listener = socket.create_server((_HOST, 0))
        listener.settimeout(0)
        self.address = f"{_HOST}:{listener.getsockname()[1]}"
        self._listening = asyncio.create_task(self._listen(listener))
        return self.address

    async def pull(self) -> None:
        """Stop serving: nothing listens any more, and every link is cut in mid-word."""
        if self._listener is not None and self._listening is not None:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener = None
            await self._listening
        self.cut_links()
        if self._links:
            await asyncio.wait(self._links)

    def cut_links(self) -> None:
        """Lose the links, as a loose plug does; the adb server may connect again."""
        for link in self._links.values():
            link.cut()

    async def _listen(self, listener: socket.socket) -> None:
        with listener:
            while self._listener is listener:
                try:
                    connection, _ = await asyncio.get_running_loop().sock_accept(listener)
                    self._begin(*await asyncio.open_connection(sock=connection, limit=_BUFFER))
                except OSError:
                    await self._rest()

    async def _rest(self) -> None:
        """Wait before the next try, for the machine may be out of descriptors; not once pulled."""
        if self._listener is not None:
            await asyncio.sleep(_AGAIN_S)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(self.handset, reader, writer, writer.transport.abort)
        task = asyncio.create_task(link.run())
        self._links[task] = link
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._links[task]
        if not task.cancelled() and (error := task.exception()) is not None:
            trouble = {"message": "a simulated handset failed", "exception": error, "task": task}
            task.get_loop().call_exception_handler(trouble)

    async def __aenter__(self) -> Self:
        await self.plug()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.pull()
