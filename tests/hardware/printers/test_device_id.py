"""Which of the USB printers that are plugged in is the one to print on."""

from __future__ import annotations

import errno

import pytest

from bench.problems import ProblemCode, ProblemError
from hardware.printers.connecting import choose, refusal
from hardware.printers.device_id import Language, UsbPrinter, language_of, read_device_id

ZEBRA = UsbPrinter("/dev/usb/lp0", "ZTC ZD421-203dpi ZPL", Language.ZPL)
BROTHER = UsbPrinter("/dev/usb/lp1", "QL-800", Language.BROTHER_QL)
OFFICE = UsbPrinter("/dev/usb/lp2", "LaserJet", None)


@pytest.mark.parametrize(
    ("device_id", "vendor", "language"),
    [
        ("MFG:Zebra;CMD:ZPL;MDL:ZTC ZD421-203dpi ZPL;", 0x0A5F, Language.ZPL),
        (
            "MANUFACTURER:Zebra Technologies ;COMMAND SET:ZPL;MODEL:ZTC GK420d;CLASS:PRINTER;",
            0x0A5F,
            Language.ZPL,
        ),
        ("MFG:Brother;CMD:PT-CBP;MDL:QL-800;CLS:PRINTER;", 0x04F9, Language.BROTHER_QL),
        ("MFG:Brother;CMD:PJL,PCL;MDL:HL-2170W;", 0x04F9, None),
        ("MFG:Zebra;CMD:EPL;MDL:LP2844;", 0x0A5F, None),
        ("MFG:HP;CMD:PCL;MDL:LaserJet;", 0x03F0, None),
        ("", 0x0A5F, Language.ZPL),
        ("", 0x04F9, Language.BROTHER_QL),
        ("", None, None),
        ("no pairs at all", 0x1234, None),
    ],
)
def test_a_printer_says_which_language_it_speaks(
    device_id: str, vendor: int | None, language: Language | None
) -> None:
    assert language_of(device_id, vendor) is language


def test_long_names_are_the_short_ones() -> None:
    assert read_device_id("MANUFACTURER: A ;x;COMMAND SET:B;") == {"MFG": "A", "CMD": "B"}


def test_the_first_printer_that_speaks_the_language_is_chosen() -> None:
    found = [ZEBRA, BROTHER, OFFICE]
    assert choose(found, None, Language.BROTHER_QL, "P") == BROTHER.device
    assert choose(found, None, Language.ZPL, "P") == ZEBRA.device


def test_a_printer_that_is_named_may_keep_its_language_to_itself() -> None:
    assert choose([OFFICE], OFFICE.device, Language.ZPL, "P") == OFFICE.device
    assert choose([], "/dev/label-printer", Language.ZPL, "P") == "/dev/label-printer"


@pytest.mark.parametrize("device", [None, BROTHER.device])
def test_a_printer_of_another_language_is_told_and_not_opened(device: str | None) -> None:
    with pytest.raises(ProblemError) as caught:
        choose([BROTHER], device, Language.ZPL, "P")
    problem = caught.value.problem
    assert (problem.code, problem.detail) == (ProblemCode.PRINTER_OTHER_LANGUAGE, "QL-800")
    assert refusal(caught.value, "P") == problem


def test_no_usb_printer_at_all_is_a_printer_that_is_off() -> None:
    with pytest.raises(OSError, match="no USB printer") as caught:
        choose([], None, Language.ZPL, "P")
    assert refusal(caught.value, "P").code is ProblemCode.PRINTER_UNREACHABLE


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EACCES, ProblemCode.PRINTER_NO_PERMISSION),
        (errno.EBUSY, ProblemCode.PRINTER_IN_USE),
        (errno.ENODEV, ProblemCode.PRINTER_UNREACHABLE),
        (errno.ENOENT, ProblemCode.PRINTER_UNREACHABLE),
        (errno.EIO, ProblemCode.PRINTER_UNREACHABLE),
    ],
)
def test_what_keeps_a_device_from_being_opened_has_its_own_words(
    number: int, code: ProblemCode
) -> None:
    problem = refusal(OSError(number, "said the kernel"), "Printer 2")
    assert (problem.code, problem.where) == (code, "Printer 2")
