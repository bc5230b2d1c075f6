"""Files on their way to a handset: the answer is listened for while the bytes still go out.

A handset may refuse in the middle (no room left) and hang up, so the answer alone decides.
Source of the sync protocol: AOSP `packages/modules/adb/SYNC.TXT`.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bench.identity.plain import plain
from bench.ports import HandsetRefusalError, Progress
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.adb.source_file import SourceFile
from hardware.adb.tasks import together
from hardware.adb.wire import Wire

CHUNK = 64 << 10
"""Most bytes of one block of the sync protocol."""
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
        source = await SourceFile.of(self.source)
        await self.wire.use(transport, "sync:")
        name = f"{target},{_MODE}".encode("utf-8", "replace")
        await self.wire.send(_BLOCK.pack(b"SEND", len(name)) + name)
        done = _BLOCK.pack(b"DONE", source.modified)
        await self._converse(self._pour(source, _sync_block, done), self._hear_sync())
        self.progress(1.0)

    async def install(self, transport: int) -> None:
        """Stream the package into the handset's package installer."""
        source = await SourceFile.of(self.source)
        await self.wire.use(transport, f"exec:cmd package install -S {source.size}")
        await self._converse(self._pour(source, bytes, b""), self._hear_installer())
        self.progress(1.0)

    async def _converse(self, sending: Awaitable[None], hearing: Awaitable[_T]) -> _T:
        async with together() as group:
            sender = group.create_task(_quietly(sending))
            answer = await hearing
            sender.cancel()
        return answer

    async def _pour(self, source: SourceFile, wrap: Callable[[bytes], bytes], end: bytes) -> None:
        sent = 0
        async with aclosing(source.chunks(CHUNK)) as chunks:
            async for chunk in chunks:
                await self.wire.send(wrap(chunk))
                self.wire.allow(self.stall)
                sent += len(chunk)
                if sent < source.size:
                    self.progress(sent / source.size)
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
        said = _text(await self.wire.rest(_ANSWER_LIMIT))
        answer = said.strip()
        if answer.startswith("Success"):
            return
        if not said.endswith("\n") and len(said) < _ANSWER_LIMIT:  # cut off in mid-word
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


def _sync_block(chunk: bytes) -> bytes:
    return _BLOCK.pack(b"DATA", len(chunk)) + chunk


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
