"""A hub with simulated handsets in its ports, seen through a real adb server.

It stands where udev stands for a real hub: it says what is plugged where. The adb server knows
its handsets as `127.0.0.1:port`; `locate` turns that back into the port of the hub. A handset
without debugging is no business of the adb server's: its modem answers at a port in `terminals`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from bench.events.device import HandsetAttached, HandsetDetached
from bench.identity.identifiers import UsbPath
from bench.ports import Post
from bench.problems import ProblemError
from hardware.simulator.handset import SimulatedHandset
from hardware.simulator.plug import Plug
from hardware.simulator.plugged import PluggedIn

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
    `async with` pulls everything out. `terminals` is a folder for the device files of modems; None
    leaves them hidden.
    """

    def __init__(
        self, client: AdbClientLike, paths: Sequence[UsbPath], terminals: Path | None = None
    ) -> None:
        self.usb = PluggedIn()
        """What is on the bus, for whoever reads handsets before their set-up."""
        self._client = client
        self._paths = tuple(paths)
        self._terminals = terminals
        self._plugs: dict[UsbPath, Plug] = {}
        self._gone: set[str] = set()
        self._posts: list[Post] = []
        self._keeper: asyncio.Task[None] | None = None

    @property
    def paths(self) -> tuple[UsbPath, ...]:
        """The ports, in order."""
        return self._paths

    async def follow(self, post: Post) -> None:
        """Post what is plugged in now, then what is plugged and pulled, until cancelled."""
        for path in self.usb.plugged():
            post(HandsetAttached(path))
        self._posts.append(post)
        try:
            await (asyncio.shield(self._keeper) if self._keeper else self._keep())
        finally:
            self._posts.remove(post)

    async def plug(self, path: UsbPath, handset: SimulatedHandset) -> None:
        """Plug a handset in; `ValueError` when there is no such port, or it is taken."""
        if path not in self._paths or path in self._plugs:
            raise ValueError(f"{path} is no free port of this hub")
        plug = self._plugs[path] = Plug(handset, self._terminal(path))
        handset.bus.port = partial(self._moved, path, plug)
        if handset.bus.is_there:
            await self._show(path, plug)

    async def unplug(self, path: UsbPath) -> SimulatedHandset:
        """Pull the handset out, whatever it is doing, and return it; `ValueError` when none is."""
        plug = self._plugs.pop(path, None)
        if plug is None:
            raise ValueError(f"nothing is plugged into {path}")
        plug.handset.bus.port = None
        if plug.handset.bus.is_there:
            await self._hide(path, plug)
        return plug.handset

    def handset_at(self, path: UsbPath) -> SimulatedHandset | None:
        """Return what is plugged into the port."""
        plug = self._plugs.get(path)
        return plug.handset if plug else None

    def locate(self, device: ListedDevice) -> UsbPath | None:
        """Return the port of a device that the adb server lists; None when it is not ours."""
        plugged = self._plugs.items()
        return next((path for path, plug in plugged if plug.address == device.serial), None)

    # the bus
    def _terminal(self, path: UsbPath) -> Path | None:
        at = self._paths.index(path)
        return self._terminals / f"ttyACM{at}" if self._terminals else None

    async def _moved(self, path: UsbPath, plug: Plug, is_there: bool) -> None:  # noqa: FBT001
        """Follow a handset that leaves the bus by itself, and comes back."""
        await (self._show(path, plug) if is_there else self._hide(path, plug))

    async def _show(self, path: UsbPath, plug: Plug) -> None:
        await plug.show()
        self.usb.show(path, plug)
        self._tell(HandsetAttached(path))
        if plug.address:
            self._gone.discard(plug.address)
            await self._connect(plug.address)

    async def _hide(self, path: UsbPath, plug: Plug) -> None:
        self.usb.hide(path)
        self._tell(HandsetDetached(path))
        if address := plug.address:
            self._gone.add(address)
        await plug.hide()
        if address:
            await self._disconnect(address)

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
        plugged = {plug.address for plug in self._plugs.values()} - {""}
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
        for path in list(self._plugs):
            await self.unplug(path)
