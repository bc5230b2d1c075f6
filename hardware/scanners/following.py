"""Scanners that come and go, whichever way they are connected: found, opened, read, missed."""

from __future__ import annotations

import asyncio
import termios
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass
from typing import TypeAlias

from bench.ports import Post
from bench.problems import ProblemCode
from hardware.scanners.census import Census
from hardware.scanners.line import Line, OpenScanner, Reading
from hardware.scanners.source import Source
from hardware.scanners.sysfs import Places, UsbDevice
from hardware.scanners.trouble import Refusal, refusal_of

Locate: TypeAlias = Callable[[], str | None]
"""Says where a scanner's node is now, or None while it is nowhere."""
Open: TypeAlias = Callable[[str, Reading], OpenScanner]
"""Opens a node; `OSError` or `termios.error` where that cannot be."""


class OneScanner:
    """Opens a scanner whenever it is there, and reads it until it is not."""

    def __init__(self, locate: Locate, open_node: Open, reading: Reading) -> None:
        self._locate = locate
        self._open = open_node
        self._reading = reading

    async def follow(self, source: Source) -> None:
        """Read until cancelled. What is refused once may still be being set up by udev."""
        absence, refusals = ProblemCode.SCANNER_MISSING, 0
        while True:
            match self._opened():
                case OpenScanner() as scanner:
                    source.calm()
                    with closing(scanner):
                        await Line(scanner, source.hear, self._reading).follow()
                    absence, refusals = ProblemCode.SCANNER_LOST, 0
                    source.complain(absence)
                case Refusal(None, detail):
                    source.complain(absence, detail)
                case Refusal(ProblemCode() as code, detail):
                    refusals += 1
                    if refusals > 1:
                        source.complain(code, detail)
            await asyncio.sleep(self._reading.retry)

    def _opened(self) -> OpenScanner | Refusal:
        node = self._locate()
        if node is None:
            return Refusal()
        try:
            return self._open(node, self._reading)
        except (OSError, termios.error) as error:
            return refusal_of(error)


class EveryScanner:
    """Implements `bench.ports.Watcher` for all scanners of one kind of connection.

    Each is named by its maker and its USB port, so that facts say which it was, also when it comes
    back under another number. Without a census nobody is told that there is none at all.
    """

    def __init__(
        self, places: Places, open_node: Open, census: Census | None, reading: Reading
    ) -> None:
        self._places = places
        self._open = open_node
        self._census = census
        self._reading = reading
        self._readers: dict[str, _Reader] = {}

    async def follow(self, post: Post) -> None:
        """Post each scan as `TextScanned`, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                present = self._places.present()
                for name in sorted(present.keys() - self._readers.keys()):
                    self._leave(present[name][1], present)
                    self._take(name, present[name][1], tasks, post)
                if self._census:
                    self._census.count(self, post, found=bool(present))
                await asyncio.sleep(self._reading.retry)

    def _take(self, name: str, device: UsbDevice, tasks: asyncio.TaskGroup, post: Post) -> None:
        """Read a scanner at a port where none was."""
        source = Source(name, post)
        one = OneScanner(lambda: self._places.node_of(name), self._open, self._reading)
        self._readers[name] = _Reader(device, source, tasks.create_task(one.follow(source)))

    def _leave(self, moved: UsbDevice, present: Collection[str]) -> None:
        """Wait no longer for a scanner of the same kind that is gone: it has moved."""
        gone = (name for name in self._readers if name not in present)
        same = (name for name in gone if self._readers[name].device.kind == moved.kind)
        if (name := next(same, None)) is not None:
            reader = self._readers.pop(name)
            reader.task.cancel()
            reader.source.forget()


@dataclass(frozen=True, slots=True)
class _Reader:
    device: UsbDevice
    source: Source
    task: asyncio.Task[None]
