"""Whose a serial port is: a handset's may be its modem, and nothing else may write to that."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware.usb.terminals import is_of_handset
from tests.hardware.usb.blobs import ACM, COMPOSITE, DOWNLOAD, LINE
from tests.hardware.usb.tree import UsbTree, link


@pytest.fixture
def tree(tmp_path: Path) -> UsbTree:
    made = UsbTree(tmp_path / "sys")
    made.controller("0000:00:14.0", (1, 2))
    return made


def _port(tree: UsbTree, folder: Path) -> str:
    """Let the terminal be listed as the kernel does; return its path."""
    tty = next(folder.glob("*/tty/*"))
    link(tree.sys / "class/tty" / tty.name, tty)
    return f"/dev/{tty.name}"


def test_a_modem_is_its_handsets(tree: UsbTree) -> None:
    folder = tree.device("1-1", COMPOSITE, active=2, tty="ttyACM7")
    assert is_of_handset(_port(tree, folder), tree.sys)


def test_a_handset_in_download_mode_is_a_handset(tree: UsbTree) -> None:
    folder = tree.device("1-1", DOWNLOAD, product="685d", tty="ttyACM7")
    assert is_of_handset(_port(tree, folder), tree.sys)


def test_a_link_to_a_modem_is_a_modem(tree: UsbTree, tmp_path: Path) -> None:
    folder = tree.device("1-1", COMPOSITE, active=2, tty="ttyACM7")
    named = tmp_path / "label-printer"
    named.symlink_to(_port(tree, folder))
    assert is_of_handset(str(named), tree.sys)


def test_a_printer_behind_an_adapter_is_no_handset(tree: UsbTree) -> None:
    folder = tree.device("1-1", ((ACM, LINE),), vendor="0403", product="6001", tty="ttyACM7")
    assert not is_of_handset(_port(tree, folder), tree.sys)


@pytest.mark.parametrize("what", ["idVendor", "descriptors", "listed"])
def test_what_does_not_say_what_it_is_may_be_a_handset(tree: UsbTree, what: str) -> None:
    folder = tree.device("1-1", ((ACM, LINE),), vendor="0403", product="6001", tty="ttyACM7")
    port = _port(tree, folder)
    if what == "listed":
        (tree.sys / "bus/usb/devices/1-1").unlink()
    else:
        for gone in (folder / what, folder / "uevent", *folder.glob("*/bInterfaceClass")):
            gone.unlink()
    assert is_of_handset(port, tree.sys)


def test_a_port_on_another_bus_with_a_like_name_is_no_handset(tree: UsbTree) -> None:
    place = tree.sys / "devices/platform/i2c-1/1-0048/tty/ttySC0"
    place.mkdir(parents=True)
    link(tree.sys / "class/tty/ttySC0", place)
    assert not is_of_handset("/dev/ttySC0", tree.sys)


def test_a_port_that_is_on_no_usb_or_gone_is_no_handset(tree: UsbTree) -> None:
    (tree.sys / "devices/platform/serial8250/tty/ttyS0").mkdir(parents=True)
    link(tree.sys / "class/tty/ttyS0", tree.sys / "devices/platform/serial8250/tty/ttyS0")
    assert not is_of_handset("/dev/ttyS0", tree.sys)
    assert not is_of_handset("/dev/ttyACM99", tree.sys)
