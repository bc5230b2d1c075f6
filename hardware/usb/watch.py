"""What is plugged into which USB port, as udev tells: first to know that a handset came or went.

udev's monitor is one more descriptor of the bench's loop. Its events are hints that can be lost in
a burst, so the ports are also counted: at the start, and again every few seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeAlias

import pyudev

from bench.events.device import (
    HandsetAttached,
    HandsetDetached,
    ProblemCleared,
    ProblemRaised,
)
from bench.identity.identifiers import IdentifierError, UsbPath
from bench.identity.plain import plain
from bench.ports import Post
from bench.problems import Problem, ProblemCode

HANDSET_INTERFACES = (":ff420", ":ffff00", ":060101")
"""How an interface of a handset begins (class, subclass, protocol): ADB and fastboot, MTP as
Android offers it, PTP and MTP by the standard. Source: AOSP `adb/client/usb_linux.cpp`; USB-IF."""
HANDSET_VENDORS = frozenset({"04e8"})
"""Samsung: its handsets count in every mode, also where none of those interfaces is offered."""
OTHER_CLASSES = frozenset({"01", "03", "07", "08", "09", "0e"})
"""Sound, keyboards and scanners, printers, drives, hubs, cameras: what else such a vendor sells."""
_HUB = "09"
_UDEV_RUNS = Path("/run/udev/control")
_USB = "USB"
_RECEIVE_BUFFER = 8 << 20
_COUNT_EVERY = 10.0
_RETRY_EVERY = 5.0

Words: TypeAlias = Mapping[str, str]


def is_handset(properties: Words, attributes: Words) -> bool:
    """Return whether a USB device is a handset.

    `properties` are udev's (`ID_USB_INTERFACES`), `attributes` those of the kernel (`idVendor`,
    `bDeviceClass`); any may be missing.
    """
    if attributes.get("bDeviceClass", "").lower() == _HUB:
        return False
    interfaces = properties.get("ID_USB_INTERFACES", "").lower()
    if any(begin in interfaces for begin in HANDSET_INTERFACES):
        return True
    classes = {interface[:2] for interface in interfaces.split(":") if interface}
    is_other = bool(classes) and classes <= OTHER_CLASSES
    return attributes.get("idVendor", "").lower() in HANDSET_VENDORS and not is_other


class UsbHandsets:
    """The port `Watcher` on udev; without a running udev (`control`) the USB is unwatched."""

    def __init__(self, control: Path = _UDEV_RUNS) -> None:
        self._control = control
        self._attached: set[UsbPath] = set()
        self._gap = asyncio.Event()
        self._is_unwatched = False

    async def follow(self, post: Post) -> None:
        """Post handsets attached and detached until cancelled."""
        while True:
            try:
                await self._watch(post)
            except (OSError, ImportError) as error:
                self._complain(plain(str(error)), post)
            await asyncio.sleep(_RETRY_EVERY)

    def recount(self, context: pyudev.Context, post: Post) -> None:
        """Compare the ports with what was posted, and post the difference."""
        devices = context.list_devices(subsystem="usb", DEVTYPE="usb_device")
        present = {path for device in devices if (path := _handset_path(device))}
        for path in sorted(self._attached - present):
            self._detach(path, post)
        for path in sorted(present - self._attached):
            self._attach(path, post)

    async def _watch(self, post: Post) -> None:
        if not self._control.exists():
            raise FileNotFoundError(f"{self._control} is missing: udev does not run")
        context = pyudev.Context()
        with self._listening(context, post):
            self._calm(post)
            while True:
                self._gap.clear()
                self.recount(context, post)
                with suppress(TimeoutError):
                    async with asyncio.timeout(_COUNT_EVERY):
                        await self._gap.wait()

    @contextmanager
    def _listening(self, context: pyudev.Context, post: Post) -> Iterator[None]:
        """Listen before the first count, so that nothing is missed between the two."""
        monitor = pyudev.Monitor.from_netlink(context)
        monitor.filter_by("usb", "usb_device")
        with suppress(OSError):  # more than the default is a privilege; the count makes up for it
            monitor.set_receive_buffer_size(_RECEIVE_BUFFER)
        monitor.start()
        loop = asyncio.get_running_loop()
        loop.add_reader(monitor.fileno(), self._drain, monitor, post)
        try:
            yield
        finally:
            loop.remove_reader(monitor.fileno())

    def _drain(self, monitor: pyudev.Monitor, post: Post) -> None:
        try:
            while (device := monitor.poll(timeout=0)) is not None:
                self._notice(device, post)
        except OSError:  # the kernel dropped events (ENOBUFS)
            self._gap.set()

    def _notice(self, device: pyudev.Device, post: Post) -> None:
        if device.action == "remove":
            path = _path(device)
            if path in self._attached:
                self._detach(path, post)
        elif (path := _handset_path(device)) and path not in self._attached:
            self._attach(path, post)

    def _attach(self, path: UsbPath, post: Post) -> None:
        self._attached.add(path)
        post(HandsetAttached(path))

    def _detach(self, path: UsbPath, post: Post) -> None:
        self._attached.discard(path)
        post(HandsetDetached(path))

    def _complain(self, detail: str, post: Post) -> None:
        if not self._is_unwatched:
            self._is_unwatched = True
            post(ProblemRaised(Problem(ProblemCode.USB_UNWATCHED, _USB, detail)))

    def _calm(self, post: Post) -> None:
        if self._is_unwatched:
            self._is_unwatched = False
            post(ProblemCleared(ProblemCode.USB_UNWATCHED, _USB))


def _handset_path(device: pyudev.Device) -> UsbPath | None:
    names = ("idVendor", "bDeviceClass")
    values = {name: device.attributes.get(name) for name in names}
    attributes = {name: value.decode("ascii", "replace") for name, value in values.items() if value}
    return _path(device) if is_handset(device.properties, attributes) else None


def _path(device: pyudev.Device) -> UsbPath | None:
    try:
        return UsbPath.parse(device.sys_name)
    except IdentifierError:
        return None
