"""The equipment of a real bench: udev, the ADB server, a serial scanner, a ZPL printer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.ports import Equipment
from hardware.adb.client import AdbClient
from hardware.adb.handsets import AdbHandsets
from hardware.adb.server import AdbServer
from hardware.printers.opening import zpl_over_tcp
from hardware.scanners.serial import SerialScanner
from hardware.usb.watch import UsbHandsets


@asynccontextmanager
async def real_equipment(
    *, adb_port: int, adb: str, scanner: str | None, printer_host: str, printer_port: int
) -> AsyncIterator[Equipment]:
    """Make the equipment ready; what is missing is posted as a problem, not raised.

    `adb` is the program to start a server with, `scanner` a serial port, or None for the first of
    a known maker.
    """
    server = AdbServer(adb_port, executable=adb)
    handsets = AdbHandsets(server, AdbClient(adb_port))
    try:
        yield Equipment(
            handsets=handsets,
            printer=zpl_over_tcp(printer_host, printer_port),
            watchers=(UsbHandsets(), handsets, SerialScanner(scanner)),
        )
    finally:
        await server.stop()
