"""Hub power by the program `uhubctl`; where it is not installed, power is simply not offered.

It switches both halves of a USB 3 hub. A port is never left without power: a cycle that was begun
is brought to its end, also when nobody waits for it any more.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from bench.identity.identifiers import UsbPath
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.hub_power.listing import read_listing, was_cycled, was_denied
from hardware.hub_power.ports import carries_others, single
from hardware.programs import Ended, ProgramMissingError, run
from hardware.usb.sysfs import SYSFS, survey
from hardware.usb.topology import Survey

_OFF_S = 2
"""Seconds that a port stays off: handsets with a battery notice no less."""
_FOLDERS = "/usr/local/sbin:/usr/sbin:/sbin"
"""Where it is installed, which is not on the path of a person who is not root."""
_WHERE = "USB hubs"
_REFUSED = ProblemCode.HUB_POWER_REFUSED


class UhubctlPower:
    """Implements `bench.ports.HubPower`; `deadline` bounds one run of the program, in seconds."""

    def __init__(
        self, executable: str = "uhubctl", sysfs: Path = SYSFS, *, deadline: float = 15.0
    ) -> None:
        self._executable = executable
        self._sysfs = sysfs
        self._deadline = deadline

    async def switchable(self) -> frozenset[UsbPath]:
        """Ask which ports can be switched now; hubs that this account may not use: `ProblemError`.

        A program that is missing or does not answer offers none.
        """
        try:
            ended = await self._run()
        except (ProgramMissingError, TimeoutError):
            return frozenset()
        if ended.code and was_denied(ended.err):
            raise ProblemError(Problem(ProblemCode.HUB_POWER_LOCKED, _WHERE))
        listed = _listed(ended)
        return single(listed, await self._survey()) if listed else frozenset()

    async def cycle(self, path: UsbPath) -> None:
        """Switch a port off and, two seconds later, on; not possible: `ProblemError`."""
        if path not in await self.switchable():
            raise ProblemError(await self._why_not(path))
        cycle = asyncio.ensure_future(self._cycled(path))
        try:
            await asyncio.shield(cycle)
        except asyncio.CancelledError:
            with suppress(ProblemError):
                await cycle
            raise

    async def _cycled(self, path: UsbPath) -> None:
        """Whatever comes of it, the port is switched on again."""
        try:
            ended = await self._run("cycle", path, "-d", str(_OFF_S))
        except (ProgramMissingError, TimeoutError):
            ended = Ended(-1, b"", "no answer")
        if was_cycled(_listed(ended).get(path, ())):
            return
        await self._switch_on(path)
        code = ProblemCode.HUB_POWER_LOCKED if was_denied(ended.err) else _REFUSED
        raise ProblemError(Problem(code, str(path), plain(ended.err) if code is _REFUSED else ""))

    async def _switch_on(self, path: UsbPath) -> None:
        try:
            await self._run("on", path)
        except (ProgramMissingError, TimeoutError) as error:
            raise ProblemError(Problem(_REFUSED, str(path), "it may still be off")) from error

    async def _run(self, action: str = "", path: UsbPath | None = None, *more: str) -> Ended:
        """Handsets are not asked for their names (-N), unless by a version older than 2.5."""
        program = shutil.which(self._executable, path=f"{os.environ.get('PATH', '')}:{_FOLDERS}")
        if program is None:
            raise ProgramMissingError(self._executable)
        words = [*_place(path), "-a", action, *more] if path else []
        ended = await run(program, *words, "-N", deadline=self._deadline)
        if ended.code and "invalid option" in ended.err:
            return await run(program, *words, deadline=self._deadline)
        return ended

    async def _survey(self) -> Survey:
        """Look around; without what it takes nobody knows what else hangs on a port."""
        try:
            return await asyncio.to_thread(survey, self._sysfs)
        except OSError as error:
            raise ProblemError(Problem(_REFUSED, _WHERE, plain(str(error)))) from error

    async def _why_not(self, path: UsbPath) -> Problem:
        if carries_others(path, await self._survey()):
            return Problem(ProblemCode.HUB_POWER_SHARED, str(path))
        return Problem(_REFUSED, str(path), "its hub cannot switch single ports")


def _place(path: UsbPath) -> Sequence[str]:
    """The hub and its port; the computer's own sockets are ports of the bus."""
    *hub, port = path.ports
    location = f"{path.bus}-{'.'.join(map(str, hub))}" if hub else str(path.bus)
    return ("-l", location, "-p", str(port))


def _listed(ended: Ended) -> Mapping[UsbPath, Sequence[bool]]:
    return read_listing(ended.out.decode(errors="replace"))
