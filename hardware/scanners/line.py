"""An open scanner on the bench's loop: what it sends is handed on in the callback that read it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from hardware.scanners.framing import Frame, Framer, Suffix

IDLE = 0.08
"""Seconds of silence that end a scan of a scanner which is known to send no suffix."""
PATIENCE = 1.0
"""Seconds after which a scan whose suffix is due is taken for broken off; radio links pause. So
long silence has to be too before the first scan has shown whether a suffix comes."""
RETRY = 1.0
"""Seconds between two looks at what is connected, and between two tries to open."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How scanners are read; times are in seconds.

    `retry` is between two tries to open; `idle` is the silence that ends a scan without a suffix,
    `patience` the one that tells that a scan broke off, and that ends the first of a connection.
    """

    suffix: Suffix = Suffix.AUTO
    retry: float = RETRY
    idle: float = IDLE
    patience: float = PATIENCE


BY_ITSELF = Reading()
"""Read without a word in the settings."""

Read: TypeAlias = Callable[[], list[Frame]]
"""Reads what is there and returns what ended in it; `OSError` when the scanner is gone."""


@dataclass(frozen=True, slots=True)
class OpenScanner:
    """A scanner that was opened: its descriptor, its framer, how to read and how to close it."""

    descriptor: int
    framer: Framer
    read: Read
    close: Callable[[], None]


class Line:
    """Reads one open scanner until it is gone; `hear` is given whatever ended."""

    def __init__(
        self, scanner: OpenScanner, hear: Callable[[list[Frame]], None], reading: Reading
    ) -> None:
        self._descriptor = scanner.descriptor
        self._read = scanner.read
        self._framer = scanner.framer
        self._hear = hear
        self._reading = reading
        self._loop = asyncio.get_running_loop()
        self._silence: asyncio.TimerHandle | None = None
        self._gone = asyncio.Event()

    async def follow(self) -> None:
        """Read until the scanner is gone; half a scan at its end is no scan."""
        self._loop.add_reader(self._descriptor, self._receive)
        try:
            await self._gone.wait()
        finally:
            self._loop.remove_reader(self._descriptor)
            self._hush()

    def _receive(self) -> None:
        self._hush()
        try:
            frames = self._read()
        except BlockingIOError:  # woken for nothing
            frames = []
        except OSError:  # pulled out; a reader left behind would spin
            self._loop.remove_reader(self._descriptor)
            self._gone.set()
            return
        self._hear(frames)
        if self._framer.pending:
            reading = self._reading
            wait = reading.idle if self._framer.ends_at_once else reading.patience
            self._silence = self._loop.call_later(wait, self._end)

    def _end(self) -> None:
        self._hear(self._framer.flush())

    def _hush(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
