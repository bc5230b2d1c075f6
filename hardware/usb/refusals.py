"""The kernel's own refusals, as it tells them in its log: why a port has no handset.

What the kernel refuses never becomes a device, so udev has nothing to say of it. The log is one
more descriptor of the bench's loop; who may not read it works on without.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeAlias

from bench.events.device import ProblemCleared, ProblemRaised
from bench.events.usb import KernelUnheard
from bench.identity.identifiers import UsbPath
from bench.identity.plain import plain
from bench.ports import Post
from bench.problems import Problem, ProblemCode
from hardware.usb.device import UsbDevice
from hardware.usb.kernel_log import Fresh, Refusal, SlotLimit, meaning, parse_records

KERNEL_LOG = Path("/dev/kmsg")
FADE = 600.0
"""Seconds after which a refusal that is not repeated no longer stands: nothing says that what was
refused was pulled out."""
SETTLE = 15.0
"""Seconds that the kernel has for another try before what it said of the last one is over: it
makes up to four, and waits five seconds for an answer (drivers/usb/core/hub.c)."""
RETRY = 30.0
_RECORD = 8192
"""Bytes that hold any record; a shorter buffer loses it (Linux, kernel/printk/printk.c)."""
_BATCH = 64
"""Records that are read before anything else on the loop has its turn."""

Standing: TypeAlias = tuple[ProblemCode, str]
LimitLearned: TypeAlias = Callable[[str, int], None]
"""Told the name of a host controller, and how many devices it can have."""
TwinOf: TypeAlias = Callable[[UsbPath], UsbPath | None]
"""Asked for the port that is the other half of the same socket; None where it is not known."""


class KernelRefusals:
    """Implements `bench.ports.Watcher` on the kernel's log.

    A refusal is a problem at its port until something is read from that port or from the other
    half of its socket (`twin` names it), it or the hub above it is emptied, or `fade` seconds pass.
    `on_limit` hears what the kernel says a controller can bear.
    """

    def __init__(
        self,
        log: Path = KERNEL_LOG,
        *,
        on_limit: LimitLearned | None = None,
        twin: TwinOf = lambda _: None,
        fade: float = FADE,
        settle: float = SETTLE,
        retry: float = RETRY,
    ) -> None:
        self._log = log
        self._on_limit = on_limit
        self._twin = twin
        self._fade = fade
        self._settle = settle
        self._retry = retry
        self._standing: dict[Standing, asyncio.TimerHandle] = {}
        self._unheard = ""
        self._post: Post | None = None

    async def follow(self, post: Post) -> None:
        """Post refusals until cancelled."""
        self._post = post
        try:
            while True:
                try:
                    await self._listen(post)
                except OSError as error:
                    self._tell_unheard(plain(error.strerror or str(error)), post)
                await asyncio.sleep(self._retry)
        finally:
            for timer in self._standing.values():
                timer.cancel()
            self._standing.clear()

    def on_device(self, path: UsbPath, device: UsbDevice | None) -> None:
        """Learn that a device came up on a port, which ends all refusals there, or left it.

        What left may be a hub, with every port that it had; of the port itself it says nothing:
        a device that the kernel tries again comes and goes.
        """
        if device is None:
            self._clear_below(path)
        elif device.configuration:
            self._clear(self._socket(path).__contains__)

    async def _listen(self, post: Post) -> None:
        """Read until the log ends, which a kernel's never does."""
        ended = asyncio.Event()
        with _opened(self._log) as log:
            loop = asyncio.get_running_loop()
            loop.add_reader(log, self._read, log, ended, post)
            try:
                await ended.wait()
            finally:
                loop.remove_reader(log)
        self._tell_unheard("the log ended", post)

    def _read(self, log: int, ended: asyncio.Event, post: Post) -> None:
        for _ in range(_BATCH):
            try:
                data = os.read(log, _RECORD)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in (errno.EPIPE, errno.EINVAL):  # records were lost; go on
                    continue
                data = b""
            if not data:
                asyncio.get_running_loop().remove_reader(log)  # or it would be called for ever
                ended.set()
                return
            self._unheard = ""
            self._take(data, post)

    def _take(self, data: bytes, post: Post) -> None:
        for record in parse_records(data):
            match meaning(record):
                case Refusal() as refusal:
                    self._stand(refusal, post)
                case Fresh(path=path, is_gone=True):
                    self._clear(self._socket(path).__contains__)
                    self._clear_below(path)
                case Fresh(path=path):
                    self._wait_and_see(str(path))
                case SlotLimit() as limit if self._on_limit:
                    self._on_limit(limit.controller, limit.devices)
                case _:
                    pass

    def _stand(self, refusal: Refusal, post: Post) -> None:
        key = (refusal.code, str(refusal.where))
        if key not in self._standing:
            post(ProblemRaised(Problem(*key, refusal.text)))
        self._end_in(self._fade, key)

    def _wait_and_see(self, where: str) -> None:
        for key in [key for key in self._standing if key[1] == where]:
            self._end_in(self._settle, key)

    def _end_in(self, seconds: float, key: Standing) -> None:
        if timer := self._standing.get(key):
            timer.cancel()
        self._standing[key] = asyncio.get_running_loop().call_later(seconds, self._end, key)

    def _socket(self, path: UsbPath) -> frozenset[str]:
        """The names of a socket: that of the port, and that of its other half if it is known."""
        return frozenset(str(half) for half in (path, self._twin(path)) if half)

    def _clear_below(self, hub: UsbPath) -> None:
        self._clear(lambda where: where.startswith(f"{hub}."))

    def _clear(self, is_over: Callable[[str], bool]) -> None:
        for key in [key for key in self._standing if is_over(key[1])]:
            self._end(key)

    def _end(self, key: Standing) -> None:
        self._standing.pop(key).cancel()
        if self._post:
            self._post(ProblemCleared(*key))

    def _tell_unheard(self, reason: str, post: Post) -> None:
        if reason != self._unheard:
            self._unheard = reason
            post(KernelUnheard(reason))


@contextmanager
def _opened(place: Path) -> Iterator[int]:
    """Open a log behind its last record: what is wrong now is seen in sysfs, not in history."""
    log = os.open(place, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        with suppress(OSError):  # what cannot be wound forward has no history
            os.lseek(log, 0, os.SEEK_END)
        yield log
    finally:
        os.close(log)
