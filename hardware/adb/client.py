"""A client of the ADB server on the bench's loop: what is connected, and work on one handset.

Own client instead of the `adb` program: exit codes, both outputs, progress, time limits and the
handset's own refusals, at a millisecond a call. One short connection to the server for each call.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.identity.plain import plain
from bench.ports import Progress, ShellReply
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.adb import shell
from hardware.adb.devices import AdbDevice, parse_devices
from hardware.adb.transfers import Transfer
from hardware.adb.wire import ADB, ServerRefusalError, Wire

_LONGEST_LIST = 16 << 20
"""Bytes: a hundred thousand lines, or some handsets with names as long as a packet."""
_STUCK = Problem(ProblemCode.NOT_ANSWERING)
_SILENT = Problem(ProblemCode.ADB_SILENT, ADB)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long silence is borne, in seconds.

    `answer`: a question to the server; `connect`: a handset over TCP (the server itself tries for
    10); `shell`: a whole command; `stall`: a transfer in which nothing moves; `install`: the
    package installer's verdict after the last byte.
    """

    answer: float = 5.0
    connect: float = 15.0
    shell: float = 60.0
    stall: float = 30.0
    install: float = 300.0


class AdbClient:
    """The ADB server on `port`.

    Every call raises `ProblemError`. Of the server: ADB_SERVER_LOST when it is not there or breaks
    off, ADB_SILENT, ADB_REFUSED, or ADB_PORT_TAKEN when what answers is no ADB. Of a handset:
    LINK_LOST when it is gone, NOT_ANSWERING when a time limit passes in silence.
    """

    def __init__(
        self, port: int, host: str = "127.0.0.1", deadlines: Deadlines | None = None
    ) -> None:
        self._host = host
        self._port = port
        self._deadlines = deadlines or Deadlines()

    async def version(self) -> int:
        """Return the server's protocol version: 41 for adb 29 to 36."""
        text = await self._question("host:version")
        if not re.fullmatch(r"[0-9a-f]{1,8}", text, re.ASCII | re.IGNORECASE):
            detail = "the version was garbled"
            raise ProblemError(Problem(ProblemCode.ADB_PORT_TAKEN, ADB, detail))
        return int(text, 16)

    async def devices(self) -> tuple[AdbDevice, ...]:
        """Return every handset the server knows, whatever its state."""
        async with self._talk(self._deadlines.answer, _SILENT) as wire:
            await _ask(wire, "host:devices-l")
            return parse_devices(_text(await wire.last_block(_LONGEST_LIST)))

    async def track(self) -> AsyncGenerator[None, None]:
        """Yield whenever the server says something of its list: ask `devices` then.

        adb 29 does not say it of every change: poll `devices` beside it. What it says is not read:
        a list longer than 65,535 bytes has no readable beginning. Ends only by an error.
        """
        async with self._talk(self._deadlines.answer, _SILENT) as wire:
            await _ask(wire, "host:track-devices-l")
            while True:
                wire.allow(None)
                await wire.some()
                yield

    async def connect(self, address: str) -> str:
        """Make the server connect to a handset over TCP; return what the server said."""
        answer = await self._question(f"host:connect:{address}", self._deadlines.connect)
        if answer.startswith(("connected", "already connected", "failed to authenticate")):
            return answer
        raise ProblemError(Problem(ProblemCode.LINK_LOST, plain(address), plain(answer)))

    async def disconnect(self, address: str) -> None:
        """Make the server forget a handset over TCP; one it does not know is forgotten already."""
        async with self._talk(self._deadlines.answer, _SILENT) as wire:
            with suppress(ServerRefusalError):
                await wire.ask(f"host:disconnect:{address}")
                await wire.block()

    async def kill(self) -> None:
        """Make the server end."""
        async with self._talk(self._deadlines.answer, _SILENT) as wire:
            await _ask(wire, "host:kill")
            await wire.rest(0)

    async def shell(self, transport: int, command: str) -> ShellReply:
        """Run a command line of the handset's shell: the caller has quoted it."""
        async with self._talk(self._deadlines.shell) as wire:
            return await shell.run(wire, transport, command)

    async def push(self, transport: int, source: Path, target: str, progress: Progress) -> None:
        """Copy a file to the handset; what it refuses is a `HandsetRefusalError`."""
        stall = self._deadlines.stall
        async with self._talk(stall) as wire:
            await Transfer(wire, source, progress, stall, stall).push(transport, target)

    async def install(self, transport: int, package: Path, progress: Progress) -> None:
        """Install a package; what the handset refuses is a `HandsetRefusalError`."""
        limits = self._deadlines
        async with self._talk(limits.stall) as wire:
            transfer = Transfer(wire, package, progress, limits.stall, limits.install)
            await transfer.install(transport)

    async def _question(self, service: str, seconds: float | None = None) -> str:
        async with self._talk(seconds or self._deadlines.answer, _SILENT) as wire:
            await _ask(wire, service)
            return _text(await wire.block())

    @asynccontextmanager
    async def _talk(self, seconds: float, silence: Problem = _STUCK) -> AsyncIterator[Wire]:
        try:
            async with asyncio.timeout(seconds) as deadline:
                wire = await Wire.connect(self._host, self._port, deadline)
                try:
                    yield wire
                finally:
                    wire.close()
        except TimeoutError:
            raise ProblemError(silence) from None


async def _ask(wire: Wire, service: str) -> None:
    try:
        await wire.ask(service)
    except ServerRefusalError as refusal:
        detail = plain(refusal.reason)
        raise ProblemError(Problem(ProblemCode.ADB_REFUSED, ADB, detail)) from None


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
