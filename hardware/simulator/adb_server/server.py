"""A simulated ADB server: the protocol of port 5037 before the same simulated handsets.

For what no real server can be made to do: any serial number, port, state and connection number,
answers cut at any byte. Its clients are the real ones: `adb` 29 and 36, adbutils and ours.
Source: AOSP `packages/modules/adb/SERVICES.TXT`, `adb.cpp` (`handle_host_request`).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from hardware.simulator.adb_server.conversation import Conversation
from hardware.simulator.adb_server.faults import ServerFault
from hardware.simulator.adb_server.listing import PluggedHandset
from hardware.simulator.handset import SimulatedHandset

_HOST = "127.0.0.1"


class SimulatedAdbServer:
    """`async with SimulatedAdbServer() as server:` listens on `server.port`."""

    def __init__(self, faults: Iterable[ServerFault] = (), version: int = 41) -> None:
        self.faults = list(faults)
        self.version = version
        self.plugged: list[PluggedHandset] = []
        self.port = 0
        self.asked: list[str] = []
        """The services asked for, oldest first."""
        self._last_transport = 0
        self._changed = asyncio.Event()
        self._listener: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    def plug(
        self,
        handset: SimulatedHandset,
        port: str = "",
        *,
        serial: str | None = None,
        state: str = "device",
    ) -> PluggedHandset:
        """Put a handset on the list, over a connection of its own."""
        self._last_transport += 1
        name = handset.serial if serial is None else serial
        plugged = PluggedHandset(self._last_transport, name, port, state, handset)
        self.plugged.append(plugged)
        self.changed()
        return plugged

    def unplug(self, plugged: PluggedHandset) -> None:
        """Take a handset off the list; one that is off it already stays so."""
        if plugged in self.plugged:
            self.plugged.remove(plugged)
            self.changed()

    def become(self, plugged: PluggedHandset, state: str) -> None:
        """Let a handset be in another state."""
        plugged.state = state
        self.changed()

    def changed(self) -> None:
        """Wake whoever follows the list."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def change(self) -> None:
        """Wait until the list changes."""
        await self._changed.wait()

    def restart(self) -> None:
        """Forget everything, as a server that was started again: it counts from 1 again."""
        self.plugged.clear()
        self._last_transport = 0
        self.hang_up()
        self.changed()

    def hang_up(self) -> None:
        """Break every conversation off."""
        for talk in self._talks:
            talk.cancel()

    async def __aenter__(self) -> Self:
        listener = socket.create_server((_HOST, 0))
        self._listener = await asyncio.start_server(self._begin, sock=listener)
        self.port = listener.getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._listener is not None:
            self._listener.close()
        self.hang_up()
        if self._talks:
            await asyncio.wait(self._talks)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.create_task(Conversation(self, reader, writer).run())
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)
