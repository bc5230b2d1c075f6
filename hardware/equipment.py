"""The equipment of a real bench, put together from what its settings ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from bench.identity.identifiers import UsbPath
from bench.ports import Equipment, LabelPrinter, Watcher
from hardware.adb.client import AdbClient
from hardware.adb.handsets import AdbHandsets
from hardware.adb.server import AdbServer
from hardware.hub_power.uhubctl import UhubctlPower
from hardware.samsung.modem import Patience
from hardware.samsung.plugged import SysfsUsb
from hardware.samsung.reading import Reading as ModemReading
from hardware.samsung.watcher import SamsungModems
from hardware.scanners.census import Census
from hardware.scanners.framing import Suffix
from hardware.scanners.keyboard import KeyboardScanners, keyboards
from hardware.scanners.line import Reading
from hardware.scanners.makers import parse_id
from hardware.scanners.serial import SerialScanner, SerialScanners, serial_ports
from hardware.usb.port_plan import Capacity
from hardware.usb.ports import UsbPorts
from hardware.usb.refusals import KernelRefusals
from hardware.usb.watch import UsbHandsets

Twin: TypeAlias = Callable[[UsbPath], UsbPath | None]
"""Returns the other half of a port's socket, None while it is not known."""


@dataclass(frozen=True, slots=True)
class Furniture:
    """What stands on a bench.

    `adb` is the program to start a server on `adb_port` with; `scanner` a serial port, or None
    for every one of a known maker; `keyboards` takes scanners that type away from the desktop;
    `suffix` ends a scan, and `scanner_ids` are USB ids of further scanners.
    `power` is the program that switches ports, "" where none is to be asked. `slots` are the
    ports that the settings name, `capacity` what they say of USB. `reads_modems` says at which
    ports Samsung handsets are asked who they are before set-up, and with `asks_reactivation`
    whether their last owner locks them.
    """

    printer: LabelPrinter
    adb_port: int = 5037
    adb: str = "adb"
    scanner: str | None = None
    keyboards: bool = True
    suffix: str = "auto"
    scanner_ids: tuple[str, ...] = ()
    power: str = "uhubctl"
    slots: frozenset[UsbPath] = frozenset()
    capacity: Capacity = field(default_factory=Capacity)
    reads_modems: Callable[[UsbPath], bool] | None = None
    asks_reactivation: bool = False


@asynccontextmanager
async def real_equipment(furniture: Furniture) -> AsyncIterator[Equipment]:
    """Make the equipment ready; what is missing is posted as a problem, not raised."""
    server = AdbServer(furniture.adb_port, executable=furniture.adb)
    handsets = AdbHandsets(server, AdbClient(furniture.adb_port))
    usb = UsbHandsets(ports=UsbPorts(furniture.capacity.plan(furniture.slots)))
    refusals = KernelRefusals(on_limit=usb.ports.learn, twin=usb.ports.twin)
    usb.observe(refusals.on_device)
    try:
        yield Equipment(
            handsets=handsets,
            printer=furniture.printer,
            watchers=(
                usb, refusals, handsets, *_scanners(furniture), *_modems(furniture, usb.ports.twin)
            ),
            power=UhubctlPower(furniture.power) if furniture.power else None,
        )  # fmt: skip
    finally:
        await server.stop()


def _scanners(furniture: Furniture) -> tuple[Watcher, ...]:
    reading = Reading(Suffix(furniture.suffix))
    named = [parse_id(text) for text in furniture.scanner_ids]
    census = None if furniture.scanner else Census(watchers=2 if furniture.keyboards else 1)
    serial: Watcher = (
        SerialScanner(furniture.scanner, reading=reading)
        if furniture.scanner
        else SerialScanners(serial_ports(named), census, reading)
    )
    typing = KeyboardScanners(keyboards(named), census, reading) if furniture.keyboards else None
    return (serial, typing) if typing else (serial,)


def modems_asked(furniture: Furniture, twin: Twin) -> Callable[[UsbPath], bool]:
    """Return at which ports modems are asked: `reads_modems` says so of a slot's named half.

    With no port named every port may become a slot; with some, no other handset is touched.
    """
    slots, wanted = furniture.slots, furniture.reads_modems

    def is_asked(path: UsbPath) -> bool:
        halves = (path, twin(path))
        named = next((half for half in halves if half in slots), None) if slots else path
        return wanted is not None and named is not None and wanted(named)

    return is_asked


def _modems(furniture: Furniture, twin: Twin) -> tuple[Watcher, ...]:
    if furniture.reads_modems is None:
        return ()
    usb = SysfsUsb()
    reading = ModemReading(usb, Patience(), furniture.asks_reactivation)
    return (SamsungModems(usb, reading, modems_asked(furniture, twin)),)
