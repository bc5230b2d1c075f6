"""Reads each Samsung handset once per plug, before any set-up, where the profile asks for it.

What is plugged in is looked at every second by the names in sysfs alone, which costs next to
nothing and, unlike an event, cannot be lost; a device is read only when it is new. Each port has a
task of its own, so that no handset waits for another, and what blocks has threads of its own, so
that nothing else at the bench waits for a handset that does not answer.

A handset that offers ADB is asked only when its modem port is there already: that is another
interface and disturbs nothing. Its configuration is never chosen, and without the port ADB says who
it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from bench.events.modem import ModemAnswered, ModemGone, ModemIdentity, ModemSilent
from bench.identity.identifiers import UsbPath
from bench.ports import Post
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.samsung.configuration import is_askable, modem_port, offers_adb
from hardware.samsung.plugged import Usb
from hardware.samsung.reading import Reading
from hardware.samsung.refusals import PASSING
from hardware.usb.device import UsbDevice

_THREADS = 64
"""Handsets that may hang at one time before others wait: more than a bench has slots."""
_STRAYS = 2
"""How often a handset may leave the bus in mid-reading before it is left alone."""
_STRAYED = "it left the bus each time its modem port was to show"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When to look and to ask, in seconds.

    `look`: between two looks at what is plugged in; `settle`: from plugging to the first question,
    while the kernel gives drivers to interfaces; `again`: between two askings of a handset that
    waits for something; `times`: how often one is asked.
    """

    look: float = 1.0
    settle: float = 0.5
    again: float = 10.0
    times: int = 60


class SamsungModems:
    """The port `Watcher` on the modems of the Samsung handsets that are at slots (`is_slot`)."""

    def __init__(
        self,
        usb: Usb,
        reading: Reading,
        is_slot: Callable[[UsbPath], bool],
        rhythm: Rhythm | None = None,
    ) -> None:
        self._usb = usb
        self._reading = reading
        self._is_slot = is_slot
        self._rhythm = rhythm or Rhythm()
        self._visits: dict[UsbPath, _Visit] = {}
        self._strays: dict[UsbPath, tuple[str, int]] = {}

    async def follow(self, post: Post) -> None:
        """Post what each handset's modem says, or why it says nothing, until cancelled."""
        try:
            with _threads() as threads:
                self._reading = replace(self._reading, threads=threads)
                async with asyncio.TaskGroup() as group:
                    while True:
                        with suppress(OSError):  # nobody can tell: what was seen stands
                            self._compare(group, post)
                        await asyncio.sleep(self._rhythm.look)
        finally:
            self._visits.clear()

    def _compare(self, group: asyncio.TaskGroup, post: Post) -> None:
        plugged = self._usb.plugged()
        for path, visit in list(self._visits.items()):
            if plugged.get(path) != visit.mark:
                self._note_stray(path, visit)
                self._visits.pop(path).end()
        for path in sorted(plugged.keys() - self._visits.keys()):
            if self._is_slot(path):
                visit = self._visits[path] = _Visit(plugged[path], path, post)
                visit.task = group.create_task(self._attend(path, visit))

    async def _attend(self, path: UsbPath, visit: _Visit) -> None:
        await asyncio.sleep(self._rhythm.settle)
        for _ in range(self._rhythm.times):
            try:
                is_over = await self._is_over(path, visit)
            except OSError:  # this computer is short of something: nobody can tell
                visit.asked, is_over = None, False
            if is_over:
                return
            await asyncio.sleep(self._rhythm.again)

    async def _is_over(self, path: UsbPath, visit: _Visit) -> bool:
        """Ask once, if it is to be asked; return whether it is not to be asked again."""
        device = await self._reading.device(path)
        if device is None or not _is_to_be_asked(device):
            return True
        if self._has_strayed(device):
            visit.say_why_not(Problem(ProblemCode.MODEM_HIDDEN, detail=_STRAYED))
            return True
        visit.asked = device
        said = await self._answer(device)
        if self._usb.plugged().get(path) != visit.mark:
            return True  # it went in the middle, and is counted as such
        visit.asked = None
        if isinstance(said, Problem):
            visit.say_why_not(said)
            return said.code not in PASSING
        visit.say(said)
        self._strays.pop(path, None)
        return True

    async def _answer(self, device: UsbDevice) -> ModemIdentity | Problem:
        try:
            return await self._reading.read(device)
        except ProblemError as error:
            return error.problem

    def _note_stray(self, path: UsbPath, visit: _Visit) -> None:
        """Count how often a handset has gone while its modem port was made to show."""
        if visit.asked is not None and modem_port(visit.asked) is None:
            serial, count = self._strays.get(path, ("", 0))
            is_same = serial == visit.asked.serial
            self._strays[path] = (visit.asked.serial, count + 1 if is_same else 1)

    def _has_strayed(self, device: UsbDevice) -> bool:
        """Whether choosing its modem port only ever sends it away; said once, then tried anew."""
        serial, count = self._strays.get(device.path, ("", 0))
        if count < _STRAYS or serial != device.serial or modem_port(device):
            return False
        del self._strays[device.path]
        return True


class _Visit:
    """A handset on a port, from plugging to pulling: what was said of it."""

    def __init__(self, mark: Hashable, path: UsbPath, post: Post) -> None:
        self.mark = mark
        self.asked: UsbDevice | None = None
        """The handset as it was before the reading that is under way."""
        self.task: asyncio.Task[None] | None = None
        self._path = path
        self._post = post
        self._said: ModemIdentity | Problem | None = None

    def say(self, identity: ModemIdentity) -> None:
        """Post who it is."""
        self._said = identity
        self._post(ModemAnswered(self._path, identity))

    def say_why_not(self, problem: Problem) -> None:
        """Post why it says nothing; the same reason only once."""
        if problem != self._said:
            self._said = problem
            self._post(ModemSilent(self._path, problem))

    def end(self) -> None:
        """It was pulled out: ask no more, and take back what was said."""
        if self.task is not None:
            self.task.cancel()
        if self._said is not None:
            self._post(ModemGone(self._path))


@contextmanager
def _threads() -> Iterator[Executor]:
    """Threads for as long as the block lasts; one that hangs then is waited for by nobody."""
    threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="modems")
    try:
        yield threads
    finally:
        threads.shutdown(wait=False)


def _is_to_be_asked(device: UsbDevice) -> bool:
    return is_askable(device) and (modem_port(device) is not None or not offers_adb(device))
