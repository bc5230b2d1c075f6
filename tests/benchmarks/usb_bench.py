"""A whole bench on an emulated USB, for the window: udev, ADB, a scanner and a label printer.

Its process runs under umockdev's preload; the adb server is its child, the handsets are elsewhere.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.main_window import MainWindow
from bench.clock import SystemClock
from bench.enrolment.profiles.load import load_profile
from bench.events.device import HandsetAttached
from bench.identity.identifiers import UsbPath
from bench.labels.template import LabelTemplate
from bench.ports import Equipment, Post
from bench.staging.bench import Bench
from bench.staging.showing import Publish
from bench.staging.slots import HubLayout
from hardware.adb.client import AdbClient
from hardware.adb.devices import AdbDevice
from hardware.adb.handsets import AdbHandsets
from hardware.adb.server import AdbServer, free_port
from hardware.printers.opening import zpl_over_tcp
from hardware.scanners.serial import SerialScanner
from hardware.simulator.scanner import SimulatedScanner
from hardware.usb.watch import UsbHandsets
from tests.benchmarks.wave_bench import PROFILE, TEMPLATE, ledger_in


def show_large() -> None:
    """Have the window, once it is there, as large as a bench's screen: every slot is in sight."""

    def resize() -> None:
        for window in QApplication.topLevelWidgets():
            if isinstance(window, MainWindow):
                window.resize(1920, 1080)

    QTimer.singleShot(0, resize)


@dataclass
class Addresses:
    """Handsets that are reached over TCP beside those on USB, and the ports they stand for."""

    wiring: Mapping[str, UsbPath]
    client: AdbClient

    async def follow(self, post: Post) -> None:
        """Connect to them; then nothing happens any more."""
        for address, path in self.wiring.items():
            post(HandsetAttached(path))
            await self.client.connect(address)


@dataclass
class UsbBench:
    """A bench that works until it is stopped; `begun` is called once it may be spoken to."""

    root: Path
    folder: Path
    layout: HubLayout
    printer_port: int
    begun: Callable[[], None]
    wiring: Mapping[str, UsbPath] = field(default_factory=dict)
    name: str = "benchmark"
    simulated: bool = True

    async def run(self, publish: Publish, ready: Callable[[Post], None]) -> None:
        """Work until cancelled."""
        profile = load_profile(PROFILE)

        def is_ready(post: Post) -> None:
            ready(post)
            self.begun()

        bench = Bench(
            name=self.name,
            simulated=self.simulated,
            layout=self.layout,
            profile=profile,
            template=LabelTemplate.load(TEMPLATE),
            clock=SystemClock(),
            tag_prefix="SIM",
            learns_ports=False,
            open_ledger=lambda: ledger_in(self.folder, self.name, profile.fingerprint),
            equipment=self._equipment,
        )
        await bench.run(publish, is_ready)

    @asynccontextmanager
    async def _equipment(self) -> AsyncIterator[Equipment]:
        server = AdbServer(free_port(), home=self.folder / "home")
        client = AdbClient(server.port)
        scanner = SimulatedScanner(self.folder / "scanner")
        handsets = AdbHandsets(server, client, self._located)
        try:
            await server.ensure()
            yield Equipment(
                handsets=handsets,
                printer=zpl_over_tcp("127.0.0.1", self.printer_port),
                watchers=(
                    UsbHandsets(self.root),
                    handsets,
                    SerialScanner(scanner.device),
                    *([Addresses(self.wiring, client)] if self.wiring else []),
                ),
            )
        finally:
            scanner.unplug()
            await server.stop()

    def _located(self, device: AdbDevice) -> UsbPath | None:
        return device.path or self.wiring.get(device.serial)
