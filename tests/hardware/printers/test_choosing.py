"""The settings' words become a printer, or a printer that says what is wrong with them."""

from __future__ import annotations

import asyncio

import pytest

from bench.ports import Bitmap
from bench.problems import ProblemCode, ProblemError
from hardware.printers.brother_ql.printer import BrotherPrinter
from hardware.printers.brother_ql.silent import SilentBrotherPrinter
from hardware.printers.choosing import WantedPrinter, printer_of
from hardware.printers.cups.printer import CupsPrinter
from hardware.printers.zpl.printer import ZplPrinter


@pytest.mark.parametrize(
    ("wanted", "kind"),
    [
        (WantedPrinter("tcp:192.0.2.7", "zpl", 8), ZplPrinter),
        (WantedPrinter("usb:auto", "zpl", 8), ZplPrinter),
        (WantedPrinter("serial:/dev/ttyUSB0@9600", "zpl", 8), ZplPrinter),
        (WantedPrinter("usb:/dev/usb/lp0", "brother-ql", 11.811, "62"), BrotherPrinter),
        (
            WantedPrinter("tcp:192.0.2.7", "brother-ql", 11.811, "62", "QL-820NWB"),
            SilentBrotherPrinter,
        ),
        (WantedPrinter("cups:labels", "picture", 11.811), CupsPrinter),
        (WantedPrinter("cups:labels", "zpl", 8), CupsPrinter),
    ],
)
def test_a_printer_is_what_the_settings_say(wanted: WantedPrinter, kind: type) -> None:
    assert type(printer_of(wanted)) is kind


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (WantedPrinter("tcp:192.0.2.7:99999", "zpl", 8), "no port 99999"),
        (WantedPrinter("usb:lp0", "zpl", 8), "no device"),
        (WantedPrinter("tcp:192.0.2.7", "brother-ql", 11.811), "cannot say what is in it"),
        (WantedPrinter("usb:auto", "brother-ql", 11.811, "63"), "none of Brother's media"),
        (WantedPrinter("cups:-d", "picture", 11.811), "no name of a queue"),
        (WantedPrinter("cups:", "picture", 11.811), "no name of a queue"),
        (WantedPrinter("cups:a/b", "picture", 11.811), "no name of a queue"),
    ],
)
def test_what_cannot_be_is_a_trouble_that_names_it_and_prints_nothing(
    wanted: WantedPrinter, says: str
) -> None:
    printer = printer_of(wanted)
    trouble = asyncio.run(printer.trouble())
    assert trouble is not None
    assert trouble.code is ProblemCode.SETTINGS_UNUSABLE
    assert says in trouble.detail
    with pytest.raises(ProblemError):
        asyncio.run(printer.print(Bitmap(8, 1, b"\xff")))
