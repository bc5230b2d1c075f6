"""A printer's machine at the other end of a wire, without a device or a network between."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hardware.printers.transports.descriptor import DescriptorLine
from hardware.printers.transports.line import Connect, Line
from hardware.simulator.printer_ends import DescriptorEnd, Machine


@asynccontextmanager
async def wired(machine: Machine) -> AsyncIterator[Connect]:
    """Give what opens the one line to the machine; what is sent meanwhile is not lost."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)

    async def connect() -> Line:
        return DescriptorLine(os.dup(ours.fileno()), empty_is_end=True)

    with ours, theirs, DescriptorEnd(machine, theirs.fileno()) as end:
        yield connect
        end.leave()
