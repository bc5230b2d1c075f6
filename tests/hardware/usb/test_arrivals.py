"""What became of a port between two looks at it, in facts."""

from __future__ import annotations

from dataclasses import replace

from bench.events.device import HandsetAttached, HandsetDetached, HandsetUnreachable
from bench.identity.identifiers import UsbPath
from bench.problems import Problem, ProblemCode
from hardware.usb.arrivals import GRACE, UNCLAIMED, Glance, Seen, farewell, look
from hardware.usb.descriptors import Kind
from hardware.usb.device import UsbDevice, UsbInterface
from hardware.usb.words import UsbWords, parse_device
from tests.hardware.usb.blobs import ADB, COMPOSITE, DOWNLOAD, FASTBOOT, MTP, Part, descriptors

_PATH = UsbPath.parse("1-1.3")
_ATTACHED, _DETACHED = HandsetAttached(_PATH), HandsetDetached(_PATH)
_NOT_OPEN = HandsetUnreachable(_PATH, Problem(ProblemCode.NO_PERMISSION))
_NOT_ON = HandsetUnreachable(_PATH, Problem(ProblemCode.NOT_CONFIGURED))


def _device(*parts: Part, number: int = 5) -> UsbDevice:
    words = UsbWords(
        "1-1.3",
        attributes={"idVendor": "04e8", "devnum": str(number), "bNumConfigurations": "1",
                    "bConfigurationValue": "1" if parts else ""},
        descriptors=descriptors([parts or COMPOSITE[0]]),
    )  # fmt: skip
    device = parse_device(words)
    assert device
    return device


_FILES, _ADB, _SILENT = _device(MTP), _device(MTP, ADB), _device()
_KEYBOARD = replace(
    _FILES,
    vendor="046d",
    offered=frozenset({Kind(3, 1, 1)}),
    interfaces=(UsbInterface(0, 0, Kind(3, 1, 1), 1),),
)


def test_a_handset_is_told_once() -> None:
    seen, facts = look(None, _FILES, Glance(0.0))
    assert facts == (_ATTACHED,)
    seen, facts = look(seen, _FILES, Glance(1.0))
    assert facts == ()
    assert seen.is_settled


def test_what_is_no_handset_is_not_told_when_it_goes_either() -> None:
    seen, facts = look(None, _KEYBOARD, Glance(0.0, may_open=False))
    assert facts == ()
    assert list(farewell(seen)) == []


def test_a_handset_known_by_its_first_event_is_not_told_again_when_it_is_read() -> None:
    first = parse_device(UsbWords("1-1.3", properties={"ID_USB_INTERFACES": ":ffff00:"}))
    assert first
    seen, facts = look(None, first, Glance(0.0, by_event=True))
    assert facts == (_ATTACHED,)
    assert look(seen, _FILES, Glance(0.1))[1] == ()


def test_another_number_on_the_same_port_is_another_handset() -> None:
    seen, _ = look(None, _FILES, Glance(0.0))
    _, facts = look(seen, _device(MTP, number=6), Glance(1.0))
    assert facts == (_DETACHED, _ATTACHED)


def test_a_keyboard_swapped_for_a_handset_is_a_handset() -> None:
    seen, _ = look(None, _KEYBOARD, Glance(0.0))
    _, facts = look(seen, _device(MTP, number=6), Glance(1.0))
    assert facts == (_ATTACHED,)


def test_a_handset_in_download_mode_is_told_with_what_to_do() -> None:
    seen, facts = look(None, _device(*DOWNLOAD[0]), Glance(0.0))
    assert facts == (
        _ATTACHED,
        HandsetUnreachable(_PATH, Problem(ProblemCode.IN_DOWNLOAD_MODE)),
    )
    assert look(seen, seen.device, Glance(1.0))[1] == ()


def test_a_handset_that_left_its_wrong_mode_is_right_again() -> None:
    seen, _ = look(None, _device(FASTBOOT), Glance(0.0))
    seen, facts = look(seen, _FILES, Glance(1.0))
    assert facts == (_ATTACHED,)
    assert seen.told is None


