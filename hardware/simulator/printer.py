"""A simulated label printer on a loopback socket: what a Zebra answers, and faults on demand.

It keeps each label as the dots it would have printed, and `read_back` reads the bar code off them:
the simulated technician scans what was really printed, not what was meant.
"""

from __future__ import annotations

from typing import Self

from bench.identity import code128
from bench.ports import Bitmap
from hardware.simulator.printer_ends import TcpEnd
from hardware.simulator.printer_zpl import ZplMachine, decode

__all__ = ["SimulatedPrinter", "decode", "read_back"]


class SimulatedPrinter(ZplMachine):
    """Use as `async with`; in between `switch_off` and `switch_on`, and it keeps its port when off.

    Its faults are those of `ZplMachine`.
    """

    def __init__(self, port: int = 0) -> None:
        super().__init__()
        self.end = TcpEnd(self, port)

    @property
    def host(self) -> str:
        """Where it is."""
        return self.end.host

    @property
    def port(self) -> int:
        """Where it is, once entered."""
        return self.end.port

    async def __aenter__(self) -> Self:
        await self.end.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.end.__aexit__()

    async def switch_on(self) -> None:
        """Take connections, always on the same port."""
        await self.end.switch_on()

    async def switch_off(self) -> None:
        """Drop every connection and take no more; waiting labels are forgotten."""
        await self.end.switch_off()


def read_back(label: Bitmap) -> str | None:
    """Return what the Code 128 on a printed label says, as a hand scanner would read it."""
    row = (label.width + 7) // 8
    lines = (label.dots[start : start + row] for start in range(0, len(label.dots), row))
    readings = (code128.read_row(_blacks(line, label.width)) for line in dict.fromkeys(lines))
    return next((text for text in readings if text), None)


def _blacks(line: bytes, width: int) -> list[bool]:
    bits = int.from_bytes(line, "big")
    return [bool(bits >> (len(line) * 8 - 1 - place) & 1) for place in range(width)]
