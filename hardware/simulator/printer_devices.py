"""A simulated printer at a device: a terminal, or `/dev/usb/lp0` of an emulated machine."""

from __future__ import annotations

import errno
import os
import socket
import struct
import threading
import tty
from contextlib import suppress
from pathlib import Path
from typing import Protocol, Self

from hardware.simulator.printer_ends import DescriptorEnd, Machine

_WORDS = struct.Struct("@QqQ")
_IOCTL, _DONE, _STORE = 1, 3, 6
_REAL_CALL = -100
_LPGETSTATUS = 0x060B
READY = 0x18
"""Port status: selected, no error (linux/lp.h)."""


class SimulatedPort:
    """A terminal with a printer at its far end; use as `with`, and `device` is its path.

    `pull` is the cable pulled out: whoever has it open is told, and the path is gone.
    """

    def __init__(self, machine: Machine, device: Path) -> None:
        self._machine = machine
        self._device = device
        self._ends: tuple[int, int] | None = None
        self._printer: DescriptorEnd | None = None

    @property
    def device(self) -> str:
        """Where it is opened."""
        return str(self._device)

    def __enter__(self) -> Self:
        master, slave = os.openpty()
        tty.setraw(slave)
        self._device.parent.mkdir(parents=True, exist_ok=True)
        self._device.symlink_to(os.ttyname(slave))
        self._ends = (master, slave)
        self._printer = DescriptorEnd(self._machine, master)
        self._printer.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.pull()

    def pull(self) -> None:
        """Pull the cable out."""
        if self._ends is None or self._printer is None:
            return
        self._printer.leave()
        self._device.unlink()
        for end in self._ends:
            os.close(end)
        self._ends = None

    def allow(self, mode: int) -> None:
        """Set who may open it."""
        self._device.chmod(mode)


class Testbed(Protocol):
    """What is used of an umockdev testbed."""

    root: Path

    def add(self, description: str) -> None:
        """Put a device into sysfs."""
        ...

    def forget(self, place: str) -> None:
        """Take it out."""
        ...


class SimulatedUsbPrinter(SimulatedPort):
    """A printer of the usblp driver, at `/dev/usb/lpN` of an emulated machine.

    `device_id` is what it says of itself (IEEE 1284); `port_status` the byte that the driver passes
    on, None for a driver that does not. Questions to the driver are answered by a thread, because
    whoever asks waits for the answer in the very call.
    """

    def __init__(
        self,
        machine: Machine,
        testbed: Testbed,
        number: int = 0,
        *,
        device_id: str = "MFG:Zebra;CMD:ZPL;MDL:ZTC ZD421-203dpi ZPL;",
        vendor: str = "0a5f",
    ) -> None:
        super().__init__(machine, testbed.root / "dev" / "usb" / f"lp{number}")
        self._testbed = testbed
        self._node = f"/dev/usb/lp{number}"
        self._number = number
        self._device_id = device_id
        self._vendor = vendor
        self.port_status: int | None = READY
        self._driver = _Driver(self, testbed.root / "ioctl" / self._node.strip("/"))

    @property
    def device(self) -> str:
        """Where a program of the emulated machine opens it."""
        return self._node

    def __enter__(self) -> Self:
        for place, said in self._places():
            self._testbed.add(f"P: {place}\n{said}\n")
        super().__enter__()
        self._driver.start()
        return self

    def pull(self) -> None:
        """Pull the cable out: the device is gone from sysfs too."""
        if self._ends is not None:
            super().pull()
            self._driver.stop()
            for place, _ in reversed(self._places()):
                self._testbed.forget(place)

    def _places(self) -> list[tuple[str, str]]:
        device = f"/devices/pci0000:00/0000:00:14.0/usb1/1-{self._number + 1}"
        interface = f"{device}/1-{self._number + 1}:1.0"
        return [
            (device, f"E: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nA: idVendor={self._vendor}\\n\n"),
            (
                interface,
                f"E: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\nA: ieee1284_id={self._device_id}\n",
            ),
            (
                f"{interface}/usbmisc/lp{self._number}",
                f"E: SUBSYSTEM=usbmisc\nE: DEVNAME={self._node}\n",
            ),
        ]


class _Driver:
    """Answers what umockdev's preload asks for an emulated node, on its socket.

    Three 64-bit words a question: ioctl (its number, the caller's address); every other call is the
    real one's to make. An answer is stored at the address first, and then the call is done.
    """

    def __init__(self, printer: SimulatedUsbPrinter, path: Path) -> None:
        self._printer = printer
        self._path = path
        self._listening: socket.socket | None = None

    def start(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self._path))
        self._path.chmod(0o666)
        self._listening.listen()
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def stop(self) -> None:
        if self._listening is not None:
            with suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            self._path.unlink(missing_ok=True)
            self._listening = None

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                line, _ = listening.accept()
                threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with line, suppress(OSError):
            while len(question := line.recv(_WORDS.size, socket.MSG_WAITALL)) == _WORDS.size:
                kind, number, address = _WORDS.unpack(question)
                line.sendall(self._answer(kind, number, address))

    def _answer(self, kind: int, number: int, address: int) -> bytes:
        status = self._printer.port_status
        if kind != _IOCTL or number != _LPGETSTATUS:
            return _WORDS.pack(_DONE, _REAL_CALL, 0)
        if status is None:
            return _WORDS.pack(_DONE, -1, errno.ENOTTY)
        word = struct.pack("@i", status)
        return _WORDS.pack(_STORE, address, len(word)) + word + _WORDS.pack(_DONE, 0, 0)
