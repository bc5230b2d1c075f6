"""A simulated scanner that is a keyboard: in an emulated sysfs, and a node that can be grabbed.

Whoever reads it is another process under umockdev's preload. The node is a pipe, since only pipes
keep events whole that are read in numbers other than they were written in; what is asked of it by
ioctl() is answered here, and so is every call once the scanner is pulled out.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import struct
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from hardware.simulator.strokes import Stroke, packed
from hardware.simulator.usbfs.words import Call, Caller, GarbledError, Request

_CONTROLLER = "/devices/pci0000:00/0000:00:14.0"
_KEYS = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"
"""`capabilities/key` of a keyboard, as Linux gives it for a USB boot keyboard."""
_VERSION, _ID, _NAME, _PLACE, _GRAB = 0x01, 0x02, 0x06, 0x07, 0x90
"""Numbers of the ioctls of an event device (Linux `input.h`): EVIOCGVERSION and on."""
_EVENT_VERSION = 0x010001
_USB_BUS = 3
_AT_ONCE = 24 * 64
"""Bytes of events written at once: a pipe keeps up to 4096 together (`PIPE_BUF`)."""
_REAL = -100
"""Tells the preload to make the call itself."""


class Testbed(Protocol):
    """An emulated `/sys` and `/dev`, as umockdev keeps them below `root`."""

    @property
    def root(self) -> Path:
        """What programs under the preload find in `UMOCKDEV_DIR`."""
        ...

    def add(self, description: str) -> None:
        """Put devices into sysfs and send their `add` events."""
        ...

    def unplug(self, place: str) -> None:
        """Send the `remove` event of a device, and take it out of sysfs."""
        ...


class SimulatedKeyboard:
    """One plugging-in of a keyboard at a USB port such as `1-1.4`, as `/dev/input/event{number}`.

    `usb` is vendor and product as `lsusb` prints them; `mode` are the node's permissions. Pulling
    it out is final; close it when no program has the node open any more.
    """

    def __init__(
        self, testbed: Testbed, port: str, number: int, usb: str = "05e0:1200", mode: int = 0o666
    ) -> None:
        self._testbed = testbed
        self._port, self._number = port, number
        self._vendor, self._product = (int(part, 16) for part in usb.split(":"))
        self._mode = mode
        self._node = testbed.root / "dev" / "input" / f"event{number}"
        self._is_in = False
        self._pipe = -1
        self._holder: Caller | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self.opened = 0
        """How often some program has opened it."""

    @property
    def is_grabbed(self) -> bool:
        """Whether some program has it for itself."""
        return self._holder is not None

    async def plug(self) -> None:
        """Plug in: the node first, then sysfs and udev's events."""
        await self._listen()
        self._node.parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(self._node)
        self._node.chmod(self._mode)
        self._pipe = os.open(self._node, os.O_RDWR | os.O_NONBLOCK)
        self._is_in = True
        self._testbed.add(_description(self._port, self._number, self._vendor, self._product))

    async def press(self, strokes: list[Stroke]) -> None:
        """Press keys, about as fast as a scanner does."""
        data = packed(strokes)
        for start in range(0, len(data), _AT_ONCE):
            os.write(self._pipe, data[start : start + _AT_ONCE])
            await asyncio.sleep(0.001)

    def pull(self) -> None:
        """Pull out: whoever reads is told ENODEV."""
        if not self._is_in:
            return
        self._is_in = False
        for place in reversed(_places(self._port, self._number, self._vendor, self._product)):
            self._testbed.unplug(place)
        self._node.unlink()
        os.close(self._pipe)

    async def close(self) -> None:
        """Stop answering."""
        self.pull()
        self._listener.close()
        self._socket.unlink()
        for task in self._serving | {self._listening}:
            task.cancel()
        await asyncio.wait(self._serving | {self._listening})

    # ── what is asked of the node ───────────────────────────────────────────────────────────────
    @property
    def _socket(self) -> Path:
        return self._testbed.root / "ioctl" / "dev" / "input" / self._node.name

    async def _listen(self) -> None:
        self._socket.parent.mkdir(parents=True, exist_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._socket))
        self._socket.chmod(0o666)  # who may open the node is the node's own affair
        self._listener.listen(16)
        self._listener.setblocking(False)  # noqa: FBT003 - the socket's own word
        self._listening = asyncio.create_task(self._accept())

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            connection, _ = await loop.sock_accept(self._listener)
            caller = Caller(*await asyncio.open_unix_connection(sock=connection))
            self.opened += 1
            task = asyncio.create_task(self._serve(caller))
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)

    async def _serve(self, caller: Caller) -> None:
        try:
            with suppress(GarbledError, OSError):
                while request := await caller.request():
                    await self._answer(caller, request)
        finally:
            if self._holder is caller:
                self._holder = None
            caller.close()

    async def _answer(self, caller: Caller, request: Request) -> None:
        if not self._is_in:
            await caller.fail(errno.ENODEV)
        elif request.call is Call.IOCTL:
            await self._ioctl(caller, request.first & 0xFF, request.first >> 16 & 0x3FFF, request)
        else:
            await caller.done(_REAL)

    async def _ioctl(self, caller: Caller, number: int, size: int, request: Request) -> None:
        if number == _GRAB:
            await self._grab(caller, is_wanted=bool(request.second))
            return
        answer = self._said(number)[:size].ljust(size, b"\0")
        caller.store(request.second, answer)
        await caller.done(size)

    async def _grab(self, caller: Caller, *, is_wanted: bool) -> None:
        if is_wanted and self._holder not in (None, caller):
            await caller.fail(errno.EBUSY)
            return
        self._holder = caller if is_wanted else None
        await caller.done()

    def _said(self, number: int) -> bytes:
        said = {
            _VERSION: struct.pack("@i", _EVENT_VERSION),
            _ID: struct.pack("@HHHH", _USB_BUS, self._vendor, self._product, 1),
            _NAME: b"Simulated scanner",
            _PLACE: f"usb-0000:00:14.0-{self._port}/input0".encode(),
        }
        return said.get(number, b"")


