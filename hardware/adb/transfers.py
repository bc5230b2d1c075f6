"""Files on their way to a handset: the answer is listened for while the bytes still go out.

A handset may refuse in the middle (no room left) and hang up, so the answer alone decides.
Source of the sync protocol: AOSP `packages/modules/adb/SYNC.TXT`.
"""

from __future__ import annotations

import asyncio
import re
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bench.identity.plain import plain
from bench.ports import HandsetRefusalError, Progress
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.adb.tasks import together
from hardware.adb.wire import Wire

CHUNK = 64 << 10
"""Most bytes of one block of the sync protocol."""
_READ = 1 << 20
_REASON_LIMIT = 200
_ANSWER_LIMIT = 64 << 10
_BLOCK = struct.Struct("<4sI")
_MODE = 0o100644
_FAILURE = re.compile(r"Failure \[([^\n]*)\]")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Transfer:
    """One file on its way: over which wire, who is told, and how long a standstill may last.

    `stall` is the longest time in seconds in which nothing moves, `verdict` the longest wait for
    the handset's answer once all is sent.
    """

    wire: Wire
    source: Path
    progress: Progress
    stall: float
    verdict: float

    async def push(self, transport: int, target: str) -> None:
        """Copy the file to `target` on the handset."""
        size, modified = await asyncio.to_thread(_measure, self.source)
        await self.wire.use(transport, "sync:")
        name = f"{target},{_MODE}".encode("utf-8", "replace")
        await self.wire.send(_BLOCK.pack(b"SEND", len(name)) + name)
        done = _BLOCK.pack(b"DONE", modified)
        await self._converse(self._pour(size, _sync_block, done), self._hear_sync())
        self.progress(1.0)

    async def install(self, transport: int) -> None:
        """Stream the package into the handset's package installer."""
        size, _ = await asyncio.to_thread(_measure, self.source)
        await self.wire.use(transport, f"exec:cmd package install -S {size}")
        await self._converse(self._pour(size, bytes, b""), self._hear_installer())
        self.progress(1.0)

    async def _converse(self, sending: Awaitable[None], hearing: Awaitable[_T]) -> _T:
        async with together() as group:
            sender = group.create_task(_quietly(sending))
            answer = await hearing
            sender.cancel()
        return answer

    async def _pour(self, size: int, wrap: Callable[[bytes], bytes], end: bytes) -> None:
        sent = 0
        async for chunk in _chunks(self.source, size):
            await self.wire.send(wrap(chunk))
            self.wire.allow(self.stall)
            sent += len(chunk)
            if sent < size:
                self.progress(sent / size)
        await self.wire.send(end)
        self.wire.allow(self.verdict)

    async def _hear_sync(self) -> None:
        verdict, length = _BLOCK.unpack(await self.wire.exactly(_BLOCK.size))
        match verdict:
            case b"OKAY":
                return
            case b"FAIL":
                reason = await self.wire.exactly(min(length, _ANSWER_LIMIT))
                raise HandsetRefusalError(plain(_text(reason), _REASON_LIMIT))
            case _:
                self.wire.garbled()

    async def _hear_installer(self) -> None:
        answer = _text(await self.wire.rest(_ANSWER_LIMIT)).strip()
        if answer.startswith("Success"):
            return
        if not answer:
            raise ProblemError(Problem(ProblemCode.LINK_LOST))
        failure = _FAILURE.search(answer)
        raise HandsetRefusalError(plain(failure[1] if failure else answer, _REASON_LIMIT))


async def _quietly(sending: Awaitable[None]) -> None:
    """Send; a link that breaks meanwhile is told by the answer that does not come."""
    try:
        await sending
    except ProblemError as error:
        if error.problem.code != ProblemCode.LINK_LOST:
            raise


async def _chunks(source: Path, size: int) -> AsyncIterator[bytes]:
    """Read exactly `size` bytes, in a thread: a slow disk must not hold up the other slots."""
    try:
        file = await asyncio.to_thread(source.open, "rb")
    except OSError as error:
        raise _unreadable(source, error.strerror) from None
    with file:
        while size > 0:
            try:
                data = await asyncio.to_thread(file.read, min(_READ, size))
            except OSError as error:
                raise _unreadable(source, error.strerror) from None
            if not data:
                raise _unreadable(source, "it became shorter while it was sent")
            size -= len(data)
            for start in range(0, len(data), CHUNK):
                yield data[start : start + CHUNK]


def _measure(source: Path) -> tuple[int, int]:
    """Return size in bytes and time of change in whole seconds, as the sync protocol has them."""
    try:
        status = source.stat()
    except OSError as error:
        raise _unreadable(source, error.strerror) from None
    return status.st_size, max(0, min(int(status.st_mtime), 0xFFFFFFFF))


def _unreadable(source: Path, reason: str | None) -> ProblemError:
    return ProblemError(Problem(ProblemCode.PROFILE_UNUSABLE, str(source), plain(reason or "")))


def _sync_block(chunk: bytes) -> bytes:
    return _BLOCK.pack(b"DATA", len(chunk)) + chunk


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
