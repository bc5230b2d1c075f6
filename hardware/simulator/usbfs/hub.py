"""Ports that simulated handsets are plugged into over USB; udev says what is where, not this."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from bench.identity.identifiers import UsbPath
from hardware.simulator.handset import SimulatedHandset
from hardware.simulator.usbfs.cable import Testbed, UsbCable
from hardware.simulator.usbfs.descriptors import Described

MOST = 48
"""Handsets at once: the preload (0.17) keeps 50 open nodes of a program, then ends it."""
_NUMBERS = range(2, 128)
"""Device numbers of a bus; 1 is its root hub."""
_LINGER_S = 3.0
"""Seconds that a node which is gone is still answered for: an adb server may just be opening it."""


class UsbHub:
    """Where handsets are plugged in and pulled out; leaving `async with` pulls everything out.

    Leave it after the adb server has ended.
    """

    def __init__(self, testbed: Testbed, paths: Sequence[UsbPath]) -> None:
        self._testbed = testbed
        self._paths = tuple(paths)
        self._cables: dict[UsbPath, UsbCable] = {}
        self._pulled: dict[UsbCable, asyncio.Task[None]] = {}
        self._last = _NUMBERS.start - 1

    @property
    def paths(self) -> tuple[UsbPath, ...]:
        """The ports, in order."""
        return self._paths

    async def plug(
        self,
        path: UsbPath,
        handset: SimulatedHandset,
        device: Described | None = None,
        node_mode: int = 0o666,
    ) -> None:
        """Plug a handset in; `ValueError` when there is no such port, or it is taken."""
        if path not in self._paths or path in self._cables:
            raise ValueError(f"{path} is no free port of this hub")
        number = await self._number()
        cable = UsbCable(self._testbed, handset, path, number, device, node_mode)
        self._cables[path] = cable
        cable.plug()
        await asyncio.sleep(0)  # whoever follows udev on this loop reads before the next event

    async def unplug(self, path: UsbPath) -> SimulatedHandset:
        """Pull the handset out and return it; `ValueError` when none is plugged in."""
        cable = self._cables.pop(path, None)
        if cable is None:
            raise ValueError(f"nothing is plugged into {path}")
        cable.pull()
        self._pulled[cable] = asyncio.create_task(self._forget(cable))
        await asyncio.sleep(0)
        return cable.handset

    def handset_at(self, path: UsbPath) -> SimulatedHandset | None:
        """Return what is plugged into the port."""
        cable = self._cables.get(path)
        return cable.handset if cable else None

    async def _number(self) -> int:
        """Return the next device number that nobody has, as the kernel does.

        When plugs and pulls come so fast that none is left, what was pulled out first is put away.
        """
        while (number := self._free_number()) is None:
            oldest, lingering = next(iter(self._pulled.items()))
            lingering.cancel()
            await self._put_away(oldest)
        self._last = number
        return number

    def _free_number(self) -> int | None:
        taken = {cable.number for cable in (*self._cables.values(), *self._pulled)}
        count = len(_NUMBERS)
        order = (_NUMBERS[(self._last - 1 + step) % count] for step in range(count))
        return next((number for number in order if number not in taken), None)

    async def _forget(self, cable: UsbCable) -> None:
        await asyncio.sleep(_LINGER_S)
        await self._put_away(cable)

    async def _put_away(self, cable: UsbCable) -> None:
        await cable.close()
        self._pulled.pop(cable, None)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._pulled.values():
            task.cancel()
        await asyncio.gather(*(cable.close() for cable in (*self._cables.values(), *self._pulled)))
        self._cables.clear()
        self._pulled.clear()
