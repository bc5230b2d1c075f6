"""One reading of one handset: its modem port shown, asked, and hidden again.

A handset whose configuration was chosen is put back afterwards, so that whatever comes next (file
transfer, the person's own choice of what USB is for, debugging) finds it as its maker meant. Where
that fails nothing is lost: the other configuration has file transfer too.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.events.modem import ModemIdentity
from bench.identity.identifiers import UsbPath
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.samsung.choosing import choose, put_back
from hardware.samsung.configuration import (
    configuration_to_choose,
    lacks_driver,
    modem_port,
)
from hardware.samsung.modem import Patience, read_modem
from hardware.samsung.plugged import Usb
from hardware.samsung.refusals import configuration_error
from hardware.usb.device import UsbDevice

_LOOK_EVERY = 0.1


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads handsets; `reactivation` asks for the reactivation lock too, `nodes` is `/dev`.

    `threads` bear what blocks; None: those of the loop, which others need too.
    """

    usb: Usb
    patience: Patience
    reactivation: bool = False
    nodes: Path = Path("/dev")
    threads: Executor | None = None

    async def device(self, path: UsbPath) -> UsbDevice | None:
        """Return the device on a port as it is now, or None; `OSError`: nobody can tell."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, self.usb.device, path)

    async def read(self, device: UsbDevice) -> ModemIdentity:
        """Return who a handset is by its modem; raises `ProblemError`.

        `OSError`: this computer is short of something, so that nobody can tell.
        """
        async with self._shown(device) as port:

            async def is_still() -> bool:
                now = await self._now(device)
                return now is not None and modem_port(now) == port

            return await read_modem(
                str(self.nodes / port),
                self.patience,
                reactivation=self.reactivation,
                is_still=is_still,
                threads=self.threads,
            )

    @asynccontextmanager
    async def _shown(self, device: UsbDevice) -> AsyncIterator[str]:
        """Let the handset show its modem port for as long as the block lasts."""
        wanted = configuration_to_choose(device)
        if wanted is None:
            yield await self._until_port(device)
            return
        try:
            await self._choose(device, wanted)
            yield await self._until_port(device)
        finally:
            loop = asyncio.get_running_loop()
            await asyncio.wait([loop.run_in_executor(self.threads, self._put_back, device, wanted)])

    async def _until_port(self, device: UsbDevice) -> str:
        """Return the terminal of its modem port once there is one."""
        now: UsbDevice | None = device
        with suppress(TimeoutError):
            async with asyncio.timeout(self.patience.appear):
                while now := await self._now(device):
                    if port := modem_port(now):
                        return port
                    await asyncio.sleep(_LOOK_EVERY)
        raise ProblemError(Problem(_missing(now)))

    async def _choose(self, device: UsbDevice, configuration: int) -> None:
        """Choose it; what is in use may be free a moment later."""
        for is_last in [False] * (self.patience.tries - 1) + [True]:
            try:
                return await self._to_its_end(choose, device, configuration)
            except OSError as error:
                problem = configuration_error(error)
                if is_last or problem.problem.code is not ProblemCode.CONFIGURATION_BUSY:
                    raise problem from None
            await asyncio.sleep(self.patience.pause)
        return None

    def _put_back(self, device: UsbDevice, chosen: int) -> None:
        """Hide its modem port again. One call in a thread: once begun it comes to its end."""
        with suppress(OSError):
            now = _same(device, self.usb.device(device.path))
            if now is not None and now.configuration == chosen:
                put_back(now, device.configuration)

    async def _now(self, device: UsbDevice) -> UsbDevice | None:
        """Return the same device as it is now; None when it is gone, or another is there."""
        return _same(device, await self.device(device.path))

    async def _to_its_end(
        self, change: Callable[[UsbDevice, int], None], device: UsbDevice, configuration: int
    ) -> None:
        """Change a configuration; when cancelled, wait: half a change cannot be undone."""
        loop = asyncio.get_running_loop()
        changing = loop.run_in_executor(self.threads, change, device, configuration)
        try:
            await asyncio.shield(changing)
        except asyncio.CancelledError:
            await asyncio.wait([changing])
            changing.exception()
            raise


def _same(device: UsbDevice, now: UsbDevice | None) -> UsbDevice | None:
    return now if now is not None and now.number == device.number else None


def _missing(device: UsbDevice | None) -> ProblemCode:
    if device is None:
        return ProblemCode.LINK_LOST
    if lacks_driver(device):
        return ProblemCode.MODEM_NO_DRIVER
    return ProblemCode.MODEM_HIDDEN
