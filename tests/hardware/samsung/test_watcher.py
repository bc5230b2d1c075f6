"""The watcher of modems where handsets hang, are swapped in mid-reading, or nobody can tell."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from serial import SerialException

from bench.events.modem import ModemAnswered, ModemGone
from bench.events.run import Fact
from bench.identity.identifiers import UsbPath
from hardware.samsung.reading import Reading
from hardware.samsung.watcher import Rhythm, SamsungModems
from hardware.usb.device import UsbDevice
from tests.hardware.samsung.asking import IMEI, UNHURRIED, plugged
from tests.hardware.samsung.test_configuration import device, with_port

_LIMIT = 20.0
_PORT = UsbPath.parse("1-1.2")
_OFTEN = Rhythm(look=0.01, settle=0.0, again=0.01, times=1000)
_SELDOM = Rhythm(look=3600.0, settle=0.0, again=0.01, times=1000)


class Shelf:
    """What is plugged in, put there by hand; `looks` is called whenever a device has been read."""

    def __init__(self, *devices: UsbDevice) -> None:
        self.devices = {one.path: one for one in devices}
        self.fails: frozenset[str] = frozenset()
        self.looks: Callable[[], None] = lambda: None

    def plugged(self) -> Mapping[UsbPath, int]:
        self._try("plugged")
        return {path: one.number for path, one in self.devices.items()}

    def device(self, path: UsbPath) -> UsbDevice | None:
        self._try("device")
        found = self.devices.get(path)
        self.looks()
        return found

    def _try(self, what: str) -> None:
        if what in self.fails:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))


def handset(path: UsbPath = _PORT, number: int = 20) -> UsbDevice:
    """A Samsung handset that shows its modem port already."""
    return replace(with_port(device(in_use=2), "cdc_acm", "ttyACM0"), path=path, number=number)


@asynccontextmanager
async def watched(
    shelf: Shelf, reading: Reading, facts: list[Fact], rhythm: Rhythm = _OFTEN
) -> AsyncIterator[SamsungModems]:
    watcher = SamsungModems(shelf, reading, lambda _: True, rhythm)
    following = asyncio.create_task(watcher.follow(facts.append))
    try:
        async with asyncio.timeout(_LIMIT):
            yield watcher
            assert not following.done()
    finally:
        following.cancel()
        await asyncio.wait([following])


async def until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        await asyncio.sleep(0.005)


def test_forty_modems_that_hang_while_they_are_opened_hold_up_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    released, hanging = threading.Event(), threading.Semaphore(0)

    def hang(*_: object, **__: object) -> None:
        hanging.release()
        assert released.wait(_LIMIT)
        raise SerialException(errno.EIO, "it never answered")

    async def story() -> None:
        ports = [UsbPath(1, (1, number)) for number in range(1, 41)]
        shelf = Shelf(*(handset(path, at) for at, path in enumerate(ports, 2)))
        async with watched(shelf, Reading(shelf, UNHURRIED), []):
            for _ in ports:
                await until(lambda: hanging.acquire(blocking=False))
            assert await asyncio.to_thread(str, "a file") == "a file"
            released.set()

    monkeypatch.setattr("hardware.samsung.port.Serial", hang)
    try:
        asyncio.run(story())
    finally:
        released.set()


def test_a_handset_swapped_at_the_end_of_its_reading_never_names_the_next(
    tmp_path: Path,
) -> None:
    """After the last look at whose modem port it is: while it is closed and put back, say."""

    async def story() -> list[Fact]:
        facts: list[Fact] = []
        shelf, looks = Shelf(handset()), iter(range(1, 100))

        def swap() -> None:
            if next(looks) == 3:
                shelf.devices[_PORT] = replace(handset(number=21), vendor="18d1")

        shelf.looks = swap
        reading = Reading(shelf, UNHURRIED, nodes=tmp_path)
        async with (
            plugged(tmp_path) as modem,
            watched(shelf, reading, facts, _SELDOM) as watcher,
        ):
            await until(lambda: _PORT in watcher._visits)
            task = watcher._visits[_PORT].task
            assert task is not None
            await asyncio.wait([task])
            assert modem.questions == [b"AT", b"AT+DEVCONINFO", b"AT+DEVCONINFO"]
        return facts

    assert asyncio.run(story()) == []


def test_while_nobody_can_tell_what_is_plugged_in_no_handset_is_gone(tmp_path: Path) -> None:
    async def story() -> list[Fact]:
        facts: list[Fact] = []
        shelf = Shelf(handset())
        reading = Reading(shelf, UNHURRIED, nodes=tmp_path)
        async with plugged(tmp_path), watched(shelf, reading, facts):
            await until(lambda: bool(facts))
            shelf.fails = frozenset({"plugged"})
            await asyncio.sleep(0.1)
            assert len(facts) == 1
            shelf.fails = frozenset()
            shelf.devices.clear()
            await until(lambda: len(facts) > 1)
        return facts

    answered, gone = asyncio.run(story())
    assert isinstance(answered, ModemAnswered)
    assert str(answered.identity.imei) == IMEI
    assert gone == ModemGone(_PORT)


@pytest.mark.parametrize(
    ("look", "fails"),
    [(1, "device"), (2, "device"), (3, "plugged")],
    ids=["its port", "still its port", "still there"],
)
def test_a_handset_that_could_not_be_read_for_want_of_files_is_read_later(
    tmp_path: Path, look: int, fails: str
) -> None:
    """This computer comes short after that many looks at the handset: the next one fails."""

    async def story() -> list[Fact]:
        facts: list[Fact] = []
        shelf, looks = Shelf(handset()), iter(range(1, 10_000))

        def come_short() -> None:
            if next(looks) == look:
                shelf.fails = frozenset({fails})

        shelf.looks = come_short
        reading = Reading(shelf, UNHURRIED, nodes=tmp_path)
        async with plugged(tmp_path), watched(shelf, reading, facts):
            await until(lambda: bool(shelf.fails))
            await asyncio.sleep(0.1)
            assert facts == []
            shelf.fails = frozenset()
            await until(lambda: bool(facts))
        return facts

    (answered,) = asyncio.run(story())
    assert isinstance(answered, ModemAnswered)
