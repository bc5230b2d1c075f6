"""The exchange as a process: begun, listened to, spoken to, and ended for good.

It may be anything by the time it speaks: lines are bounded, what it does not read is bounded, and
it is not waited for longer than was said.
"""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import suppress

from bench.inventory.desk.trouble import how_it_ended
from bench.inventory.sync.lines import MOST_LINE

_COMPLAINT = 2000
"""Bytes kept of what it complained of last."""
_UNREAD = 256 * 1024
"""Bytes it may leave unread before it counts as deaf."""
_NICE = 10
"""How much more important everything else is."""
_CHUNK = 65_536


class Child:
    """One running of the exchange, made by `begin`; whoever begins it also has to `end` it."""

    def __init__(self, process: Process) -> None:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        self._process = process
        self._in, self._out, self._err = process.stdin, process.stdout, process.stderr
        self._complaint = b""
        self._listening = asyncio.create_task(self._keep_complaint())

    @classmethod
    async def begin(cls, words: Sequence[str]) -> Child:
        """Start it, in a session of its own: a key pressed on a terminal is not meant for it.

        Raises `OSError` where it cannot be started.
        """
        process = await asyncio.create_subprocess_exec(
            *words, stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=MOST_LINE, start_new_session=True
        )
        with suppress(OSError):  # it has ended already, or may be as important as it likes
            os.setpriority(os.PRIO_PROCESS, process.pid, _NICE)
        return cls(process)

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    async def lines(self) -> AsyncGenerator[bytes, None]:
        """Yield its lines until it says no more; a line that is too long is the last."""
        with suppress(ValueError, ConnectionError):
            while line := await self._out.readline():
                yield line
                await asyncio.sleep(0)  # a flood of lines must not keep the loop to itself

    def say(self, line: str) -> bool:
        """Say a line to it; False where it is gone or does not listen."""
        transport = self._in.transport
        if transport.is_closing() or transport.get_write_buffer_size() > _UNREAD:
            return False
        self._in.write(line.encode())
        return True

    async def end(self, patience: float) -> str:
        """End it: input closed, TERM, KILL, each given `patience` seconds; return how it ended.

        Cancelled, it is killed at once. Nothing of it is left behind either way.
        """
        try:
            await self._asked_to_end(patience)
        finally:
            with suppress(ProcessLookupError, PermissionError):  # nothing of it is left, as usual
                os.killpg(self.pid, signal.SIGKILL)
            await _within(patience, self._over)
            self._listening.cancel()
        return how_it_ended(self._process.returncode, self._complaint)

    async def _asked_to_end(self, patience: float) -> None:
        self._in.close()
        for then in (self._process.terminate, self._process.kill):
            if await _within(patience, self._over):
                return
            with suppress(ProcessLookupError):
                then()

    async def _over(self) -> None:
        """Read away what it still says, so that nothing keeps it from ending, and see it end."""
        with suppress(ConnectionError):
            while await self._out.read(_CHUNK):
                pass
        await self._process.wait()

    async def _keep_complaint(self) -> None:
        with suppress(ConnectionError):
            while chunk := await self._err.read(_CHUNK):
                self._complaint = (self._complaint + chunk)[-_COMPLAINT:]


async def _within(seconds: float, do: Callable[[], Awaitable[None]]) -> bool:
    """Whether it was done in that time."""
    try:
        async with asyncio.timeout(seconds):
            await do()
    except TimeoutError:
        return False
    return True
