"""One open descriptor of a handset's device node, as the kernel's usbfs answers for it.

An adb server claims the ADB interface, submits transfers and waits for any of them to be over. The
preload holds a lock of the node while a call is out, so no call is kept long: a wait that brings
nothing is answered EINTR, as if a signal had come, and the server asks again.
"""

from __future__ import annotations

import asyncio
import errno
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Protocol

from hardware.simulator.usbfs import usbdevfs
from hardware.simulator.usbfs.descriptors import Bulk
from hardware.simulator.usbfs.pipes import Pipes
from hardware.simulator.usbfs.transfers import Transfers
from hardware.simulator.usbfs.usbdevfs import Ioctl, Reaped, Urb, interface_number
from hardware.simulator.usbfs.words import MOST_FETCHED, Call, Caller, GarbledError, Request

_BUSY_WAIT, _IDLE_WAIT = 0.002, 0.040
"""Seconds that a wait is kept: a transfer that the server wants to submit meanwhile waits too."""
_BUSY_FOR = 0.25
"""Seconds after a transfer in which another one is likely."""
_OPCODE_LIMIT = 0xFFFFFFFF


class Plug(Protocol):
    """The handset as usbfs sees it: plugged in or not, with ADB or not, claimed by one at most."""

    @property
    def is_in(self) -> bool:
        """Whether it is still plugged in."""
        ...

    @property
    def descriptors(self) -> bytes:
        """What is read from the node."""
        ...

    @property
    def bulk(self) -> Bulk | None:
        """Where ADB is."""
        ...

    def claim(self, news: Callable[[], None]) -> Pipes | None:
        """Begin to speak ADB; None while somebody else does."""
        ...

    def release(self, pipes: Pipes) -> None:
        """End it."""
        ...


