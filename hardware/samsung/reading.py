"""One reading of one handset: its modem port shown, asked, and hidden again.

A handset whose configuration was chosen is put back afterwards, so that whatever comes next (file
transfer, the person's own choice of what USB is for, debugging) finds it as its maker meant. Where
that fails nothing is lost: the other configuration has file transfer too.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.events.modem import ModemIdentity
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
    """Reads handsets; `reactivation` asks for the reactivation lock too, `nodes` is `/dev`."""

    usb: Usb
    patience: Patience
    reactivation: bool = False
    nodes: Path = Path("/dev")

    async def read(self, device: UsbDevice) -> ModemIdentity:
        """Return who a handset is by its modem; raises `ProblemError`."""
        async with self._shown(device) as port:

            async def is_still() -> bool:
                now = await self._now(device)
                return now is not None and modem_port(now) == port

            return await read_modem(
                str(self.nodes / port),
                self.patience,
                reactivation=self.reactivation,
                is_still=is_still,
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
            await asyncio.shield(self._put_back(device, wanted))

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
                return await _to_its_end(choose, device, configuration)
            except OSError as error:
                problem = configuration_error(error)
                if is_last or problem.problem.code is not ProblemCode.CONFIGURATION_BUSY:
                    raise problem from None
            await asyncio.sleep(self.patience.pause)
        return None

    async def _put_back(self, device: UsbDevice, chosen: int) -> None:
        now = await self._now(device)
        if now is not None and now.configuration == chosen:
            with suppress(OSError):
                await _to_its_end(put_back, now, device.configuration)

    async def _now(self, device: UsbDevice) -> UsbDevice | None:
        """Return the same device as it is now; None when it is gone, or another is there."""
        now = await asyncio.to_thread(self.usb.device, device.path)
        return now if now is not None and now.number == device.number else None


async def _to_its_end(
    change: Callable[[UsbDevice, int], None], device: UsbDevice, configuration: int
) -> None:
    """Change a configuration in a thread; when cancelled, wait: half a change cannot be undone."""
    changing = asyncio.ensure_future(asyncio.to_thread(change, device, configuration))
    try:
        await asyncio.shield(changing)
    except asyncio.CancelledError:
        await asyncio.wait([changing])
        changing.exception()
        raise


def _missing(device: UsbDevice | None) -> ProblemCode:
    if device is None:
        return ProblemCode.LINK_LOST
    if lacks_driver(device):
        return ProblemCode.MODEM_NO_DRIVER
    return ProblemCode.MODEM_HIDDEN
