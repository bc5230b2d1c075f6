"""A USB hub under umockdev that answers a program's control transfers as a hub does.

Sources: USB 2.0, 11.23.2.1 (hub descriptor), 11.24.2 (requests) and 11.24.2.7.1 (port status);
Linux `include/uapi/linux/usbdevice_fs.h`. SuperSpeed: USB 3.2, 10.15.2.1 and 10.16.2.6.1.
"""

from __future__ import annotations

import asyncio
import errno
import struct
from collections import deque
from contextlib import suppress
from typing import Self

from hardware.simulator.usbfs.usbdevfs import URB_SIZE, Ioctl, Urb
from hardware.simulator.usbfs.words import Call, Caller, GarbledError
from tests.peers.testbed import Testbed, usb_place

_CONTROL = 2
_SETUP = struct.Struct("<BBHHH")
_STATUS, _ACTUAL_LENGTH = 4, 28
_SET_FEATURE = 3
_PORT_POWER = 8
_BOS, _HUB, _SUPER_SPEED_HUB = 0x0F, 0x29, 0x2A
_CONNECTED, _ENABLED = 1, 2
EACH_PORT, ALL_PORTS = 1, 0
"""How a hub switches power: wHubCharacteristics, bits 0 and 1."""


class EmulatedHub:
    """A hub at a place such as `1-1`, with so many ports; `log` is what was switched, in order."""

    def __init__(
        self,
        testbed: Testbed,
        place: str,
        number: int,
        ports: int = 4,
        switching: int = EACH_PORT,
        container: bytes = bytes(16),
    ) -> None:
        self.place = place
        self.log: list[tuple[int, str]] = []
        self.stuck = False
        """Whether it takes requests to switch power and does nothing."""
        self.super_speed = place.startswith("2")
        self._ports = ports
        self._switching = switching
        self._container = container
        self._powered = dict.fromkeys(range(1, ports + 1), True)
        self._tasks: set[asyncio.Task[None]] = set()
        bus = int(place.split("-", maxsplit=1)[0])
        node = f"bus/usb/{bus:03d}/{number:03d}"
        self._socket = testbed.root / "ioctl" / "dev" / node
        testbed.add(_description(place, bus, number, node, ports, self._device()))

    @property
    def powered(self) -> list[bool]:
        """Whether each port has power."""
        return list(self._powered.values())

    async def __aenter__(self) -> Self:
        self._socket.parent.mkdir(parents=True, exist_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, str(self._socket))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        caller, done = Caller(reader, writer), deque[Urb]()
        with suppress(GarbledError, OSError):
            while request := await caller.request():
                if request.call is Call.IOCTL:
                    await self._ioctl(caller, request.first & 0xFFFFFFFF, request.second, done)
                else:
                    await caller.fail(errno.EINVAL)
        writer.close()

    async def _ioctl(self, caller: Caller, number: int, at: int, done: deque[Urb]) -> None:
        match number:
            case Ioctl.GET_CAPABILITIES:
                caller.store(at, struct.pack("@I", 0))
            case Ioctl.SUBMIT_URB:
                urb = Urb.parse(at, await caller.fetch(at, URB_SIZE))
                assert urb.kind == _CONTROL
                done.append(urb)
                await self._transfer(caller, urb)
            case Ioctl.REAP_URB_NOW | Ioctl.REAP_URB:
                if not done:
                    await caller.fail(errno.EAGAIN)
                    return
                caller.store(at, struct.pack("@P", done.popleft().address))
            case _:
                await caller.fail(errno.ENOTTY)
                return
        await caller.done()

    async def _transfer(self, caller: Caller, urb: Urb) -> None:
        kind, request, value, index, length = _SETUP.unpack(await caller.fetch(urb.buffer, 8))
        answer = self._answer(kind, request, value, index)
        status = -errno.EPIPE if answer is None else 0
        data = (answer or b"")[:length]
        caller.store(urb.buffer + 8, data)
        caller.store(urb.address + _STATUS, struct.pack("@i", status))
        caller.store(urb.address + _ACTUAL_LENGTH, struct.pack("@i", len(data)))

    def _answer(self, kind: int, request: int, value: int, index: int) -> bytes | None:
        match kind, request:
            case 0xA0, 6 if value >> 8 in (_HUB, _SUPER_SPEED_HUB):
                return self._hub()
            case 0x80, 6 if value >> 8 == _BOS:
                return self._capabilities()
            case 0xA3, 0:
                return struct.pack("<HH", self._port_status(index), 0)
            case 0x23, (1 | 3) if value == _PORT_POWER:
                self.log.append((index, "on" if request == _SET_FEATURE else "off"))
                if not self.stuck:
                    self._powered[index] = request == _SET_FEATURE
                return b""
        return None

    def _port_status(self, port: int) -> int:
        if not self._powered[port]:
            return 0
        return 0x0203 if self.super_speed else 0x0100 | _CONNECTED | _ENABLED

    def _hub(self) -> bytes:
        kind = _SUPER_SPEED_HUB if self.super_speed else _HUB
        rest = bytes(5) if self.super_speed else b"\0\xff"
        head = struct.pack("<BBHBB", kind, self._ports, self._switching, 10, 0)
        return bytes((1 + len(head + rest),)) + head + rest

    def _capabilities(self) -> bytes:
        container = struct.pack("<BBBB", 20, 0x10, 4, 0) + self._container
        return struct.pack("<BBHB", 5, _BOS, 5 + len(container), 1) + container

    def _device(self) -> bytes:
        usb = 0x0310 if self.super_speed else 0x0210
        product = 0x0620 if self.super_speed else 0x0610
        kind = struct.pack("<BBHBBBB", 18, 1, usb, 9, 0, 1, 64)
        device = kind + struct.pack("<HHHBBBB", 0x05E3, product, 1, 0, 0, 0, 1)
        interface = bytes((9, 4, 0, 0, 1, 9, 0, 0, 0)) + bytes((7, 5, 0x81, 3, 1, 0, 12))
        head = struct.pack("<BBHBBBBB", 9, 2, 9 + len(interface), 1, 1, 0, 0xE0, 0)
        return device + head + interface


def _description(
    place: str, bus: int, number: int, node: str, ports: int, descriptors: bytes
) -> str:
    attributes = {
        "bDeviceClass": "09", "idVendor": "05e3", "idProduct": "0610", "busnum": str(bus),
        "devnum": str(number), "bConfigurationValue": "1", "bNumConfigurations": "1",
        "speed": "5000" if bus == 2 else "480", "maxchild": str(ports),
    }  # fmt: skip
    properties = {
        "SUBSYSTEM": "usb", "DEVTYPE": "usb_device", "DRIVER": "usb", "MAJOR": "189",
        "MINOR": str((bus - 1) * 128 + number - 1), "DEVNAME": f"/dev/{node}",
        "BUSNUM": f"{bus:03d}", "DEVNUM": f"{number:03d}",
    }  # fmt: skip
    lines = [f"P: {usb_place(place)}", f"N: {node}"]
    lines += [f"E: {name}={value}" for name, value in properties.items()]
    lines += [f"A: {name}={value}\\n" for name, value in attributes.items()]
    lines += [f"H: descriptors={descriptors.hex().upper()}"]
    return "\n".join(lines) + "\n\n"
