"""The questions to a ZPL printer over an open line, without deadlines."""

from __future__ import annotations

from hardware.printers.transports.line import Line
from hardware.printers.zpl.status import (
    ETX,
    HOST_STATUS_FRAMES,
    PrinterState,
    read_error_status,
    read_host_status,
    read_label_count,
)

_HOST_STATUS, _ERROR_STATUS, _DROP_PARTIAL = b"~HS", b"~HQES", b"~JX"
_LABEL_COUNT = b'! U1 getvar "odometer.total_label_count"\r\n'
_FRAMES_SKIPPED = 64
"""Frames that are passed over before a printer is taken not to answer at all."""


class ZplConversation:
    """One line, used by one job or question at a time."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def print(self, job: bytes) -> PrinterState | None:
        """Send a job, and ask `~HS` behind it; commands are answered in their order.

        `~JX` before it drops what an earlier job, cut off in its middle, may have left.
        """
        await self._line.send(_DROP_PARTIAL + job)
        return await self.host_status()

    async def host_status(self) -> PrinterState | None:
        """Ask `~HS`."""
        await self._line.send(_HOST_STATUS)
        return read_host_status([await self._frame() for _ in range(HOST_STATUS_FRAMES)])

    async def error_status(self) -> PrinterState:
        """Ask `~HQES`; late frames of an earlier question are passed over."""
        await self._line.send(_ERROR_STATUS)
        for _ in range(_FRAMES_SKIPPED):
            if (state := read_error_status(await self._frame())) is not None:
                return state
        raise EOFError("it answers as no ZPL printer does")

    async def label_count(self) -> int | None:
        """Ask how many labels it has ever printed; a printer that cannot tell does not answer."""
        await self._line.send(_LABEL_COUNT)
        await self._line.read_until(b'"')
        return read_label_count(b'"' + await self._line.read_until(b'"'))

    async def _frame(self) -> bytes:
        return await self._line.read_until(ETX)
