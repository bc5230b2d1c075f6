"""Where a printer is, as the settings say it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.printers.address import (
    NetworkPlace,
    Place,
    PrinterAddress,
    PrinterSettingsError,
    SerialPlace,
    UsbPlace,
)
from hardware.printers.brother_ql.printer import BrotherPrinter
from hardware.printers.brother_ql.silent import SilentBrotherPrinter
from hardware.printers.device_id import Language
from hardware.printers.opening import open_printer
from hardware.printers.transports.serial_port import Handshake
from hardware.printers.zpl.printer import ZplPrinter


@pytest.mark.parametrize(
    ("text", "place", "canonical"),
    [
        ("tcp:printer.example", NetworkPlace("printer.example"), "tcp:printer.example:9100"),
        ("TCP:192.0.2.7:6101 ", NetworkPlace("192.0.2.7", 6101), "tcp:192.0.2.7:6101"),
        ("tcp:[2001:db8::1]:9100", NetworkPlace("2001:db8::1"), "tcp:[2001:db8::1]:9100"),
        ("usb:auto", UsbPlace(), "usb:auto"),
        ("usb:/dev/usb/lp1", UsbPlace("/dev/usb/lp1"), "usb:/dev/usb/lp1"),
        ("serial:/dev/ttyUSB0", SerialPlace("/dev/ttyUSB0"), "serial:/dev/ttyUSB0@9600,xonxoff"),
        (
            "serial:/dev/ttyS0@115200,rtscts",
            SerialPlace("/dev/ttyS0", 115200, Handshake.RTS_CTS),
            "serial:/dev/ttyS0@115200,rtscts",
        ),
    ],
)
def test_an_address_is_read_once_and_said_whole(text: str, place: Place, canonical: str) -> None:
    address = PrinterAddress.parse(text)
    assert address.place == place
    assert str(address) == canonical
    assert PrinterAddress.parse(canonical) == address


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "begins with tcp:, usb: or serial:"),
        ("printer", "begins with tcp:, usb: or serial:"),
        ("lpt:1", "lpt: is none of"),
        ("tcp:", "begins with"),
        ("tcp:a b", "no host and port"),
        ("tcp:host:0", "no port 0"),
        ("tcp:host:65536", "no port 65536"),
        ("tcp:host/path", "no host and port"),
        ("usb:lp0", "begins with /dev/"),
        ("usb:/dev/../etc/passwd", "no device"),
        ("serial:/dev/ttyUSB0@9601", "speed is one of"),
        ("serial:/dev/ttyUSB0@9600,dtr", "handshake is one of"),
    ],
)
def test_what_is_no_address_says_why(text: str, reason: str) -> None:
    with pytest.raises(PrinterSettingsError) as caught:
        PrinterAddress.parse(text)
    assert reason in caught.value.reason


@given(st.text(max_size=40) | st.text(max_size=30).map(lambda text: "tcp:" + text))
def test_any_text_is_an_address_that_reads_back_or_says_why(text: str) -> None:
    try:
        address = PrinterAddress.parse(text)
    except PrinterSettingsError as error:
        said = error.reason
    else:
        said = str(PrinterAddress.parse(str(address)))
        assert said == str(address)
    assert said


def test_a_printer_is_opened_by_address_and_language() -> None:
    network, usb = PrinterAddress.parse("tcp:h"), PrinterAddress.parse("usb:auto")
    zpl, brother = Language.ZPL, Language.BROTHER_QL
    assert isinstance(open_printer(network, zpl), ZplPrinter)
    assert isinstance(open_printer(usb, zpl), ZplPrinter)
    assert isinstance(open_printer(usb, brother), BrotherPrinter)
    assert isinstance(open_printer(usb, brother, medium="62x29"), BrotherPrinter)
    sent = open_printer(network, brother, medium="62", model="ql-810w")
    assert isinstance(sent, SilentBrotherPrinter)


@pytest.mark.parametrize(
    ("address", "medium", "model", "reason"),
    [
        ("tcp:h", "", "", "set media and model"),
        ("tcp:h", "62", "", "set media and model"),
        ("tcp:h", "102", "QL-810W", "too wide for a QL-810W"),
        ("usb:auto", "63", "", "63 is none of Brother's media"),
        ("usb:auto", "62", "QL-1", "QL-1 is none of Brother's models"),
        ("serial:/dev/ttyS0", "62", "", "needs the handshake rtscts"),
    ],
)
def test_settings_that_cannot_print_are_refused_at_once(
    address: str, medium: str, model: str, reason: str
) -> None:
    place = PrinterAddress.parse(address)
    with pytest.raises(PrinterSettingsError) as caught:
        open_printer(place, Language.BROTHER_QL, medium=medium, model=model)
    assert reason in caught.value.reason
