"""A handset plugged in: its ADB on a free TCP port of this machine, until it is pulled out."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from hardware.simulator.adbd import Link
from hardware.simulator.handset import SimulatedHandset

_HOST = "127.0.0.1"
_BUFFER = 256 * 1024


class Cable:
    """`async with Cable(handset) as cable:` serves the handset at `cable.address`."""

    def __init__(self, handset: SimulatedHandset) -> None:
        self.handset = handset
        self.address = ""
        self._server: asyncio.Server | None = None
        self._links: dict[asyncio.Task[None], Link] = {}

    async def plug(self) -> str:
        """Begin to serve; return the address that an adb server connects to."""
        self._server = await asyncio.start_server(self._accept, _HOST, 0, limit=_BUFFER)
        self.address = f"{_HOST}:{self._server.sockets[0].getsockname()[1]}"
        return self.address

    async def pull(self) -> None:
        """Stop serving: nothing listens any more, and every link is cut in mid-word."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.cut_links()
        if self._links:
            await asyncio.wait(self._links)

    def cut_links(self) -> None:
        """Lose the links, as a loose plug does; the adb server may connect again."""
        for link in self._links.values():
            link.cut()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._server is None:
            writer.transport.abort()  # the server came just as the cable was pulled
            return
        link = Link(self.handset, reader, writer)
        task = asyncio.get_running_loop().create_task(link.run())
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
