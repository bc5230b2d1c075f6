"""udev's word of USB, heard on the bench's loop: one descriptor, no thread.

Events are hints. They can be lost in a burst, and the monitor itself can break; both are told, so
that whoever listens counts again.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pyudev

from hardware.usb.words import UsbWords

RECEIVE_BUFFER = 8 << 20
"""Bytes of events that may wait: all ports of a bench in one burst, many times over."""
_BATCH = 128
"""Events that are taken before anything else on the loop has its turn."""


@dataclass(frozen=True, slots=True)
class UsbEvent:
    """An event of a device, or of one of its interfaces; `name` is the device's (`1-1.3`)."""

    action: str
    name: str
    is_device: bool
    words: UsbWords


@dataclass(frozen=True, slots=True)
class Ears:
    """Who is told what: each event, that events were lost, that the monitor broke."""

    heard: Callable[[UsbEvent], None]
    lost: Callable[[], None]
    broke: Callable[[], None]


@contextmanager
def listening(monitor: pyudev.Monitor, ears: Ears) -> Iterator[None]:
    """Listen while the block runs; from its first line on, nothing is missed untold."""
    with suppress(OSError):  # more than the default is a privilege; counting makes up for it
        monitor.set_receive_buffer_size(RECEIVE_BUFFER)
    monitor.start()
    loop = asyncio.get_running_loop()
    loop.add_reader(monitor.fileno(), _drain, monitor, ears)
    try:
        yield
    finally:
        loop.remove_reader(monitor.fileno())


def usb_monitor(context: pyudev.Context) -> pyudev.Monitor:
    """Return a monitor of everything USB: a changed configuration shows at the interfaces only."""
    monitor = pyudev.Monitor.from_netlink(context)
    monitor.filter_by("usb")
    return monitor


def event_of(device: pyudev.Device) -> UsbEvent:
    """Return what udev tells of a device or an interface; nothing is read for it."""
    name = str(device.sys_name).partition(":")[0]
    properties = {str(key): str(value) for key, value in device.properties.items()}
    words = UsbWords(name, Path(device.sys_path), properties)
    return UsbEvent(str(device.action), name, properties.get("DEVTYPE") == "usb_device", words)


def _drain(monitor: pyudev.Monitor, ears: Ears) -> None:
    for _ in range(_BATCH):
        try:
            device = monitor.poll(timeout=0)
        except OSError as error:
            if not _is_overrun(monitor, error):
                asyncio.get_running_loop().remove_reader(monitor.fileno())
                ears.broke()
                return
            ears.lost()
            continue
        if device is None:
            return
        ears.heard(event_of(device))


def _is_overrun(monitor: pyudev.Monitor, error: OSError) -> bool:
    """Whether the kernel dropped events, and nothing is wrong otherwise.

    pyudev says only that polling failed. The error stays with the socket, and the socket readable,
    until it is asked for.
    """
    with socket.socket(fileno=os.dup(monitor.fileno())) as same:
        pending = same.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    return errno.ENOBUFS in (error.errno, pending)
