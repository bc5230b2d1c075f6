"""A label, and the client of a simulated ZPL printer on a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench.identity.identifiers import AssetTag
from bench.labels.content import LabelContent
from bench.labels.render import render
from bench.labels.template import LabelTemplate
from bench.ports import Bitmap
from hardware.printers.transports.line import Line
from hardware.printers.transports.network import connect_tcp
from hardware.printers.zpl.printer import ZplPrinter
from hardware.simulator.printer import SimulatedPrinter

TEMPLATE = LabelTemplate.load(Path(__file__).parents[3] / "resources/labels/asset-50x25.toml")


def label(number: int = 1) -> Bitmap:
    tag = AssetTag.numbered("PHN", number)
    return render(TEMPLATE, LabelContent(tag, "Testphone 5", "0017", 1, simulated=True))


def client(
    port: int, patience: float = 0.05, deadline: float = 0.3, printing: float = 0.5
) -> ZplPrinter:
    async def connect() -> Line:
        return await connect_tcp("127.0.0.1", port)

    return ZplPrinter(connect, "Printer 2", patience=patience, deadline=deadline, printing=printing)


def patient(printer: SimulatedPrinter) -> ZplPrinter:
    """A client for what must succeed, however busy the machine is."""
    return client(printer.port, patience=20, deadline=20, printing=20)


def with_printer(story: Callable[[SimulatedPrinter], Awaitable[None]]) -> None:
    async def told() -> None:
        async with SimulatedPrinter() as printer:
            await story(printer)

    asyncio.run(told())
