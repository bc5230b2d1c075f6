"""What sysfs says of a device is read into one value, whatever of it is there."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.identity.identifiers import UsbPath
from hardware.usb.descriptors import Kind
from hardware.usb.device import UsbDevice
from hardware.usb.sysfs import look_around, names, read_words, survey
from hardware.usb.words import InterfaceWords, UsbWords, parse_device
from tests.hardware.usb.blobs import ACM, ADB, COMPOSITE, LINE, MTP
from tests.hardware.usb.shortage import no_more_files
from tests.hardware.usb.tree import UsbTree, write

_CONTROLLER = "0000:00:14.0"


@pytest.fixture
def tree(tmp_path: Path) -> UsbTree:
    tree = UsbTree(tmp_path / "sys")
    tree.controller(_CONTROLLER, (1, 2))
    return tree


def _device(tree: UsbTree, name: str) -> UsbDevice:
    words = read_words(name, tree.sys)
    assert words
    device = parse_device(words)
    assert device
    return device


def test_a_handset_is_read_with_all_that_it_offers(tree: UsbTree) -> None:
    tree.hub("1-1")
    folder = tree.device("1-1.3", COMPOSITE, active=2, number=7, tty="ttyACM0")
    device = _device(tree, "1-1.3")
    assert device.path == UsbPath(1, (1, 3))
    assert (device.bus, device.number, device.speed) == (1, 7, 480.0)
    assert (device.vendor, device.product, device.serial) == ("04e8", "6860", "R58N00000XY")
    assert (device.configuration, device.configuration_count) == (2, 2)
    assert [one.number for one in device.configurations] == [1, 2]
    assert [one.kind for one in device.interfaces] == [
        Kind(*part.kind) for part in (MTP, ACM, LINE, ADB)
    ]
    assert device.offered == {one.kind for one in device.interfaces}
    assert device.drivers == ("usbfs", "cdc_acm")
    assert device.tty == "ttyACM0"
    assert device.endpoints == 8
    assert device.folder == folder
    assert device.node == Path("/dev/bus/usb/001/007")
    assert device.controller == _CONTROLLER
    assert not device.is_hub


def test_a_hub_is_read_with_its_ports(tree: UsbTree) -> None:
    tree.hub("2-1", 7, container=bytes(range(16)))
    device = _device(tree, "2-1")
    assert device.is_hub
    assert (device.ports, device.speed) == (7, 5000.0)
    assert device.container == bytes(range(16)).hex()


def test_a_handset_that_is_not_configured_shows_what_it_could_be(tree: UsbTree) -> None:
    tree.device("1-2", active=0)
    device = _device(tree, "1-2")
    assert device.configuration == 0
    assert device.interfaces == ()
    assert Kind(*ADB.kind) in device.offered


def test_until_sysfs_has_interfaces_the_descriptors_say_what_is_in_use(tree: UsbTree) -> None:
    tree.device("1-2", active=2)
    for interface in tree.place("1-2").glob("1-2:*"):
        shutil.rmtree(interface)
    assert [one.kind for one in _device(tree, "1-2").interfaces] == [
        Kind(*part.kind) for part in COMPOSITE[1]
    ]


@pytest.mark.parametrize(
    "missing",
    ["descriptors", "uevent", "serial", "idVendor", "busnum", "devnum", "speed",
     "bConfigurationValue", "bNumConfigurations", "bDeviceClass", "1-2:1.0"],
)  # fmt: skip
def test_a_device_is_read_without_any_one_of_its_files(tree: UsbTree, missing: str) -> None:
    place = tree.device("1-2") / missing
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink()
    assert _device(tree, "1-2").path == UsbPath(1, (2,))


def test_a_device_that_is_gone_is_none(tree: UsbTree) -> None:
    tree.device("1-2")
    tree.remove("1-2")
    assert read_words("1-2", tree.sys) is None
    assert "1-2" not in names(tree.sys)


def test_a_computer_that_can_open_no_more_files_has_not_lost_its_devices(tree: UsbTree) -> None:
    """Its list, or what stands in it, cannot be read: that is never taken for an empty bus."""
    tree.hub("1-1")
    tree.device("1-2")
    before = names(tree.sys)
    for spare in range(2):
        with no_more_files(spare), pytest.raises(OSError, match="Too many open files"):
            look_around({}, sysfs=tree.sys)
    assert names(tree.sys) == before


def test_a_list_that_is_refused_is_no_empty_one(tmp_path: Path) -> None:
    assert names(tmp_path) == {}
    (tmp_path / "bus").write_text("")
    assert names(tmp_path) == {}
    (tmp_path / "bus").unlink()
    (tmp_path / "bus").symlink_to("bus")
    with pytest.raises(OSError, match="symbolic links"):
        names(tmp_path)


def test_a_root_hub_is_on_no_port(tree: UsbTree) -> None:
    words = read_words("usb1", tree.sys)
    assert words
    assert parse_device(words) is None


def test_a_computer_without_usb_has_nothing_on_it(tmp_path: Path) -> None:
    assert survey(tmp_path).devices == ()


def test_a_survey_finds_controllers_buses_hubs_and_ports(tree: UsbTree) -> None:
    tree.controller("0000:05:00.0", (3, 4), ports=2, chip="1912:0014")
    tree.hub("1-1")
    tree.device("1-1.2")
    found = survey(tree.sys)
    assert {str(device.path) for device in found.devices} == {"1-1", "1-1.2"}
    assert {(bus.number, bus.controller, bus.chip) for bus in found.buses} == {
        (1, _CONTROLLER, "8086:a12f"),
        (2, _CONTROLLER, "8086:a12f"),
        (3, "0000:05:00.0", "1912:0014"),
        (4, "0000:05:00.0", "1912:0014"),
    }
    assert {bus.driver for bus in found.buses} == {"xhci_hcd"}
    assert sum(1 for port in found.ports if port.path.bus == 1) == 8


def test_a_second_look_reads_only_what_has_changed(tree: UsbTree) -> None:
    tree.device("1-1")
    tree.device("1-2")
    first = look_around({}, sysfs=tree.sys)
    tree.choose("1-2", 2, COMPOSITE)
    second = look_around(first.names, sysfs=tree.sys)
    assert [str(device.path) for device in second.devices] == ["1-2"]
    third = look_around(second.names, sysfs=tree.sys)
    assert (third.devices, third.ports, third.buses) == ((), None, None)


def test_a_handset_swapped_between_two_looks_is_read_again(tree: UsbTree) -> None:
    tree.device("1-1", number=5)
    first = look_around({}, sysfs=tree.sys)
    tree.remove("1-1")
    tree.device("1-1", number=6)
    second = look_around(first.names, sysfs=tree.sys)
    assert [device.number for device in second.devices] == [6]


def test_what_a_device_says_is_only_ever_text(tree: UsbTree) -> None:
    write(tree.device("1-1", serial="\x1b[31m<b>^XA"), product="$(reboot)")
    assert _device(tree, "1-1").serial == "[31m<b>^XA"


def test_a_megabyte_in_an_attribute_is_read_in_part(tree: UsbTree) -> None:
    write(tree.device("1-1"), serial="x" * (1 << 20), idVendor="0" * (1 << 20))
    device = _device(tree, "1-1")
    assert len(device.serial) <= 80
    assert device.vendor == ""


_words = st.dictionaries(
    st.sampled_from([
        "idVendor", "idProduct", "busnum", "devnum", "speed", "bDeviceClass", "maxchild", "PRODUCT",
        "bConfigurationValue", "bNumConfigurations", "DEVNAME", "DEVNUM", "TYPE", "serial",
        "ID_USB_INTERFACES", "bInterfaceClass", "bInterfaceNumber", "bNumEndpoints",
    ]),
    st.text(max_size=12) | st.from_regex(r"[0-9a-f:/]{0,9}", fullmatch=True),
)  # fmt: skip


@given(_words, _words, _words, st.binary(max_size=64), st.text(max_size=12))
def test_any_words_make_a_device_or_none(
    properties: Mapping[str, str],
    attributes: Mapping[str, str],
    interface: Mapping[str, str],
    blob: bytes,
    tty: str,
) -> None:
    words = UsbWords(
        "1-1", Path("/sys/devices"), properties, attributes,
        (InterfaceWords(interface, tty, tty),), blob, blob,
    )  # fmt: skip
    device = parse_device(words)
    assert device
    assert device.path == UsbPath(1, (1,))
    assert device.tty is None or device.tty.isascii()
    assert 0 <= device.endpoints <= 30


@given(st.text(max_size=20))
def test_only_a_name_of_a_port_makes_a_device(name: str) -> None:
    device = parse_device(UsbWords(name))
    assert device is None or str(device.path) == name.strip().removeprefix("usb:")
