"""A command on a handset: the packets of the second shell protocol, read until its exit code.

Source: AOSP `packages/modules/adb/shell_protocol.h`: one byte of kind, a little-endian length,
then as many bytes.
"""

from __future__ import annotations

import struct
from enum import IntEnum

from bench.ports import HandsetRefusalError, ShellReply
from hardware.adb.wire import Wire

OUTPUT_LIMIT = 4 << 20
"""Most bytes taken of both outputs together; no command of a bench says more."""
_HEADER = struct.Struct("<BI")


class _Kind(IntEnum):
    STDOUT = 1
    STDERR = 2
    EXIT = 3
    CLOSE_STDIN = 4


async def run(wire: Wire, transport: int, command: str) -> ShellReply:
    """Run a command line of the handset's shell; it finds its input at an end.

    Only an exit packet ends it well: a link lost before one is a `ProblemError`.
    """
    await wire.use(transport, f"shell,v2,raw:{command}")
    await wire.send(_HEADER.pack(_Kind.CLOSE_STDIN, 0))
    outputs = {_Kind.STDOUT: bytearray(), _Kind.STDERR: bytearray()}
    room = OUTPUT_LIMIT
    while True:
        kind, length = _HEADER.unpack(await wire.exactly(_HEADER.size))
        room -= length
        if room < 0:
            raise HandsetRefusalError("The command's answer has no end.")
        data = await wire.exactly(length)
        if kind == _Kind.EXIT:
            return ShellReply(data[0] if data else 255, *map(_text, outputs.values()))
        if kind in outputs:
            outputs[_Kind(kind)] += data


def _text(data: bytearray) -> str:
    return data.decode("utf-8", "replace")
