"""A program that has a handset's device node open, down to the words that the preload sends.

It knows the preload's protocol and the kernel's structures by itself, not through the simulator's.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.identity.identifiers import UsbPath
from hardware.simulator.handset import SimulatedHandset
from hardware.simulator.usbfs.cable import UsbCable

WORDS = struct.Struct("@LLL")
IOCTL, READ, WRITE = 1, 7, 8
CLAIM, RELEASE = 0x8004550F, 0x80045510
SUBMIT, DISCARD, REAP, REAP_NOW, RESET = 0x8038550A, 0x550B, 0x4008550C, 0x4008550D, 0x5514
CAPABILITIES, SPEED, GET_DRIVER = 0x8004551A, 0x551F, 0x41045508
ADB_INTERFACE, ADB_IN, ADB_OUT = 1, 0x83, 0x02
BULK = 3
_URB = struct.Struct("@BBiIPiiiiiIP")
_MINUS_ONE = (1 << 64) - 1


@dataclass
class Folder:
    """A testbed without umockdev: nobody listens to udev here."""

    root: Path
    plugged: dict[str, str] = field(default_factory=dict)

    def add(self, description: str) -> None:
        self.plugged[description.partition("\n")[0].removeprefix("P: ")] = description

    def unplug(self, place: str) -> None:
        del self.plugged[place]


@dataclass
class Urb:
    """A transfer as it lies in memory."""

    address: int
    endpoint: int
    room: int
    kind: int = BULK
    data: bytes = b""


class OpenNode:
    """The program: its memory, and its calls one by one."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.memory = bytearray(1 << 22)

    async def call(self, kind: int, first: int, second: int = 0) -> int:
        """Return the result, or minus the errno."""
        self.writer.write(WORDS.pack(kind, first, second))
        while True:
            word, one, two = map(int, WORDS.unpack(await self.reader.readexactly(WORDS.size)))
            match word:
                case 3:
                    return -two if one == _MINUS_ONE else one
                case 5:
                    self.writer.write(self.memory[one : one + two])
                case 6:
                    self.memory[one : one + two] = await self.reader.readexactly(two)
                case _:
                    raise AssertionError(f"the preload knows no answer {word}")

    async def ioctl(self, number: int, argument: int = 0) -> int:
        return await self.call(IOCTL, number, argument)

    async def read(self, count: int) -> bytes:
        """Read the node into address 64."""
        got = await self.call(READ, 64, count)
        assert got >= 0, got
        return bytes(self.memory[64 : 64 + got])

    async def claim(self, interface: int = ADB_INTERFACE) -> int:
        self.memory[8:12] = struct.pack("@I", interface)
        return await self.ioctl(CLAIM, 8)

    async def submit(self, urb: Urb) -> int:
        buffer = urb.address + _URB.size
        self.memory[urb.address : buffer] = _URB.pack(
            urb.kind, urb.endpoint, -1, 0, buffer, urb.room, 0, 0, 0, 0, 0, 0
        )
        self.memory[buffer : buffer + len(urb.data)] = urb.data
        return await self.ioctl(SUBMIT, urb.address)

    async def send(self, data: bytes, address: int = 0x1000) -> int:
        """Begin a transfer to the handset."""
        return await self.submit(Urb(address, ADB_OUT, len(data), data=data))

    async def ask(self, room: int, address: int = 0x100000) -> int:
        """Begin a transfer from the handset."""
        return await self.submit(Urb(address, ADB_IN, room))

    async def reap(self, number: int = REAP) -> tuple[int, int, bytes] | int:
        """Return where what is over lies, its status and data; or minus the errno, at once."""
        result = await self.ioctl(number, 16)
        if result < 0:
            return result
        (address,) = struct.unpack("@P", self.memory[16:24])
        _, _, status, _, buffer, _, moved, *_ = _URB.unpack(
            self.memory[address : address + _URB.size]
        )
        return address, status, bytes(self.memory[buffer : buffer + moved])

    async def reaped(self) -> tuple[int, int, bytes]:
        """Wait until something is over, as an adb server does."""
        async with asyncio.timeout(20):
            while isinstance(over := await self.reap(), int):
                assert over == -4, over
            return over


PORT = UsbPath.parse("1-1.3.2")


_NODE = "dev/bus/usb/001/020"


@dataclass
class Plugged:
    """A handset that is plugged in, and programs that open its node."""

    cable: UsbCable
    testbed: Folder

    @property
    def has_node(self) -> bool:
        return (self.testbed.root / _NODE).is_symlink()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[OpenNode]:
        socket = self.testbed.root / "ioctl" / _NODE
        reader, writer = await asyncio.open_unix_connection(str(socket))
        try:
            yield OpenNode(reader, writer)
        finally:
            writer.close()


@asynccontextmanager
async def plugged_in(root: Path, handset: SimulatedHandset) -> AsyncIterator[Plugged]:
    testbed = Folder(root)
    cable = UsbCable(testbed, handset, PORT, 20)
    cable.plug()
    try:
        yield Plugged(cable, testbed)
    finally:
        await cable.close()
