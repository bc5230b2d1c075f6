"""A line that is a file descriptor of this machine, on the bench's loop without a thread."""

from __future__ import annotations

import asyncio
import os
import select
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hardware.printers.transports.inbox import InboxReader
from hardware.printers.transports.line import PortStatus

_PIECE = 4096
_PAUSE = 0.01
"""Seconds between two looks at a device that says there is something and has nothing."""


class DescriptorLine(InboxReader):
    """The common part of the lines over a descriptor, which must not block.

    Nothing is read before it is asked for, so that no more waits here than one answer.
    """

    def __init__(self, descriptor: int, *, empty_is_end: bool) -> None:
        """With `empty_is_end`, a read that gives nothing means that the device is gone."""
        super().__init__()
        self._descriptor = descriptor
        self._empty_is_end = empty_is_end
        self._loop = asyncio.get_running_loop()

    async def send(self, data: bytes) -> None:
        """Hand all bytes on, in as many pieces as the device takes."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._open, rest) :]
            except BlockingIOError:
                await self._until(self._loop.add_writer, self._loop.remove_writer)

    async def settle(self, quiet: float) -> None:
        """Drop what is unread; what never ends is left to the caller's deadline."""
        with suppress(TimeoutError):
            while True:
                async with asyncio.timeout(quiet):
                    await self._fill()
                self._inbox.clear()
        self._inbox.clear()

    async def port_status(self) -> PortStatus | None:
        """Return None: a plain descriptor has no such lines."""
        return None

    async def close(self) -> None:
        """Let the device go; what it has not taken from the kernel yet may be lost."""
        self.abort()

    def abort(self) -> None:
        """Let the device go at once."""
        if self._descriptor >= 0:
            self._loop.remove_reader(self._descriptor)
            self._loop.remove_writer(self._descriptor)
            self._release()
            self._descriptor = -1

    def _release(self) -> None:
        """Close the descriptor, or what owns it."""
        with suppress(OSError):
            os.close(self._descriptor)

    @property
    def _open(self) -> int:
        if self._descriptor < 0:
            raise EOFError("it was closed")
        return self._descriptor

    async def _fill(self) -> None:
        """Wait for bytes and take them in."""
        while True:
            await self._until(self._loop.add_reader, self._loop.remove_reader)
            with suppress(BlockingIOError):
                if data := os.read(self._open, _PIECE):
                    self._inbox.add(data)
                    return
                if self._empty_is_end or _is_hung_up(self._open):
                    raise EOFError("it is gone")
                await asyncio.sleep(_PAUSE)

    async def _until(self, add: Callable[..., Any], remove: Callable[[int], Any]) -> None:
        """Wait until the device is ready for the one thing or the other."""
        descriptor, ready = self._open, asyncio.Event()
        add(descriptor, ready.set)
        try:
            await ready.wait()
        finally:
            if self._descriptor == descriptor:
                remove(descriptor)


def _is_hung_up(descriptor: int) -> bool:
    """Whether the kernel has said that the device is gone; asked for nothing else."""
    asked = select.poll()
    asked.register(descriptor, 0)
    return bool(asked.poll(0))
