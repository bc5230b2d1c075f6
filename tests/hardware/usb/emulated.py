"""A bench's USB under umockdev: the plain files of `UsbTree`, and real udev events beside them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bench.events.device import (
    HandsetAttached,
    HandsetDetached,
    HandsetUnreachable,
    ProblemCleared,
    ProblemRaised,
)
from bench.events.run import Fact
from bench.events.usb import ControllerCrowded, PortsPaired
from tests.hardware.usb.blobs import COMPOSITE, Part
from tests.hardware.usb.tree import UsbTree
from tests.peers.testbed import Testbed

LIMIT = 20.0


class EmulatedUsb:
    """Plugs and pulls. What is done `silently` the kernel has dropped the event of."""

    def __init__(self, testbed: Testbed) -> None:
        self._testbed = testbed
        self.tree = UsbTree(testbed.root / "sys")

    def plug(
        self,
        path: str,
        configurations: Sequence[Sequence[Part]] = COMPOSITE,
        active: int = 1,
        vendor: str = "04e8",
    ) -> None:
        self.tree.device(path, configurations, active=active, vendor=vendor)
        self.event("add", path)

    def hub(self, path: str, ports: int = 4) -> None:
        self.tree.hub(path, ports)
        self.event("add", path)
        self.event("bind", path, f"{path}:1.0")

    def pull(self, path: str) -> None:
        self.event("remove", path)
        self.tree.remove(path)

    def choose(self, path: str, active: int, tty: str = "") -> None:
        """Another configuration: the kernel tells of the interfaces, and of the device nothing."""
        self.tree.choose(path, active, COMPOSITE, tty)
        self.event("bind", path, f"{path}:{active}.0")

    def event(self, action: str, path: str, interface: str = "") -> None:
        place = self.tree.place(path) / interface
        name = f"/sys/{place.relative_to(self.tree.sys)}".encode()
        self._testbed._call("uevent", self._testbed._testbed, name, action.encode(), returns=None)


@contextmanager
def emulated_usb() -> Iterator[EmulatedUsb]:
    with Testbed() as testbed:
        usb = EmulatedUsb(testbed)
        usb.tree.controller("0000:00:14.0", (1, 2))
        yield usb


class Told:
    """What was posted, as words: one line a fact."""

    def __init__(self) -> None:
        self._lines: asyncio.Queue[str] = asyncio.Queue()

    def post(self, fact: Fact) -> None:
        if not isinstance(fact, PortsPaired):
            self._lines.put_nowait(said(fact))

    async def next(self, count: int = 1) -> list[str]:
        """Return the next lines, in their order."""
        async with asyncio.timeout(LIMIT):
            return [await self._lines.get() for _ in range(count)]

    async def then_nothing(self, seconds: float = 0.2) -> None:
        """See that nothing more is told."""
        await asyncio.sleep(seconds)
        assert self._lines.empty(), await self.next()


def said(fact: Fact) -> str:
    match fact:
        case HandsetUnreachable():
            return f"{fact.problem.code} {fact.path}"
        case ProblemRaised(problem):
            return f"{problem.code} {problem.where}"
        case ProblemCleared(code, where):
            return f"cleared {code} {where}"
        case HandsetAttached() | HandsetDetached():
            return f"{type(fact).__name__.removeprefix('Handset').lower()} {fact.path}"
        case ControllerCrowded():
            return f"crowded {fact.controller}: {' '.join(map(str, fact.move))} to {fact.to}"
        case _:
            raise AssertionError(fact)
