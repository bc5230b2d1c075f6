"""A hub with simulated handsets in its ports, seen through a real adb server.

It stands where udev stands for a real hub: it says what is plugged where. The adb server knows
its handsets as `127.0.0.1:port`; `locate` turns that back into the port of the hub.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, Self

from bench.events.device import HandsetAttached, HandsetDetached
from bench.identity.identifiers import UsbPath
from bench.ports import Post
from bench.problems import ProblemError
from hardware.simulator.cable import Cable
from hardware.simulator.handset import SimulatedHandset

_LOOK_EVERY_S = 0.5


class ListedDevice(Protocol):
    """A device as the adb server lists it."""

    @property
    def serial(self) -> str:
        """Its name at the server: over TCP its address."""
        ...


class AdbClientLike(Protocol):
    """What the hub asks of an adb server; trouble is a `ProblemError`."""

    async def connect(self, address: str) -> object:
        """Let the server connect to a handset over TCP."""
        ...

    async def disconnect(self, address: str) -> object:
        """Let the server forget it."""
        ...

    async def devices(self) -> Sequence[ListedDevice]:
        """Return what the server knows."""
        ...


class SimulatedHub:
    """Ports that handsets are plugged into; a `Watcher` of them.

    While `follow` runs (or inside `async with`) what is plugged in is connected again within a
    second after the adb server was restarted, and what was pulled out stays off its list. Leaving
    `async with` pulls everything out.
    """

    def __init__(self, client: AdbClientLike, paths: Sequence[UsbPath]) -> None:
        self._client = client
        self._paths = tuple(paths)
        self._cables: dict[UsbPath, Cable] = {}
        self._gone: set[str] = set()
        self._posts: list[Post] = []
        self._keeper: asyncio.Task[None] | None = None

    @property
    def paths(self) -> tuple[UsbPath, ...]:
        """The ports, in order."""
        return self._paths

    async def follow(self, post: Post) -> None:
        """Post what is plugged in now, then what is plugged and pulled, until cancelled."""
        for path in self._cables:
            post(HandsetAttached(path))
        self._posts.append(post)
        try:
            await (asyncio.shield(self._keeper) if self._keeper else self._keep())
        finally:
            self._posts.remove(post)

    async def plug(self, path: UsbPath, handset: SimulatedHandset) -> None:
        """Plug a handset in; `ValueError` when there is no such port, or it is taken."""
        if path not in self._paths or path in self._cables:
            raise ValueError(f"{path} is no free port of this hub")
        cable = self._cables[path] = Cable(handset)
        address = await cable.plug()
        self._gone.discard(address)
        self._tell(HandsetAttached(path))
        await self._connect(address)

    async def unplug(self, path: UsbPath) -> SimulatedHandset:
        """Pull the handset out, whatever it is doing, and return it; `ValueError` when none is."""
        cable = self._cables.pop(path, None)
        if cable is None:
            raise ValueError(f"nothing is plugged into {path}")
        self._gone.add(cable.address)
        self._tell(HandsetDetached(path))
        await cable.pull()
        await self._disconnect(cable.address)
        return cable.handset

    def handset_at(self, path: UsbPath) -> SimulatedHandset | None:
        """Return what is plugged into the port."""
        cable = self._cables.get(path)
        return cable.handset if cable else None

    def locate(self, device: ListedDevice) -> UsbPath | None:
        """Return the port of a device that the adb server lists; None when it is not ours."""
        plugged = self._cables.items()
        return next((path for path, cable in plugged if cable.address == device.serial), None)

    # the adb server
    async def _keep(self) -> None:
        while True:
            await self._look()
            await asyncio.sleep(_LOOK_EVERY_S)

    async def _look(self) -> None:
        try:
            listed = {device.serial for device in await self._client.devices()}
        except ProblemError:
            return  # no server now: the next look finds the next one
        plugged = {cable.address for cable in self._cables.values()}
        async with asyncio.TaskGroup() as group:
            for address in plugged - listed:
                group.create_task(self._connect(address))
            for address in self._gone & listed:
                group.create_task(self._disconnect(address))

    async def _connect(self, address: str) -> None:
        try:
            await self._client.connect(address)
        except ProblemError:
            return  # tried again at the next look

    async def _disconnect(self, address: str) -> None:
        try:
            await self._client.disconnect(address)
        except ProblemError:
            return  # the server forgot it by itself, or is gone; the next look sees which

    def _tell(self, fact: HandsetAttached | HandsetDetached) -> None:
        for post in self._posts:
            post(fact)

    async def __aenter__(self) -> Self:
        self._keeper = asyncio.create_task(self._keep())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
        for path in list(self._cables):
            await self.unplug(path)
