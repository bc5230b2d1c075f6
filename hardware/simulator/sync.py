"""The file service of a simulated handset: stat, list, send, receive.

Source: AOSP `packages/modules/adb/SYNC.TXT` and `file_sync_protocol.h`. After a refusal the rest
of what was being sent is read and dropped, as adbd does, because old servers keep on sending.
"""

from __future__ import annotations

import stat
import struct

from hardware.simulator.faults import DropPush, NoSpace
from hardware.simulator.handset import SimulatedHandset
from hardware.simulator.packets import BrokenLinkError
from hardware.simulator.storage import FileStatus, FileWriter
from hardware.simulator.streams import ByteStream
from hardware.simulator.timing import Work

_HEAD = struct.Struct("<4sI")
_STAT = struct.Struct("<4sIII")
_STAT2 = struct.Struct("<4sIQQIIIIQqqq")
_DENT = struct.Struct("<4sIIII")
_LONGEST_PATH = 1024
_BLOCK = 64 * 1024


class SyncRefusedError(Exception):
    """The request cannot be met; the text goes to the other side, and the session ends."""


class Sync:
    """One session; a session may hold several requests."""

    def __init__(self, handset: SimulatedHandset, stream: ByteStream, work: Work) -> None:
        self._handset, self._stream, self._work = handset, stream, work
        self._modified = 0

    async def serve(self) -> None:
        """Answer requests until the other side quits."""
        try:
            while await self._request():
                pass
        except SyncRefusedError as refusal:
            await self._answer(b"FAIL", str(refusal).encode("utf-8", "surrogateescape"))

    async def _request(self) -> bool:
        ident, length = await self._head()
        if ident == b"QUIT":
            return False
        if length > _LONGEST_PATH:
            raise SyncRefusedError("path too long")
        path = (await self._stream.read_exactly(length)).decode("utf-8", "surrogateescape")
        match ident:
            case b"STAT":
                await self._stat(path)
            case b"STA2" | b"LST2":
                await self._stat2(ident, path)
            case b"LIST":
                await self._list(path)
            case b"RECV":
                await self._receive(path)
            case b"SEND":
                return await self._send(path)
            case _:
                raise SyncRefusedError(f"unknown command {ident.hex()}")
        return True

    async def _head(self) -> tuple[bytes, int]:
        ident, number = _HEAD.unpack(await self._stream.read_exactly(_HEAD.size))
        return ident, number

    async def _answer(self, ident: bytes, body: bytes = b"") -> None:
        await self._stream.write(_HEAD.pack(ident, len(body)) + body)

    # looking
    async def _stat(self, path: str) -> None:
        try:
            found = self._handset.storage.status(path)
        except OSError:
            found = FileStatus(0, 0, 0)
        size = min(found.size, 0xFFFFFFFF)
        await self._stream.write(_STAT.pack(b"STAT", found.mode, size, found.mtime))

    async def _stat2(self, ident: bytes, path: str) -> None:
        try:
            error, found = 0, self._handset.storage.status(path)
        except OSError as trouble:
            error, found = trouble.errno or 1, FileStatus(0, 0, 0)
        times = (found.mtime,) * 3
        await self._stream.write(
            _STAT2.pack(ident, error, 1, 1, found.mode, 1, 0, 0, found.size, *times)
        )

    async def _list(self, path: str) -> None:
        storage = self._handset.storage
        try:
            names = storage.names(path)
        except OSError:
            names = []
        entries = b"".join(_entry(name, storage.status(f"{path}/{name}")) for name in names)
        await self._stream.write(entries + _DENT.pack(b"DONE", 0, 0, 0, 0))

    # taking a file from the handset
    async def _receive(self, path: str) -> None:
        try:
            data = self._handset.storage.read(path)
        except OSError as error:
            raise SyncRefusedError(f"open failed: {error.strerror}") from error
        self._handset.note(f"pull {path}")
        for start in range(0, len(data), _BLOCK):
            await self._answer(b"DATA", data[start : start + _BLOCK])
        await self._answer(b"DONE")

    # bringing a file to the handset
    async def _send(self, path_and_mode: str) -> bool:
        path, _, mode = path_and_mode.rpartition(",")
        self._handset.note(f"push {path}")
        try:
            with FileWriter(self._handset.storage, path) as writer:
                mtime = await self._take_blocks(writer)
                writer.store(_regular(mode), mtime)
        except OSError as error:
            raise SyncRefusedError(f"couldn't create file: {error.strerror}") from error
        except SyncRefusedError as refusal:
            return await self._refuse_rest(refusal)
        await self._finish()
        await self._answer(b"OKAY")
        return True

    async def _take_blocks(self, writer: FileWriter) -> int:
        """Take the file; return when it was modified."""
        while (length := await self._next_block()) is not None:
            writer.feed(await self._stream.read_exactly(length))
            await self._work.moved(length)
            if self._handset.faults.take(DropPush, lambda fault: writer.size >= fault.after):
                raise BrokenLinkError("dropped by a fault")
            if self._handset.faults.take(NoSpace, lambda fault: writer.size > fault.after):
                raise SyncRefusedError("write failed: No space left on device")
        return self._modified

    async def _next_block(self) -> int | None:
        """Return the length of the next block, or None at the end of the file."""
        ident, number = await self._head()
        match ident:
            case b"DONE":
                self._modified = number
                return None
            case b"DATA" if number <= _BLOCK:
                return number
            case b"DATA":
                raise SyncRefusedError("oversize data message")
            case _:
                raise SyncRefusedError("unexpected message")

    async def _refuse_rest(self, refusal: SyncRefusedError) -> bool:
        await self._finish()
        await self._answer(b"FAIL", str(refusal).encode())
        while (length := await self._next_block()) is not None:
            await self._stream.read_exactly(length)
        return False

    async def _finish(self) -> None:
        await self._work.finish()
        self._work = Work(self._work.timing, self._work.tally)


def _regular(mode: str) -> int:
    number = int(mode) if mode.isascii() and mode.isdigit() and len(mode) < 8 else 0o644  # noqa: PLR2004 - as many as a mode can have
    if stat.S_ISLNK(number):
        raise SyncRefusedError("symlink failed: Operation not permitted")
    return number


def _entry(name: str, status: FileStatus) -> bytes:
    raw = name.encode("utf-8", "surrogateescape")
    size = min(status.size, 0xFFFFFFFF)
    return _DENT.pack(b"DENT", status.mode, size, status.mtime, len(raw)) + raw