def test_a_handset_that_is_being_configured_is_given_time() -> None:
    seen, facts = look(None, _SILENT, Glance(10.0))
    assert facts == (_ATTACHED,)
    assert not seen.is_settled
    seen, facts = look(seen, _SILENT, Glance(10.0 + GRACE - 0.1))
    assert facts == ()
    seen, facts = look(seen, _SILENT, Glance(10.0 + GRACE))
    assert facts == (_NOT_ON,)
    seen, facts = look(seen, _FILES, Glance(20.0))
    assert facts == (_ATTACHED,)
    assert seen.is_settled


def test_a_handset_given_another_configuration_is_not_told_as_silent() -> None:
    seen, _ = look(None, _FILES, Glance(0.0))
    seen, facts = look(seen, _SILENT, Glance(100.0))
    assert facts == ()
    seen, facts = look(seen, _FILES, Glance(101.0))
    assert facts == ()
    assert look(seen, _SILENT, Glance(200.0))[1] == ()


def test_a_handset_that_may_not_be_opened_is_told_until_it_may() -> None:
    seen, facts = look(None, _FILES, Glance(0.0, may_open=False))
    assert facts == (_ATTACHED, _NOT_OPEN)
    assert not seen.is_settled
    seen, facts = look(seen, _FILES, Glance(1.0, may_open=False))
    assert facts == ()
    seen, facts = look(seen, _FILES, Glance(2.0))
    assert facts == (_ATTACHED,)


def test_a_handset_with_debugging_that_may_not_be_opened_is_told_as_it_comes() -> None:
    _, facts = look(None, _ADB, Glance(0.0, may_open=False, by_event=True))
    assert facts == (_ATTACHED, _NOT_OPEN)


def test_a_handset_that_another_accounts_server_may_hold_is_left_to_the_server() -> None:
    seen, facts = look(None, _ADB, Glance(0.0, may_open=False))
    assert facts == (_ATTACHED,)
    seen = Seen(_ADB, is_handset=True)
    assert look(seen, _ADB, Glance(1.0, may_open=False, by_event=True))[1] == ()


def _held(driver: str) -> UsbDevice:
    """The handset with debugging on, its interfaces used by what the kernel calls that driver."""
    interfaces = tuple(replace(one, driver=driver) for one in _ADB.interfaces)
    return replace(_ADB, interfaces=interfaces)


def test_a_handset_with_debugging_that_no_server_takes_is_told_after_a_while() -> None:
    seen, facts = look(None, _held(""), Glance(10.0, may_open=False))
    assert facts == (_ATTACHED,)
    assert not seen.is_settled
    seen, facts = look(seen, _held(""), Glance(10.0 + UNCLAIMED - 0.1, may_open=False))
    assert facts == ()
    seen, facts = look(seen, _held(""), Glance(10.0 + UNCLAIMED, may_open=False))
    assert facts == (_NOT_OPEN,)
    assert look(seen, _held(""), Glance(30.0))[1] == (_ATTACHED,)


def test_a_handset_that_another_accounts_server_has_taken_is_at_work() -> None:
    seen, _ = look(None, _held(""), Glance(10.0, may_open=False))
    seen, facts = look(seen, _held("usbfs"), Glance(11.0, may_open=False))
    assert facts == ()
    assert seen.is_settled
    seen, facts = look(seen, _held("usbfs"), Glance(90.0, may_open=False))
    assert facts == ()
    seen, facts = look(seen, _held(""), Glance(91.0, may_open=False))
    assert facts == ()


def test_the_wrong_mode_is_told_before_the_missing_permission() -> None:
    _, facts = look(None, _device(FASTBOOT), Glance(0.0, may_open=False, by_event=True))
    assert facts[1:] == (HandsetUnreachable(_PATH, Problem(ProblemCode.IN_BOOTLOADER)),)
