"""What a printer's language needs of the line to the printer, whatever the line is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

ANSWER_LIMIT = 65536
"""Bytes kept of one answer; the longest that any printer gives is a few hundred."""


@dataclass(frozen=True, slots=True)
class PortStatus:
    """What a USB printer's port says beside the language: IEEE 1284's three status lines."""

    paper_out: bool
    offline: bool
    error: bool


class Line(Protocol):
    """An open line. Cut off or closed by the printer: `OSError` or `EOFError` from any call."""

    async def send(self, data: bytes) -> None:
        """Hand all bytes on; it waits while the printer takes no more."""
        ...

    async def read_until(self, end: bytes) -> bytes:
        """Return the next bytes up to and with `end`; more than `ANSWER_LIMIT`: `EOFError`."""
        ...

    async def read_exactly(self, count: int) -> bytes:
        """Return the next `count` bytes."""
        ...

    async def settle(self, quiet: float) -> None:
        """Drop what an earlier conversation left unread, until `quiet` seconds without a byte."""
        ...

    async def port_status(self) -> PortStatus | None:
        """Ask the port itself; None where a line has none, or the driver does not answer."""
        ...

    async def close(self) -> None:
        """Hang up; bounded, and never an error.

        Over a network what was sent reaches the printer first. A device or serial port may lose
        what the printer has not taken by then: it is there once a question behind it is answered.
        """
        ...

    def abort(self) -> None:
        """Hang up at once; what is on its way is lost."""
        ...


Connect: TypeAlias = Callable[[], Awaitable[Line]]
"""Opens a line; raises `OSError`, with its errno, when that is not possible."""
