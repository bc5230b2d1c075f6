"""From the settings' words to a printer."""

from __future__ import annotations

from functools import partial

from bench.ports import LabelPrinter
from hardware.printers.address import NetworkPlace, PrinterAddress, SerialPlace
from hardware.printers.connecting import connect
from hardware.printers.device_id import Language
from hardware.printers.transports.line import Connect
from hardware.printers.zpl.printer import ZplPrinter

NAME = "Label printer"


def zpl_over_tcp(host: str, port: int, name: str = NAME) -> ZplPrinter:
    """Return a ZPL printer on the network; nothing is opened before it is asked for something."""
    return ZplPrinter(_line(PrinterAddress(NetworkPlace(host, port)), Language.ZPL, name), name)


def open_printer(address: PrinterAddress, language: Language, name: str = NAME) -> LabelPrinter:
    """Return the printer at an address; nothing is opened before it is asked for something."""
    line = _line(address, language, name)
    if isinstance(address.place, SerialPlace):  # a label takes seconds on the wire alone
        return ZplPrinter(line, name, patience=1.0, deadline=20.0)
    return ZplPrinter(line, name)


def _line(address: PrinterAddress, language: Language, name: str) -> Connect:
    return partial(connect, address.place, language, name)
