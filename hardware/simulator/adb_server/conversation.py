"""One conversation with a simulated ADB server, from the first request to hanging up."""

from __future__ import annotations

import asyncio
import struct
from contextlib import suppress
from typing import Protocol

from hardware.simulator.adb_server.client_stream import ClientStream
from hardware.simulator.adb_server.faults import HungUpError, ServerFault, Voice
from hardware.simulator.adb_server.listing import (
    NotSelectedError,
    PluggedHandset,
    listing,
    selected,
)
from hardware.simulator.faults import DropLink
from hardware.simulator.packets import FEATURES, BrokenLinkError
from hardware.simulator.services import is_known, serve
from hardware.simulator.streams import StreamClosedError
from hardware.simulator.timing import Work

_OKAY = b"OKAY"
_TRANSPORT = struct.Struct("<Q")
_LINGER_S = 1.0


class Desk(Protocol):
    """The server, as a conversation sees it."""

    version: int
    faults: list[ServerFault]
    plugged: list[PluggedHandset]
    asked: list[str]

    def unplug(self, plugged: PluggedHandset) -> None:
        """Take a handset off the list."""
        ...

    def hang_up(self) -> None:
        """Break every conversation off."""
        ...

    async def change(self) -> None:
        """Wait until the list changes."""
        ...


class RefusedError(Exception):
    """The server answers FAIL; the text is the reason."""


class Conversation:
    """One connection of a client."""

    def __init__(
        self, desk: Desk, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._desk, self._reader, self._writer = desk, reader, writer
        self._voice = Voice(writer, desk.faults)
        self._target: PluggedHandset | None = None

    async def run(self) -> None:
        """Answer until one side hangs up."""
        try:
            while await self._answer(await self._request()):
                pass
            await self._linger()
        except (RefusedError, NotSelectedError) as refusal:
            await self._refuse(str(refusal))
        except (HungUpError, StreamClosedError, BrokenLinkError):
            pass
        finally:
            self._writer.close()

    async def _request(self) -> str:
        try:
            length = int(await self._reader.readexactly(4), 16)
            return (await self._reader.readexactly(length)).decode("utf-8", "surrogateescape")
        except (asyncio.IncompleteReadError, OSError, ValueError) as error:
            raise HungUpError from error

    async def _answer(self, service: str) -> bool:
        """Answer one request; False when it was the last."""
        self._desk.asked.append(service)
        if refusal := self._voice.answers(service):
            raise RefusedError(refusal.reason)
        if self._target is not None:
            await self._open(self._target, service)
            return False
        whom, _, question = service.partition(":")
        match whom, question:
            case "host", _ if question.startswith(("transport", "tport:")):
                await self._select(question)
                return True
            case "host", "kill":
                await self._say(_OKAY)
                self._desk.hang_up()
            case "host", _ if question.startswith("track-devices"):
                await self._track(is_long=question.endswith("-l"))
            case "host", _:
                await self._say(_OKAY + _block(self._of_server(question)))
            case _:
                await self._say(_OKAY + _block(self._of_handset(whom, question)))
        return False

    async def _say(self, data: bytes) -> None:
        await self._voice.say(data)

    def _of_server(self, question: str) -> str:
        match question:
            case "version":
                return f"{self._desk.version:04x}"
            case "devices" | "devices-l":
                return listing(self._desk.plugged, is_long=question.endswith("-l"))
            case "features" | "host-features":
                return FEATURES
            case _:
                return self._of_handset("host-any", question)

    def _of_handset(self, whom: str, question: str) -> str:
        """Answer `host-serial:SERIAL:get-state` and its like."""
        target, _, asked = question.rpartition(":")
        kind = whom.removeprefix("host-")
        plugged = selected(self._desk.plugged, f"{kind}:{target}")
        answers = {
            "features": FEATURES,
            "get-state": plugged.state,
            "get-serialno": plugged.serial,
            "get-devpath": plugged.port,
        }
        if asked not in answers:
            raise RefusedError("unknown host service")
        return answers[asked]

    async def _select(self, question: str) -> None:
        target = question.removeprefix("tport:")
        self._target = selected(self._desk.plugged, target)
        wants_number = question.startswith("tport:")
        number = _TRANSPORT.pack(self._target.transport) if wants_number else b""
        await self._say(_OKAY + number)

    async def _track(self, *, is_long: bool) -> None:
        await self._say(_OKAY)
        while True:
            await self._say(_block(listing(self._desk.plugged, is_long=is_long)))
            await self._desk.change()

    async def _open(self, plugged: PluggedHandset, service: str) -> None:
        """Serve a stream to a handset; one that goes away is off the list."""
        handset = plugged.handset
        plugged.opened += 1
        if plugged not in self._desk.plugged or not is_known(service):
            raise RefusedError("closed")
        if handset.faults.take(DropLink, lambda fault: plugged.opened > fault.after):
            self._desk.unplug(plugged)
            raise RefusedError("closed")
        await self._say(_OKAY)
        try:
            await serve(
                handset,
                ClientStream(self._reader, self._voice),
                service,
                Work(handset.timing, handset.tally),
            )
        except BrokenLinkError:
            self._desk.unplug(plugged)
            raise

    async def _refuse(self, reason: str) -> None:
        with suppress(HungUpError):
            await self._say(b"FAIL" + _block(reason))
            await self._linger()

    async def _linger(self) -> None:
        """Let the client hang up first: what is unread would reset what was said last."""
        with suppress(OSError, TimeoutError):
            self._writer.write_eof()
            async with asyncio.timeout(_LINGER_S):
                while await self._reader.read(1 << 16):
                    pass


def _block(text: str) -> bytes:
    data = text.encode("utf-8", "surrogateescape")
    return b"%04x%s" % (len(data), data)