def _places(port: str, number: int, vendor: int, product: int) -> list[str]:
    """Where its four devices stand in sysfs: USB device, its interface, input and event."""
    bus, _, chain = port.partition("-")
    links = chain.split(".")
    above = "/".join(f"{bus}-{'.'.join(links[: depth + 1])}" for depth in range(len(links)))
    device = f"{_CONTROLLER}/usb{bus}/{above}"
    interface = f"{device}/{port}:1.0"
    hid = f"0003:{vendor:04X}:{product:04X}.{number:04X}"
    input_device = f"{interface}/{hid}/input/input{number}"
    return [device, interface, input_device, f"{input_device}/event{number}"]


def _description(port: str, number: int, vendor: int, product: int) -> str:
    """Describe it in the format of `umockdev-record`; the node is made by whoever serves it."""
    device, interface, keys, event = _places(port, number, vendor, product)
    said: tuple[tuple[str, str, dict[str, str], dict[str, str]], ...] = (
        (device, "usb", {"DEVTYPE": "usb_device"},
         {"idVendor": f"{vendor:04x}", "idProduct": f"{product:04x}", "bNumInterfaces": " 1"}),
        (interface, "usb", {"DEVTYPE": "usb_interface"},
         {"bInterfaceClass": "03", "bInterfaceSubClass": "01", "bInterfaceProtocol": "01"}),
        (keys, "input", {}, {"name": "Simulated scanner", "capabilities/key": _KEYS}),
        (event, "input", {"DEVNAME": f"/dev/input/event{number}"}, {}),
    )  # fmt: skip
    return "".join(
        "\n".join(
            (f"P: {place}", f"E: SUBSYSTEM={subsystem}",
             *(f"E: {name}={text}" for name, text in properties.items()),
             *(f"A: {name}={text}\\n" for name, text in attributes.items())),
        ) + "\n\n"
        for place, subsystem, properties, attributes in said
    )  # fmt: skip
