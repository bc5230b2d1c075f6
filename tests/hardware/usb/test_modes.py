"""What a device is shows in its interfaces, in every mode."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.problems import ProblemCode
from hardware.usb.device import UsbDevice
from hardware.usb.modes import Mode, is_handset, mode, offers_modem, wrong_mode
from hardware.usb.sysfs import read_words
from hardware.usb.words import UsbWords, parse_device
from tests.hardware.usb.blobs import (
    ACM,
    ADB,
    COMPOSITE,
    DOWNLOAD,
    FASTBOOT,
    FILES_ONLY,
    LINE,
    MTP,
    PTP,
    Part,
)
from tests.hardware.usb.tree import UsbTree

_SAMSUNG = {"idVendor": "04e8", "idProduct": "6860", "bDeviceClass": "00"}
_OTHER = {"idVendor": "18d1", "idProduct": "4ee7", "bDeviceClass": "00"}
_HUB = {"idVendor": "05e3", "idProduct": "0610", "bDeviceClass": "09"}
_KEYBOARD = {"idVendor": "046d", "idProduct": "c31c", "bDeviceClass": "00"}


@pytest.fixture
def tree(tmp_path: Path) -> UsbTree:
    tree = UsbTree(tmp_path / "sys")
    tree.controller("0000:00:14.0", (1, 2))
    return tree


def _told(interfaces: str, attributes: dict[str, str]) -> UsbDevice:
    words = UsbWords("1-1", Path(), {"ID_USB_INTERFACES": interfaces}, attributes)
    device = parse_device(words)
    assert device
    return device


def _plugged(
    tree: UsbTree, product: str, parts: Sequence[Sequence[Part]], active: int
) -> UsbDevice:
    tree.device("1-1", parts, active=active, product=product)
    words = read_words("1-1", tree.sys)
    assert words
    device = parse_device(words)
    assert device
    return device


@pytest.mark.parametrize(
    ("interfaces", "attributes"),
    [
        (":ffff00:0a0001:020201:ff4201:", _SAMSUNG),
        (":060101:", _SAMSUNG),
        (":0202ff:0a0000:", _SAMSUNG | {"idProduct": "685d"}),
        ("", _SAMSUNG),
        (":ff4201:", _OTHER),
        (":FF4203:", _OTHER),
        (":060101:ff4201:", _OTHER),
    ],
)
def test_a_handset_is_known_in_every_mode(interfaces: str, attributes: dict[str, str]) -> None:
    assert is_handset(_told(interfaces, attributes))


@pytest.mark.parametrize(
    ("interfaces", "attributes"),
    [
        (":090000:", _HUB),
        (":090000:", _SAMSUNG | {"bDeviceClass": "09"}),
        (":030101:030000:", _KEYBOARD),
        (":020201:0a0000:", {"idVendor": "05e0", "idProduct": "1701"}),
        (":070102:", {"idVendor": "0a5f", "idProduct": "0166"}),
        (":070102:", _SAMSUNG),
        (":080650:", _SAMSUNG),
        ("", _OTHER),
        ("", {}),
    ],
)
def test_what_else_is_plugged_in_is_no_handset(interfaces: str, attributes: dict[str, str]) -> None:
    assert not is_handset(_told(interfaces, attributes))


@pytest.mark.parametrize(
    ("product", "parts", "active", "expected", "code"),
    [
        ("6860", COMPOSITE, 2, Mode.ADB, None),
        ("6860", COMPOSITE, 1, Mode.FILES, None),
        ("6860", ((PTP,),), 1, Mode.FILES, None),
        ("6860", FILES_ONLY, 2, Mode.FILES, None),
        ("6860", ((Part((0xFF, 0x40, 0x02)),),), 1, Mode.CHARGING, None),
        ("6860", ((FASTBOOT,),), 1, Mode.FASTBOOT, ProblemCode.IN_BOOTLOADER),
        ("6860", ((FASTBOOT, ADB),), 1, Mode.ADB, None),
        ("685d", DOWNLOAD, 1, Mode.DOWNLOAD, ProblemCode.IN_DOWNLOAD_MODE),
        ("68c3", DOWNLOAD, 1, Mode.DOWNLOAD, ProblemCode.IN_DOWNLOAD_MODE),
        ("685d", COMPOSITE, 2, Mode.ADB, None),
        ("6860", ((MTP,), (ACM, LINE)), 2, Mode.CHARGING, None),
        ("6860", COMPOSITE, 0, Mode.SILENT, ProblemCode.NOT_CONFIGURED),
    ],
)
def test_the_interfaces_tell_the_mode_and_the_product_does_not(
    tree: UsbTree,
    product: str,
    parts: Sequence[Sequence[Part]],
    active: int,
    expected: Mode,
    code: ProblemCode | None,
) -> None:
    device = _plugged(tree, product, parts, active)
    problem = wrong_mode(device)
    assert mode(device) is expected
    assert (problem.code if problem else None) == code


def test_in_download_mode_the_next_action_is_two_keys() -> None:
    problem = wrong_mode(_told(":020201:0a0000:", _SAMSUNG | {"idProduct": "685d"}))
    assert problem
    assert "power and volume down" in str(problem)


def test_a_device_that_says_nothing_is_in_download_mode_by_the_one_number_known() -> None:
    assert mode(_told("", _SAMSUNG | {"idProduct": "685d"})) is Mode.DOWNLOAD
    assert mode(_told("", _SAMSUNG)) is Mode.CHARGING


def test_a_new_handset_is_in_no_wrong_mode() -> None:
    assert wrong_mode(_told(":060101:", _SAMSUNG)) is None
    assert wrong_mode(_told("", _SAMSUNG)) is None


def test_a_modem_is_offered_only_in_the_configuration_that_has_one(tree: UsbTree) -> None:
    assert not offers_modem(_plugged(tree, "6860", COMPOSITE, 1))
    tree.remove("1-1")
    assert offers_modem(_plugged(tree, "6860", COMPOSITE, 2))
