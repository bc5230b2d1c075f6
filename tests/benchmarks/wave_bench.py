"""The bench that is measured: the product's own, with a cheap automatic technician beside it.

All handsets are plugged in at once; each is scanned the moment the bench asks for it, through a
pseudo terminal and the product's own scanner reader.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.clock import SystemClock
from bench.custody.entries import LedgerHeader
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from bench.enrolment.profiles.load import load_profile
from bench.events.device import HandsetAttached
from bench.events.views import BenchView, Category
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
from tests.benchmarks.peers import ROOT

PROFILE = ROOT / "resources" / "profiles" / "training" / "training.toml"
TEMPLATE = ROOT / "resources" / "labels" / "asset-50x25.toml"
_COLUMNS = 8


def hub(handsets: int) -> HubLayout:
    """Lay out a bench of so many slots."""
    paths = (UsbPath(1, (1 + number // 7, 1 + number % 7)) for number in range(handsets))
    return HubLayout.numbered(-(-handsets // _COLUMNS), _COLUMNS, paths)


@dataclass
class Clockwork:
    """When a wave was where, in monotonic seconds."""

    plugged: float = 0.0
    moments: dict[str, list[float]] = field(default_factory=dict)

    @property
    def wall(self) -> float:
        """Seconds from the first plug to the last handset that was staged."""
        return max(self.moments.get("Done", [self.plugged])) - self.plugged

    def note(self, what: str) -> None:
        """Note that a slot came so far."""
        self.moments.setdefault(what, []).append(time.monotonic())


@dataclass
class Wave:
    """A bench on which one wave is staged; the window takes it for any other."""

    introduction: list[dict[str, object]]
    printer_port: int
    folder: Path
    clockwork: Clockwork = field(default_factory=Clockwork)
    name: str = "benchmark"
    simulated: bool = True

    @property
    def layout(self) -> HubLayout:
        """One slot a handset."""
        return hub(len(self.introduction))

    async def run(self, publish: Publish, ready: Callable[[Post], None]) -> None:
        """Stage the wave."""
        profile = load_profile(PROFILE)
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
        await bench.run(publish, ready)

    def _equipment(self) -> AbstractAsyncContextManager[Equipment]:
        return self._set_up()

    @asynccontextmanager
    async def _set_up(self) -> AsyncIterator[Equipment]:
        port = free_port()
        client = AdbClient(port)
        server = AdbServer(port, home=self.folder / "home")
        await server.ensure()
        scanner = SimulatedScanner(self.folder / "scanner")
        addresses = [str(told["address"]) for told in self.introduction]
        wiring = dict(zip(addresses, self.layout.ports, strict=True))
        try:
            handsets = AdbHandsets(server, client, lambda device: located(device, wiring))
            hands = Hands(self, scanner)
            yield Equipment(
                handsets=handsets,
                printer=zpl_over_tcp("127.0.0.1", self.printer_port),
                watchers=(handsets, Plugs(wiring, client, self.clockwork, hands.at_the_bench),
                          SerialScanner(scanner.device)),
                technician=hands,
            )  # fmt: skip
        finally:
            scanner.unplug()
            await server.stop()


class Plugs:
    """Plugs all handsets in at once, and says so as a hub does."""

    def __init__(
        self,
        wiring: dict[str, UsbPath],
        client: AdbClient,
        clockwork: Clockwork,
        ready: asyncio.Event,
    ) -> None:
        self._wiring, self._client = wiring, client
        self._clockwork, self._ready = clockwork, ready

    async def follow(self, post: Post) -> None:
        """Plug in; then nothing happens any more."""
        await self._ready.wait()
        self._clockwork.plugged = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for address, path in self._wiring.items():
                post(HandsetAttached(path))
                group.create_task(self._client.connect(address))
        await asyncio.Event().wait()


class Hands:
    """Scans what the bench asks for, at once."""

    def __init__(self, wave: Wave, scanner: SimulatedScanner) -> None:
        slots = wave.layout.slots()
        self._boxes = {
            slot: str(told["imeis"][0])  # type: ignore[index]
            for slot, told in zip(slots, wave.introduction, strict=False)
        }
        self._clockwork, self._scanner = wave.clockwork, scanner
        self._to_do = set(self._boxes)
        self._asked: set[tuple[object, str]] = set()
        self._done = asyncio.Event()
        self.at_the_bench = asyncio.Event()

    def see(self, view: BenchView) -> None:
        """Scan whatever is asked for and was not scanned yet."""
        for slot in view.slots:
            if slot.category in (Category.HELD, Category.VOID):
                raise RuntimeError(f"{slot.slot}: {slot.problem}")
            if slot.category is Category.EMPTY or (slot.slot, slot.word) in self._asked:
                continue
            self._asked.add((slot.slot, slot.word))
            self._clockwork.note(slot.word)
            if slot.word == "Scan IMEI":
                self._scanner.scan(self._boxes[slot.slot])
            elif slot.word == "Scan label":
                self._scanner.scan(slot.asset_tag)
            elif slot.category is Category.DONE:
                self._to_do.discard(slot.slot)
        if not self._to_do:
            self._done.set()

    async def work(self, post: Post) -> None:
        """Work until every handset is staged."""
        del post
        await asyncio.sleep(_SETTLE)
        self.at_the_bench.set()
        await self._done.wait()


_SETTLE = 0.5
"""Seconds for scanner and ADB server to be followed, before the clock runs."""


def located(device: AdbDevice, wiring: dict[str, UsbPath]) -> UsbPath | None:
    """Return the port of a handset that the server lists by its address."""
    return wiring.get(device.serial)


def ledger_in(folder: Path, name: str, policy: str) -> Ledger:
    """Begin a record of simulated handsets."""
    return Ledger.open(
        folder / "ledger.db",
        BenchKey.open(folder / "ledger.key"),
        LedgerHeader(name, simulated=True),
        SystemClock(),
        app_version="benchmark",
        policy_hash=policy,
    )
