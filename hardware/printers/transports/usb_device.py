"""A USB printer as the kernel's usblp driver gives it: `/dev/usb/lp0`.

The driver lets one program in at a time (EBUSY), hands bytes on in both directions and passes the
three status lines of IEEE 1284 on. Sources: Linux, drivers/usb/class/usblp.c (usblp_check_status,
usblp_ioctl) and include/uapi/linux/lp.h; USB Printer Class 1.1, clause 4.2.2, GET_PORT_STATUS.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from array import array

from hardware.printers.transports.descriptor import DescriptorLine
from hardware.printers.transports.line import PortStatus

LPGETSTATUS = 0x060B
NOT_ERROR, SELECTED, PAPER_EMPTY = 0x08, 0x10, 0x20
"""LP_PERRORP (low means an error), LP_PSELECD and LP_POUTPA of linux/lp.h."""

_STATUS_PATIENCE = 1.0
"""Seconds; the driver itself waits five for a printer that does not answer."""


async def open_usb_device(device: str) -> UsbDeviceLine:
    """Open the device for this program alone."""
    return UsbDeviceLine(os.open(device, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC))


class UsbDeviceLine(DescriptorLine):
    """Implements `Line`. A printer with nothing to say gives empty packets: no end of anything."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(descriptor, empty_is_end=False)

    async def port_status(self) -> PortStatus | None:
        """Ask the port; the question blocks in the driver, so a thread asks it."""
        try:
            async with asyncio.timeout(_STATUS_PATIENCE):
                return read_port_status(await asyncio.to_thread(_asked, self._open))
        except (OSError, TimeoutError):
            return None


def read_port_status(byte: int) -> PortStatus:
    """Return what the byte says; as the driver does, the rest only counts beside an error."""
    error = not byte & NOT_ERROR
    return PortStatus(
        paper_out=error and bool(byte & PAPER_EMPTY),
        offline=error and not byte & SELECTED,
        error=error,
    )


def _asked(descriptor: int) -> int:
    answer = array("i", [0])
    fcntl.ioctl(descriptor, LPGETSTATUS, answer)
    return answer[0] & 0xFF
