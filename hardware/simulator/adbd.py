"""The handset's side of one ADB link: from CNXN and the question of trust to the last packet.

Only bytes come in here, from anyone: whatever they are, the link ends or goes on, and nothing
grows with what a peer sends.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import NoReturn

from hardware.simulator.faults import DropLink
from hardware.simulator.handset import SimulatedHandset
from hardware.simulator.packets import (
    FEATURES,
    MAX_PAYLOAD,
    VERSION,
    Auth,
    BrokenLinkError,
    Command,
    Incoming,
    Outgoing,
    Packet,
    Peer,
    read_packet,
)
from hardware.simulator.services import is_known, serve
from hardware.simulator.streams import Stream, StreamClosedError
from hardware.simulator.timing import Work
from hardware.simulator.trust import TOKEN_SIZE, PublicKey, TrustDialog

_MOST_STREAMS = 128
_BANNER_VALUE = 1024


class Link:
    """One connection from an adb server to a handset; `abort` breaks it at once."""

    def __init__(
        self,
        handset: SimulatedHandset,
        reader: Incoming,
        writer: Outgoing,
        abort: Callable[[], None],
    ) -> None:
        self._handset, self._reader, self._writer = handset, reader, writer
        self._abort = abort
        self._peer = Peer()
        self._authorised = not handset.secure
        self._token = os.urandom(TOKEN_SIZE)
        self._dialog: TrustDialog | None = None
        self._streams: dict[int, tuple[Stream, asyncio.Task[None]]] = {}
        self._opened = 0

    @property
    def max_payload(self) -> int:
        """Most bytes that the adb server takes in one packet."""
        return self._peer.max_payload

    async def run(self) -> None:
        """Serve until the link is lost; its services end with it."""
        self._handset.links.add(self.cut)
        try:
            async with asyncio.TaskGroup() as self._tasks:
                await self._read()
        except* BrokenLinkError:
            pass
        finally:
            self._handset.links.discard(self.cut)
            self._handset.close_dialog(self._dialog)
            self.cut()

    def cut(self) -> None:
        """Lose the link at once, as when the cable is pulled."""
        self._abort()

    async def send(self, command: Command, arg0: int, arg1: int, payload: bytes = b"") -> None:
        """Send a packet, waiting while the connection is full."""
        try:
            self._writer.write(Packet(command, arg0, arg1, payload).encode(self._peer.version))
            await self._writer.drain()
        except OSError as error:
            raise BrokenLinkError("the link is gone") from error

    async def _read(self) -> NoReturn:
        while True:
            await self._take(await read_packet(self._reader, self._peer))

    async def _take(self, packet: Packet) -> None:
        match packet.command:
            case Command.CNXN:
                await self._connect(Peer.of(packet))
            case Command.AUTH:
                await self._authenticate(packet)
            case Command.OPEN if self._authorised:
                await self._open(packet)
            case Command.WRTE | Command.OKAY | Command.CLSE if packet.arg1 in self._streams:
                self._pass_on(packet)
            case _:
                return  # as adbd does: what is unknown or too late is dropped

    # trust
    async def _connect(self, peer: Peer) -> None:
        for _stream, task in self._streams.values():
            task.cancel()
        self._streams.clear()
        self._peer = peer
        await (self._welcome() if self._authorised else self._challenge())

    async def _welcome(self) -> None:
        self._authorised = True
        banner = _banner(self._handset)[: self._peer.max_payload]
        await self.send(Command.CNXN, VERSION, MAX_PAYLOAD, banner)

    async def _challenge(self) -> None:
        self._token = os.urandom(TOKEN_SIZE)
        await self.send(Command.AUTH, Auth.TOKEN, 0, self._token)

    async def _authenticate(self, packet: Packet) -> None:
        match packet.arg0:
            case _ if self._authorised:
                return
            case Auth.SIGNATURE:
                keys = self._handset.authorised_keys
                trusted = any(key.signed(self._token, packet.payload) for key in keys)
                await (self._welcome() if trusted else self._challenge())
            case Auth.PUBLIC_KEY if self._dialog is None:
                self._dialog = self._handset.open_dialog(PublicKey.parse(packet.payload))
                self._tasks.create_task(self._await_technician(self._dialog))
            case _:
                return

    async def _await_technician(self, dialog: TrustDialog) -> None:
        await dialog.accepted.wait()
        await self._welcome()

    # streams
    async def _open(self, packet: Packet) -> None:
        self._opened += 1
        if self._handset.faults.take(DropLink, lambda fault: self._opened > fault.after):
            raise BrokenLinkError("dropped by a fault")
        destination = packet.payload.rstrip(b"\0").decode("utf-8", "surrogateescape")
        if len(self._streams) >= _MOST_STREAMS or not is_known(destination):
            await self.send(Command.CLSE, 0, packet.arg0)
            return
        local, stream = self._opened, Stream(self, self._opened, packet.arg0)
        await self.send(Command.OKAY, local, packet.arg0)
        task = self._tasks.create_task(self._serve(local, stream, destination))
        self._streams[local] = stream, task

    async def _serve(self, local: int, stream: Stream, destination: str) -> None:
        work = Work(self._handset.timing, self._handset.tally)
        try:
            await serve(self._handset, stream, destination, work)
        except StreamClosedError:
            pass
        finally:
            still_open = self._streams.pop(local, None)
        if still_open:
            await self.send(Command.CLSE, local, stream.remote)

    def _pass_on(self, packet: Packet) -> None:
        stream, task = self._streams[packet.arg1]
        match packet.command:
            case _ if packet.arg0 not in (0, stream.remote):
                return
            case Command.WRTE:
                stream.arrive(packet.payload)
            case Command.OKAY:
                stream.acknowledge()
            case _:
                del self._streams[packet.arg1]
                stream.close()
                task.cancel()


def _banner(handset: SimulatedHandset) -> bytes:
    names = ("ro.product.name", "ro.product.model", "ro.product.device")
    said = "".join(f"{n}={handset.properties.get(n, '')[:_BANNER_VALUE]};" for n in names)
    return f"{handset.mode}::{said}features={FEATURES}".encode("utf-8", "surrogateescape")
