"""What an adb server can open on a handset, and how each is answered."""

from __future__ import annotations

import struct

from hardware.simulator.handset import SimulatedHandset
from hardware.simulator.packets import BrokenLinkError
from hardware.simulator.shell import Shell
from hardware.simulator.streams import ByteStream
from hardware.simulator.sync import Sync
from hardware.simulator.timing import Work
from hardware.simulator.toolbox import Reply

_KNOWN = ("shell", "exec", "sync", "reboot")
_OUT, _ERR, _EXIT = 1, 2, 3


def is_known(destination: str) -> bool:
    """Whether the handset has such a service."""
    return _name(destination)[0] in _KNOWN and ":" in destination


async def serve(
    handset: SimulatedHandset, stream: ByteStream, destination: str, work: Work
) -> None:
    """Serve one opened stream to its end; `BrokenLinkError` when the handset goes away."""
    await work.begin()
    argument = destination.partition(":")[2]
    match _name(destination):
        case ["shell", *options] if "v2" in options:
            await stream.write(_shell_v2(await _shell(handset, None, argument, work)))
        case ["shell" | "exec", *_]:
            reply = await _shell(handset, stream, argument, work)
            await stream.write(reply.out + reply.err)
        case ["sync"]:
            await Sync(handset, stream, work).serve()
        case _:
            handset.note(f"reboot {argument}")
            raise BrokenLinkError("rebooting")


def _name(destination: str) -> list[str]:
    return destination.partition(":")[0].split(",")


async def _shell(
    handset: SimulatedHandset, stdin: ByteStream | None, line: str, work: Work
) -> Reply:
    shell = Shell(handset, stdin, work)
    reply = await shell.run(line)
    if not shell.asked_identity:
        await work.finish()
    return reply


def _shell_v2(reply: Reply) -> bytes:
    """Source: AOSP `shell_protocol.h`: one byte of kind, four of length, then the data."""
    parts = ((_OUT, reply.out), (_ERR, reply.err), (_EXIT, bytes([reply.code])))
    return b"".join(struct.pack("<BI", kind, len(data)) + data for kind, data in parts if data)
