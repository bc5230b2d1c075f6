"""A whole bench that enrols simulated handsets at a simulated Intune, over real HTTP.

The slots of the first row have profiles of their own, one for each way into management, and the
test is the technician.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from bench.enrolment.intune.intune import Intune
from bench.enrolment.intune.patience import Patience as Retries
from bench.enrolment.profiles.load import load_profile
from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.enrolment.secrets.held import HeldSecrets
from bench.events.person import StepConfirmed
from bench.events.views import SlotView
from bench.identity.identifiers import Imei, SerialNumber, SlotCode
from bench.ports import Equipment
from bench.staging.bench import Bench
from bench.staging.crew import Services
from hardware.adb.handsets import AdbHandsets
from hardware.printers.opening import zpl_over_tcp
from hardware.samsung.modem import Patience
from hardware.samsung.reading import Reading
from hardware.samsung.watcher import Rhythm, SamsungModems
from hardware.scanners.serial import SerialScanner
from hardware.simulator.handset import SimulatedHandset, make_handset
from hardware.simulator.hub import SimulatedHub
from hardware.simulator.intune import SimulatedIntune
from hardware.simulator.training_ground import Ground, GroundInUse, in_use
from hardware.simulator.wizard.stages import Stage
from hardware.simulator.wizard.surroundings import SetUpTimes
from hardware.simulator.wizard.wizard import Wizard
from tests.peers.intune.intune_room import papers
from tests.peers.workbench import RESOURCES, Hub, Workbench, numbered_layout

METHODS = {"A1": "qr", "A2": "adb", "A3": "knox", "A4": "staging-token", "A5": "zero-touch"}
BLINK = 0.5
"""Seconds off the bus that the profiles of this bench take for no restart."""
TIMES = SetUpTimes(
    join=0.01, download=0.02, enrol=0.1, check_in=0.05, blink=0.1, restart=1.2, retry=0.05
)
_FILES = {each: each for each in METHODS.values()} | {"staging-token": "staging"}
_UPLOADS = {"knox": "{}\r\n", "zero-touch": "modemtype,modemid\r\nIMEI,{}\r\n"}
"""A file for each portal with one handset in it."""
_AT_ONCE = Retries(base=0.01, cap=0.02)
_OFTEN = Rhythm(look=0.05, settle=0.01, again=0.2)


def training_profile(method: str) -> EnrolmentProfile:
    """Return the training profile of that method; its handsets blink more shortly here."""
    folder = RESOURCES / "profiles" / "training"
    return replace(load_profile(folder / f"training-{_FILES[method]}.toml"), blink=BLINK)


class Listed:
    """The port `Uploads`: who was handed in at a portal."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def listed(self, service: str, imeis: tuple[Imei, ...], serial: SerialNumber | None) -> str:
        known = self._ground.portals[service].known
        return f"{service}.csv" if known & {str(serial), *map(str, imeis)} else ""


