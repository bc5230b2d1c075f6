"""Events that the kernel drops, and a monitor that breaks, are noticed and do not spin.

The first is the real kernel's: more of its own events than a small buffer holds.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from contextlib import suppress
from pathlib import Path

import pytest
import pyudev

from hardware.usb import listening as room
from hardware.usb.listening import Ears, UsbEvent, listening
from hardware.usb.reading import Reading

_LIMIT = 20.0
_NULL = Path("/sys/class/mem/null/uevent")


def test_events_that_the_kernel_dropped_are_told_and_the_next_is_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert os.access(_NULL, os.W_OK), "run this as root: only root lets the kernel send events"
    monkeypatch.setattr(room, "RECEIVE_BUFFER", 1)  # the kernel makes it the least that it has
    monitor = pyudev.Monitor.from_netlink(pyudev.Context(), source="kernel")
    monitor.filter_by("mem")
    heard: asyncio.Queue[UsbEvent] = asyncio.Queue()
    lost: list[bool] = []

    async def scene() -> None:
        ears = Ears(heard.put_nowait, lambda: lost.append(True), lambda: pytest.fail("broke"))
        with listening(monitor, ears):
            for _ in range(50):
                _send()
            async with asyncio.timeout(_LIMIT):
                while not lost:
                    await asyncio.sleep(0.01)
                while not heard.empty():
                    await heard.get()
                lost.clear()
                _send()
                assert (await heard.get()).name == "null"
            await asyncio.sleep(0.05)

    asyncio.run(scene())
    assert lost == []


def _send() -> None:
    _NULL.write_text("change")


class _Broken:
    """A monitor whose socket has an error pending: nobody listens where it has sent to."""

    def __init__(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
            nobody.bind(("127.0.0.1", 0))
            address = nobody.getsockname()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.connect(address)
        self.send()

    def fileno(self) -> int:
        return self._socket.fileno()

    def set_receive_buffer_size(self, _: int) -> None:
        raise PermissionError

    def start(self) -> None:
        pass

    def poll(self, timeout: float) -> None:
        assert timeout == 0
        raise OSError("Error while polling fd")

    def close(self) -> None:
        self._socket.close()

    def send(self) -> None:
        with suppress(ConnectionRefusedError):
            self._socket.send(b"x")


def test_a_monitor_that_breaks_is_told_once_and_left_alone() -> None:
    broke: list[bool] = []
    monitor = _Broken()

    def told() -> None:
        broke.append(True)
        monitor.send()  # and it is in error again

    async def scene() -> None:
        ears = Ears(lambda event: pytest.fail(event.name), lambda: pytest.fail("lost"), told)
        with listening(monitor, ears):
            await asyncio.sleep(0.05)

    asyncio.run(scene())
    monitor.close()
    assert broke == [True]


def test_what_hangs_while_it_is_read_holds_up_nothing_but_the_reading() -> None:
    may_end = threading.Event()
    done: list[str] = []

    async def scene() -> None:
        with Reading(deadline=0.02) as reading:
            assert await reading.read(lambda: may_end.wait(_LIMIT)) is None
            await reading.read(lambda: done.append("later"))
            may_end.set()
            async with asyncio.timeout(_LIMIT):
                while await reading.read(lambda: "now") != "now":
                    await asyncio.sleep(0.01)

    asyncio.run(scene())
    assert done == []


def test_what_fails_while_it_is_read_is_the_readers_to_know() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    async def scene() -> None:
        with Reading() as reading, pytest.raises(ZeroDivisionError):
            await reading.read(fail)

    asyncio.run(scene())