class OpenNode:
    """Answers one program for as long as it has the node open."""

    def __init__(self, plug: Plug, caller: Caller) -> None:
        self._plug, self._caller = plug, caller
        self._pipes: Pipes | None = None
        self._transfers: Transfers | None = None
        self._position = 0
        self._news = asyncio.Event()
        self._last_transfer = 0.0
        self._answers: Mapping[int, Callable[[int], Awaitable[None]]] = {
            Ioctl.CLAIM_INTERFACE: self._claim,
            Ioctl.DISCONNECT_CLAIM: self._claim,
            Ioctl.RELEASE_INTERFACE: self._release,
            Ioctl.SUBMIT_URB: self._submit,
            Ioctl.REAP_URB: self._reap,
            Ioctl.REAP_URB_NOW: self._reap_now,
            Ioctl.DISCARD_URB: self._discard,
            Ioctl.RESET: self._reset,
            Ioctl.CLEAR_HALT: self._nothing,
            Ioctl.GET_CAPABILITIES: self._capabilities,
            Ioctl.GET_SPEED: self._speed,
            Ioctl.GET_DRIVER: self._driver,
        }

    async def serve(self) -> None:
        """Answer until the program closes the node, dies, or says what no preload says."""
        with suppress(GarbledError, OSError):
            while request := await self._caller.request():
                await self._answer(request)

    def close(self) -> None:
        """Give back what was claimed."""
        if self._pipes is not None:
            self._plug.release(self._pipes)
        self._pipes = self._transfers = None

    async def _answer(self, request: Request) -> None:
        if not self._plug.is_in:
            await self._caller.fail(errno.ENODEV)
            return
        match request.call:
            case Call.READ:
                await self._read(request.first, request.second)
            case Call.WRITE:
                await self._caller.fail(errno.EINVAL)
            case Call.IOCTL:
                await self._ioctl(request.first & _OPCODE_LIMIT, request.second)

    async def _read(self, address: int, count: int) -> None:
        data = self._plug.descriptors[self._position : self._position + count]
        self._position += len(data)
        self._caller.store(address, data)
        await self._caller.done(len(data))

    async def _ioctl(self, number: int, argument: int) -> None:
        answer = self._answers.get(number)
        if answer is None:
            await self._caller.fail(errno.ENOTTY)  # as the kernel does
        else:
            await answer(argument)

    async def _claim(self, argument: int) -> None:
        memory = await self._caller.fetch(argument, usbdevfs.INTERFACE_SIZE)
        bulk = self._plug.bulk
        if bulk is None or interface_number(memory) != bulk.interface:
            await self._caller.fail(errno.ENOENT)
            return
        if self._pipes is None:
            self._pipes = self._plug.claim(self._news.set)
        if self._pipes is None:
            await self._caller.fail(errno.EBUSY)
            return
        self._transfers = self._transfers or Transfers(self._pipes)
        await self._caller.done()

    async def _submit(self, address: int) -> None:
        urb = Urb.parse(address, await self._caller.fetch(address, usbdevfs.URB_SIZE))
        if (error := self._refusal(urb)) or self._transfers is None:
            await self._caller.fail(error)
            return
        if urb.is_in:
            self._transfers.ask(urb)
        else:
            self._transfers.bring(urb, await self._caller.fetch(urb.buffer, urb.length))
        self._touch()
        await self._caller.done()

    def _refusal(self, urb: Urb) -> int:
        """Return why a transfer is not begun, as an errno, or 0."""
        bulk = self._plug.bulk
        if bulk is None or self._transfers is None:
            return errno.ENOENT
        if urb.endpoint not in (bulk.incoming, bulk.outgoing):
            return errno.ENOENT
        if urb.kind != usbdevfs.BULK or urb.length < 0:
            return errno.EINVAL
        return errno.ENOMEM if urb.length > MOST_FETCHED else 0

    async def _discard(self, address: int) -> None:
        if self._transfers is not None and self._transfers.discard(address):
            await self._caller.done()
        else:
            await self._caller.fail(errno.EINVAL)

    async def _release(self, _argument: int) -> None:
        self.close()
        await self._caller.done()

    async def _reset(self, _argument: int) -> None:
        if self._pipes is not None:
            self._pipes.cut()
        await self._caller.done()

    async def _capabilities(self, address: int) -> None:
        self._caller.store(address, usbdevfs.CAPABILITIES)
        await self._caller.done()

    async def _speed(self, _argument: int) -> None:
        await self._caller.done(usbdevfs.HIGH_SPEED)

    async def _driver(self, _argument: int) -> None:
        await self._caller.fail(errno.ENODATA)

    async def _nothing(self, _argument: int) -> None:
        await self._caller.done()

    async def _reap_now(self, address: int) -> None:
        await self._reap(address, may_wait=False)

    async def _reap(self, address: int, *, may_wait: bool = True) -> None:
        reaped = self._next()
        if reaped is None and may_wait and not self._is_broken:
            await self._wait()
            reaped = self._next()
        if not self._plug.is_in or (reaped is None and self._is_broken):
            await self._caller.fail(errno.ENODEV)
        elif reaped is None:
            await self._caller.fail(errno.EINTR if may_wait else errno.EAGAIN)
        else:
            await self._hand_over(reaped, address)

    async def _hand_over(self, reaped: Reaped, address: int) -> None:
        for place, data in reaped.memory():
            self._caller.store(place, data)
        self._caller.store(address, usbdevfs.POINTER.pack(reaped.urb.address))
        self._touch()
        await self._caller.done()

    def _next(self) -> Reaped | None:
        return self._transfers.reap() if self._transfers else None

    @property
    def _is_broken(self) -> bool:
        return self._pipes is not None and self._pipes.broken

    async def _wait(self) -> None:
        is_busy = time.monotonic() - self._last_transfer < _BUSY_FOR
        self._news.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(_BUSY_WAIT if is_busy else _IDLE_WAIT):
                await self._news.wait()

    def _touch(self) -> None:
        self._last_transfer = time.monotonic()
