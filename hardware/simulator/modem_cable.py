"""A Samsung handset fresh from its box on an emulated USB: file transfer, and a modem port behind.

In its first configuration it offers MTP alone; in the second its modem as well, with a terminal
once the driver has taken it. The configuration is chosen through its device node, and refused, as
the kernel's usbfs does it. Keep it out of the process that opens the node: umockdev's preload lets
one call of a process wait for another.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bench.identity.identifiers import UsbPath
from hardware.simulator.handset import SimulatedHandset
from hardware.simulator.modem import SimulatedModem, info_of
from hardware.simulator.usbfs import sysfs
from hardware.simulator.usbfs.cable import Testbed
from hardware.simulator.usbfs.descriptors import MODEM, MTP, Described, Interface
from hardware.simulator.usbfs.words import Call, Caller, GarbledError, Request

HIDDEN = (MTP, (*MTP, *MODEM))
"""The configurations of a handset without USB debugging."""
_SET_CONFIGURATION, _CALL_DRIVER, _DISCONNECT = 0x80045505, 0xC0105512, 0x5516
_CALL = struct.Struct("@iiP")
_DRIVEN = (MODEM[0].kind, MODEM[1].kind)


class ModemCable:
    """One plugging-in of a handset as device `number` (1 to 127) of its bus; `pull` is final.

    Faults: `has_driver` False (the kernel module is not loaded), `in_use` (a program has an
    interface), `refusals` (errnos with which the next choices are refused), `strays` (it leaves the
    bus when its configuration is chosen).
    """

    def __init__(
        self,
        testbed: Testbed,
        handset: SimulatedHandset,
        path: UsbPath,
        number: int,
        *,
        tty: str = "ttyACM0",
        device: Described | None = None,
        node_mode: int = 0o666,
    ) -> None:
        self.path, self.number, self.handset = path, number, handset
        self.modem = SimulatedModem(testbed.root / "dev" / tty, info_of(handset))
        self.configuration = 0
        self.chosen: list[int] = []
        """The configurations that programs have chosen."""
        self.has_driver, self.in_use, self.strays = True, False, False
        self.refusals: list[int] = []
        self._testbed, self._tty, self._node_mode = testbed, tty, node_mode
        self._device = device or Described(configurations=HIDDEN)
        self._is_in = False
        self._driven: set[int] = set()
        self._shown: list[str] = []
        self._open: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def plug(self) -> None:
        """Plug in: udev is told, and the first configuration is in use."""
        self._is_in = True
        self._socket.parent.mkdir(parents=True, exist_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self._socket))
        self._socket.chmod(0o666)
        self._server = await asyncio.start_unix_server(self._serve, sock=listener)
        self._node.parent.mkdir(parents=True, exist_ok=True)
        self._node.touch()
        self._node.chmod(self._node_mode)
        described = sysfs.description(self.path, self.number, self.handset.serial, self._device)
        self._testbed.add(described)
        self._show(1)

    def pull(self) -> None:
        """Pull out, whatever is being done: every call on its node is ENODEV from now on."""
        if self._is_in:
            self._leave()

    async def close(self) -> None:
        """Stop answering; only when no program has the node open: the preload would end it."""
        self.pull()
        if self._server is not None:
            self._server.close()
            await asyncio.gather(*self._open)
            self._socket.unlink()

    @property
    def _node(self) -> Path:
        return self._testbed.root / "dev" / sysfs.node(self.path, self.number)

    @property
    def _socket(self) -> Path:
        return self._testbed.root / "ioctl" / "dev" / sysfs.node(self.path, self.number)

    def _leave(self) -> None:
        self._is_in = False
        self._hide()
        self._node.unlink()
        self._testbed.unplug(sysfs.place(self.path))

    # the configuration in use
    def _show(self, configuration: int) -> None:
        """Let a configuration be in use: its interfaces appear, each with its driver, if any."""
        self._hide()
        self.configuration = configuration
        place = f"{sysfs.place(self.path)}/"
        value = self._testbed.root / f"sys{place}bConfigurationValue"
        value.write_text(f"{configuration}\n")
        for number, interface in enumerate(self._device.configurations[configuration - 1]):
            name = f"{self.path}:{configuration}.{number}"
            is_driven = self.has_driver and interface.kind in _DRIVEN
            self._add(place + name, _interface(number, interface, is_driven=is_driven))
            if is_driven:
                self._driven.add(number)
            if is_driven and interface.kind == MODEM[0].kind:
                terminal = ("E: SUBSYSTEM=tty", f"E: DEVNAME=/dev/{self._tty}")
                self._add(f"{place}{name}/tty/{self._tty}", terminal)
                self.modem.plug()

    def _hide(self) -> None:
        self.modem.unplug()
        self._driven.clear()
        while self._shown:
            self._testbed.unplug(self._shown.pop())

    def _add(self, place: str, lines: Iterator[str] | tuple[str, ...]) -> None:
        self._testbed.add("\n".join((f"P: {place}", *lines)) + "\n\n")
        self._shown.append(place)

    # the node
    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "a server runs it as one"
        self._open.add(task)
        caller = Caller(reader, writer)
        try:
            with suppress(GarbledError, OSError):
                while request := await caller.request():
                    await self._answer(caller, request)
        finally:
            self._open.discard(task)
            caller.close()

    async def _answer(self, caller: Caller, request: Request) -> None:
        if not self._is_in:
            await caller.fail(errno.ENODEV)
            return
        match request:
            case Request(Call.READ, address, count):
                data = self._device.blob()[:count]
                caller.store(address, data)
                await caller.done(len(data))
            case Request(Call.IOCTL, number, argument) if number & 0xFFFFFFFF == _SET_CONFIGURATION:
                memory = await caller.fetch(argument, 4)
                await self._end(caller, self._choose(*struct.unpack("@I", memory)))
            case Request(Call.IOCTL, number, argument) if number & 0xFFFFFFFF == _CALL_DRIVER:
                memory = await caller.fetch(argument, _CALL.size)
                await self._end(caller, self._release(*_CALL.unpack(memory)))
            case _:
                await caller.fail(errno.ENOTTY)

    async def _end(self, caller: Caller, error: int) -> None:
        await (caller.fail(error) if error else caller.done())

    def _choose(self, configuration: int) -> int:
        """Choose a configuration; return why not, as an errno, or 0."""
        if self.refusals:
            return self.refusals.pop(0)
        if self._driven or self.in_use:
            return errno.EBUSY
        if not 1 <= configuration <= len(self._device.configurations):
            return errno.EINVAL
        self.chosen.append(configuration)
        if self.strays:
            self._leave()
        else:
            self._show(configuration)
        return 0

    def _release(self, interface: int, request: int, _: int) -> int:
        """Take an interface from its driver, which gives up both halves of the modem."""
        if request != _DISCONNECT:
            return errno.ENOTTY
        if interface not in self._driven:
            return errno.ENODATA
        self._driven.clear()
        self.modem.unplug()
        return 0


def _interface(number: int, interface: Interface, *, is_driven: bool) -> Iterator[str]:
    yield "E: SUBSYSTEM=usb"
    yield "E: DEVTYPE=usb_interface"
    yield f"A: bInterfaceNumber={number:02x}\\n"
    yield "A: bAlternateSetting= 0\\n"
    yield f"A: bNumEndpoints={len(interface.endpoints):02x}\\n"
    names = ("bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol")
    for name, code in zip(names, interface.kind, strict=True):
        yield f"A: {name}={code:02x}\\n"
    if is_driven:
        yield "L: driver=../../../../../../../bus/usb/drivers/cdc_acm"
