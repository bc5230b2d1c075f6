"""What is plugged into which USB port, as udev and sysfs tell: first to know of a handset.

An event is told at once. What a handset is, in which mode, and whether it may be opened is read
beside the loop and told when it is known. Events are hints that can be lost, so the ports are
counted too: at the start, every few seconds, and after any gap.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

import pyudev

from bench.events.device import ProblemCleared, ProblemRaised
from bench.identity.identifiers import UsbPath
from bench.identity.plain import plain
from bench.ports import Post
from bench.problems import Problem, ProblemCode
from hardware.usb.device import UsbDevice
from hardware.usb.listening import Ears, UsbEvent, listening, usb_monitor
from hardware.usb.port_plan import PortPlan
from hardware.usb.ports import OnDevice, UsbPorts
from hardware.usb.reading import Reading
from hardware.usb.sysfs import SYSFS, look_around

_UDEV_RUNS = Path("/run/udev/control")
_USB = "USB"
_COUNT_EVERY = 10.0
_SOON = 3.0
"""Seconds after which a handset is read again that has no configuration or may not be opened."""
_TICK = 1.0
_RETRY_EVERY = 5.0
_SLEPT = 0.5
"""Seconds of suspension from which handsets can have been swapped meanwhile."""


def slept() -> float:
    """Return the seconds for which this computer has been suspended since it was started."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)


class UsbHandsets:
    """The port `Watcher` on udev; without a running udev (`control`) the USB is unwatched.

    `ports` keeps what is found. `slept` is asked for the seconds of suspension so far.
    """

    def __init__(
        self,
        control: Path = _UDEV_RUNS,
        ports: UsbPorts | None = None,
        *,
        sysfs: Path = SYSFS,
        slept: Callable[[], float] = slept,
    ) -> None:
        self.ports = ports or UsbPorts(PortPlan())
        self._control = control
        self._sysfs = sysfs
        self._slept = slept
        self._names: Mapping[str, int] = {}
        self._dirty: set[UsbPath] = set()
        self._wake = asyncio.Event()
        self._is_gap = True
        self._is_broken = False
        self._is_unwatched = False

    def device(self, path: UsbPath) -> UsbDevice | None:
        """Return what is on a port now, or None."""
        return self.ports.device(path)

    def observe(self, on_device: OnDevice) -> Callable[[], None]:
        """Tell of every device that comes, changes or goes, from now on; return what ends it."""
        return self.ports.observe(on_device)

    async def follow(self, post: Post) -> None:
        """Post handsets that come and go, what is wrong with one, and what the ports are like."""
        while True:
            try:
                await self._watch(post)
                await asyncio.sleep(_TICK)
            except (OSError, ImportError) as error:
                self._complain(plain(str(error)), post)
                await asyncio.sleep(_RETRY_EVERY)

    async def _watch(self, post: Post) -> None:
        """Watch until the monitor breaks."""
        if not self._control.exists():
            raise FileNotFoundError(f"{self._control} is missing: udev does not run")
        monitor = usb_monitor(pyudev.Context())
        self._is_gap, self._is_broken = True, False
        ears = Ears(partial(self._hear, post), self._lose, self._break)
        with listening(monitor, ears), Reading() as reading:
            await self._keep_looking(reading, post)

    async def _keep_looking(self, reading: Reading, post: Post) -> None:
        due, slept = 0.0, self._slept()
        while not self._is_broken:
            self._wake.clear()
            if self._slept() - slept > _SLEPT:
                self._is_gap, slept = True, self._slept()
            if self._is_gap or self._dirty or time.monotonic() >= due:
                await self._look(reading, post)
                due = time.monotonic() + (_SOON if self.ports.unsettled else _COUNT_EVERY)
            with suppress(TimeoutError):
                async with asyncio.timeout(_TICK):
                    await self._wake.wait()

    async def _look(self, reading: Reading, post: Post) -> None:
        """Read what may be other than it was: everything after a gap, else what has changed."""
        before = {} if self._is_gap else self._names
        again = self._dirty | self.ports.unsettled
        changes = self.ports.changes()
        self._is_gap, self._dirty = False, set()
        around = await reading.read(partial(look_around, before, again, self._sysfs))
        if around is None:  # something hangs; what was to be read still is
            self._dirty |= again
            self._is_gap = self._is_gap or not before
            return
        self._names = around.names
        self._calm(post)
        self.ports.take(around, changes, time.monotonic(), post)

    def _hear(self, post: Post, event: UsbEvent) -> None:
        if path := self.ports.hear(event, time.monotonic(), post):
            self._dirty.add(path)
            self._wake.set()

    def _lose(self) -> None:
        self._is_gap = True
        self._wake.set()

    def _break(self) -> None:
        self._is_broken = True
        self._wake.set()

    def _complain(self, detail: str, post: Post) -> None:
        if not self._is_unwatched:
            self._is_unwatched = True
            post(ProblemRaised(Problem(ProblemCode.USB_UNWATCHED, _USB, detail)))

    def _calm(self, post: Post) -> None:
        if self._is_unwatched:
            self._is_unwatched = False
            post(ProblemCleared(ProblemCode.USB_UNWATCHED, _USB))