class EnrolmentBench(Workbench):
    """As a workbench; handsets of the first row come as their method needs them."""

    def __init__(self, folder: Path) -> None:
        self.ground = Ground(times=TIMES)
        self.handsets = {slot: make_handset(number) for number, slot in enumerate(METHODS, 1)}
        self.now: GroundInUse
        self.profiles = {slot: training_profile(method) for slot, method in METHODS.items()}
        super().__init__(folder, numbered_layout(1, len(METHODS)))

    @property
    def intune(self) -> SimulatedIntune:
        return self.now.intune

    def wizard(self, slot: str) -> Wizard:
        return self.now.setting_up.wizards[SlotCode.parse(slot)]

    # the bench
    def _make_bench(self) -> Bench:
        return replace(super()._make_bench(), placed=self.profiles, services=self._services)

    def _make_hub(self) -> Hub:
        return SimulatedHub(self.client, tuple(self.layout.ports), self.folder)

    @asynccontextmanager
    async def _equipment(self) -> AsyncIterator[Equipment]:
        handsets = {SlotCode.parse(slot): each for slot, each in self.handsets.items()}
        methods = {SlotCode.parse(slot): method for slot, method in METHODS.items()}
        hub = self.hub
        assert isinstance(hub, SimulatedHub)
        reading = Reading(hub.usb, Patience(), nodes=self.folder)
        modems = SamsungModems(hub.usb, reading, lambda _: True, _OFTEN)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.printer)
            self.now = await stack.enter_async_context(
                in_use(self.ground, handsets, methods, papers())
            )
            await stack.enter_async_context(hub)
            try:
                await self.server.ensure()
                over_adb = AdbHandsets(self.server, self.client, hub.locate)
                printer = zpl_over_tcp(self.printer.host, self.printer.port)
                scanner = SerialScanner(self.scanner.device)
                yield Equipment(
                    over_adb, printer, (hub, over_adb, modems, scanner),
                    management=self.now.management,
                )  # fmt: skip
            finally:
                self.scanner.unplug()
                await self.server.stop()

    @asynccontextmanager
    async def _services(self, equipment: Equipment) -> AsyncIterator[Services]:
        assert equipment.management is not None
        secrets = HeldSecrets({"bench-wifi": self.ground.password.text})
        async with Intune(equipment.management, interval=0.05, patience=_AT_ONCE) as intune:
            yield Services(secrets, intune, Listed(self.ground), pause=0.05)

    def kinds(self, handset: SimulatedHandset) -> list[str]:
        """A handset before its set-up names one IMEI of two, so that its serial number tells."""
        bodies = [body for body in self.record() if body.get("dev")]
        mine = {b["dev"]["uid"] for b in bodies if b["dev"].get("serial") == handset.serial}
        return [body["type"] for body in bodies if body["dev"]["uid"] in mine]

    # hands
    async def enrol(self, slot: str) -> SimulatedHandset:
        """Plug the slot's handset in, scan its box, and let it enrol as its method wants it."""
        method = METHODS[slot]
        if method in _UPLOADS:
            self.hand_in(slot)
        handset = await self.begin(slot)
        if method in ("qr", "staging-token"):
            await self.hold_camera(slot)
            self.confirm(slot)
        if method in _UPLOADS:
            self.join(slot)
        if method == "staging-token":
            await self.joins(slot)
        return handset

    async def begin(self, slot: str) -> SimulatedHandset:
        """Plug the slot's handset in, and scan its box."""
        handset = self.handsets[slot]
        await self.take_in(slot, handset)
        return handset

    async def hold_camera(self, slot: str) -> SlotView:
        """Hold the handset's camera to the code that is shown for it."""
        await self.until(lambda: self.slots[slot].code is not None, f"a code in {slot}")
        view = self.slots[slot]
        assert view.code is not None
        assert self.wizard(slot).read_code(view.code.text), self.wizard(slot).screen
        return view

    def hand_in(self, slot: str) -> None:
        """Upload the slot's handset to its portal."""
        service, imei = METHODS[slot], self.handsets[slot].imeis[0]
        assert self.ground.hand_in(service, _UPLOADS[service].format(imei).encode()).taken == 1

    def join(self, slot: str) -> None:
        """Pick the bench's network on the handset."""
        assert self.wizard(slot).join(self.ground.ssid, self.ground.password)

    async def restart(self, slot: str) -> None:
        """Let the slot's handset start anew, off the bus for as long as that takes."""
        handset = self.handsets[slot]
        await handset.bus.leave()
        handset.restart()
        await asyncio.sleep(TIMES.blink)
        await handset.bus.come_back()

    async def reset(self, slot: str) -> None:
        """Set the slot's handset back to how it left its box."""
        self.wizard(slot).reset()
        new = Stage.WELCOME
        await self.until(lambda: self.wizard(slot).stage is new, f"{slot} to be as new")

    async def joins(self, slot: str) -> None:
        """Pick the network once the handset asks for one."""
        await self.until(lambda: self.wizard(slot).wants_network, f"{slot} to ask for a network")
        self.join(slot)

    def confirm(self, slot: str) -> None:
        self.post(StepConfirmed(SlotCode.parse(slot), self.slots[slot].step))

    async def tells(self, slot: str, screen: str) -> None:
        """Wait until the handset's screen says so."""
        await self.until(lambda: screen in self.wizard(slot).screen, f"{screen!r} on its screen")


def at_an_enrolment_bench(
    test: Callable[[EnrolmentBench], Coroutine[None, None, None]],
) -> Callable[[Path], None]:
    """Run a test at a bench of its own, in the folder that pytest gives it."""

    async def run(folder: Path) -> None:
        async with EnrolmentBench(folder) as bench:
            await test(bench)

    @functools.wraps(test)
    def wrapper(tmp_path: Path) -> None:
        asyncio.run(run(tmp_path))

    del vars(wrapper)["__wrapped__"]  # pytest would ask it for the arguments
    return wrapper
