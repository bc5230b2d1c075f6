"""The packets of the ADB transport protocol, as they lie on the wire.

Source: AOSP `packages/modules/adb/protocol.txt`. A header of six little-endian words, then the
payload. What does not fit ends the link: nothing after a bad header can be trusted.
"""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

VERSION = 0x01000001
"""What the handset speaks: from this version on nobody fills in or checks the checksum."""
VERSION_WITH_CHECKSUM = 0x01000000
MAX_PAYLOAD = 1024 * 1024
"""Most bytes in one packet, both ways."""
FEATURES = "shell_v2,cmd,stat_v2,fixed_push_mkdir"
"""What of the newer services a handset offers, as it says in its banner."""
_OLD_MAX_PAYLOAD = 4096
_HEADER = struct.Struct("<6I")
_MASK = 0xFFFFFFFF


class BrokenLinkError(Exception):
    """The link is gone, or what came over it is no ADB: either way it ends here."""


class Command(IntEnum):
    """The commands; the value is the four letters as a little-endian word."""

    CNXN = 0x4E584E43
    AUTH = 0x48545541
    OPEN = 0x4E45504F
    OKAY = 0x59414B4F
    CLSE = 0x45534C43
    WRTE = 0x45545257


class Auth(IntEnum):
    """What an AUTH packet carries (its first argument)."""

    TOKEN = 1
    SIGNATURE = 2
    PUBLIC_KEY = 3


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet; the meaning of the arguments depends on the command."""

    command: int
    arg0: int
    arg1: int
    payload: bytes = b""

    def encode(self, peer_version: int) -> bytes:
        """Return the bytes for a peer of that version; an old one wants the checksum."""
        checksum = 0 if peer_version >= VERSION else sum(self.payload) & _MASK
        words = (self.command, self.arg0, self.arg1, len(self.payload), checksum)
        return _HEADER.pack(*words, self.command ^ _MASK) + self.payload


@dataclass(frozen=True, slots=True)
class Peer:
    """What the adb server said of itself in CNXN; until then the least that anyone speaks."""

    version: int = VERSION_WITH_CHECKSUM
    max_payload: int = _OLD_MAX_PAYLOAD

    @classmethod
    def of(cls, packet: Packet) -> Peer:
        """Return what a CNXN packet says, cut to what the handset speaks."""
        if packet.arg1 == 0:
            raise BrokenLinkError("a peer that takes no payload")
        return cls(min(packet.arg0, VERSION), min(packet.arg1, MAX_PAYLOAD))


class Incoming(Protocol):
    """The bytes that come from an adb server, whatever they come over."""

    async def readexactly(self, n: int, /) -> bytes:
        """Return so many; `asyncio.IncompleteReadError` or `OSError` when no more will come."""
        ...


class Outgoing(Protocol):
    """Where packets go to an adb server."""

    def write(self, data: bytes, /) -> None:
        """Take one whole packet."""
        ...

    async def drain(self) -> None:
        """Wait while too much is on its way; `OSError` when the way is gone."""
        ...


async def read_packet(reader: Incoming, peer: Peer) -> Packet:
    """Return the next packet, or raise `BrokenLinkError`; never holds more than one payload."""
    try:
        head = _HEADER.unpack(await reader.readexactly(_HEADER.size))
        command, arg0, arg1, length, checksum, magic = head
        if magic != command ^ _MASK or length > MAX_PAYLOAD:
            raise BrokenLinkError("not an ADB header")
        packet = Packet(command, arg0, arg1, await reader.readexactly(length))
    except (asyncio.IncompleteReadError, OSError) as error:
        raise BrokenLinkError("the link is gone") from error
    version = arg0 if command == Command.CNXN else peer.version
    if version < VERSION and checksum != sum(packet.payload) & _MASK:
        raise BrokenLinkError("the checksum does not fit")
    return packet
