"""Which configuration shows a modem, on which devices it may be chosen, and what refuses it."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench.problems import ProblemCode
from hardware.samsung.choosing import choose, put_back
from hardware.samsung.configuration import (
    configuration_to_choose,
    is_askable,
    lacks_driver,
    modem_port,
    offers_adb,
)
from hardware.samsung.refusals import configuration_error, port_error
from hardware.simulator.modem_cable import HIDDEN
from hardware.simulator.usbfs.descriptors import ADB, MODEM, MTP, Described, Interface
from hardware.usb.device import UsbDevice, UsbInterface
from hardware.usb.words import UsbWords, parse_device
from tests.hardware.samsung.asking import nobody

DEBUGGING = ((*MTP, *ADB), (*MTP, *MODEM, *ADB))


def device(
    configurations: tuple[tuple[Interface, ...], ...] = HIDDEN,
    *,
    vendor: str = "04e8",
    in_use: int = 1,
    node: str = "/dev/bus/usb/001/020",
) -> UsbDevice:
    said = {
        "idVendor": vendor, "idProduct": "6860", "bDeviceClass": "00", "devnum": "20",
        "bConfigurationValue": str(in_use), "bNumConfigurations": str(len(configurations)),
    }  # fmt: skip
    blob = Described(vendor=int(vendor, 16), configurations=configurations).blob()
    words = UsbWords("1-1.2", Path("/sys/x"), {"DEVNAME": node}, said, (), blob)
    parsed = parse_device(words)
    assert parsed is not None
    return parsed


def with_port(plugged: UsbDevice, driver: str, tty: str) -> UsbDevice:
    interfaces = tuple(
        replace(one, driver=driver, tty=tty) if one.kind.base == 2 else one
        for one in plugged.interfaces
    )
    return replace(plugged, interfaces=interfaces)


def test_a_fresh_handset_shows_its_modem_in_its_second_configuration() -> None:
    fresh = device()
    assert is_askable(fresh)
    assert (configuration_to_choose(fresh), modem_port(fresh)) == (2, None)


def test_the_configuration_is_read_and_not_guessed() -> None:
    assert configuration_to_choose(device((MTP, MTP, (*MTP, *MODEM)))) == 3
    assert configuration_to_choose(device(((*MTP, *MODEM), MTP), in_use=2)) == 1
    assert configuration_to_choose(device((MTP, MTP))) is None
    assert configuration_to_choose(device((MTP,))) is None


def test_without_descriptors_the_second_of_two_is_chosen() -> None:
    interfaces = tuple(
        UsbInterface(one.number, 0, one.kind, 3) for one in device((MTP,)).interfaces
    )
    dumb = replace(device(), configurations=(), interfaces=interfaces)
    assert configuration_to_choose(dumb) == 2
    assert configuration_to_choose(replace(dumb, configuration=2)) is None
    assert configuration_to_choose(replace(dumb, configuration_count=1)) is None
    assert configuration_to_choose(replace(dumb, configuration_count=3)) is None


def test_nothing_is_chosen_where_the_modem_is_in_use_already() -> None:
    shown = device(in_use=2)
    assert configuration_to_choose(shown) is None
    assert lacks_driver(shown)
    driven = with_port(shown, "cdc_acm", "ttyACM3")
    assert (modem_port(driven), lacks_driver(driven)) == ("ttyACM3", False)


def refusal(change: Callable[[UsbDevice, int], None], plugged: UsbDevice) -> OSError:
    try:
        change(plugged, 2)
    except OSError as error:
        return error
    raise AssertionError("nothing was refused")


def test_nothing_is_ever_chosen_under_adb(tmp_path: Path) -> None:
    node = tmp_path / "node"
    node.write_bytes(Described(configurations=DEBUGGING).blob())
    debugging = replace(device(DEBUGGING), node=node)
    for change in (choose, put_back):
        assert refusal(change, debugging).errno == errno.EBUSY
    assert offers_adb(debugging)
    assert is_askable(debugging)
    assert configuration_to_choose(debugging) is None


@pytest.mark.parametrize(
    "other",
    [
        device(vendor="18d1"),
        device(vendor="05e0"),
        device((MODEM, (*MTP, *MODEM))),
        device(((Interface((0xFF, 0x42, 0x03), "IO"),), (*MTP, *MODEM))),
        device(((Interface((0x07, 0x01, 0x02), "IO"),), (*MTP, *MODEM))),
        device(((Interface((0x08, 0x06, 0x50), "IO"),), (*MTP, *MODEM))),
        device(in_use=0),
    ],
    ids=["google", "scanner", "serial", "fastboot", "printer", "drive", "unconfigured"],
)
def test_whatever_else_is_plugged_in_is_never_touched(other: UsbDevice, tmp_path: Path) -> None:
    node = tmp_path / "node"
    node.write_bytes(Described(configurations=HIDDEN).blob())
    assert configuration_to_choose(other) is None
    for change in (choose, put_back):
        assert refusal(change, replace(other, node=node)).errno == errno.ENODEV


@pytest.mark.parametrize(
    "on_the_node",
    [
        b"",
        b"\x12",
        Described(vendor=0x05E0, configurations=HIDDEN).blob(),
        Described(configurations=(MTP,)).blob(),
        Described(configurations=HIDDEN).blob()[:60],
        bytes(range(200)),
    ],
)
def test_a_node_that_is_another_devices_is_never_told_anything(
    on_the_node: bytes, tmp_path: Path
) -> None:
    node = tmp_path / "node"
    node.write_bytes(on_the_node)
    with pytest.raises(OSError, match="another device"):
        choose(replace(device(), node=node), 2)


def test_the_node_of_the_handset_itself_is_asked(tmp_path: Path) -> None:
    """A plain file takes no request: that it was made is seen by what the kernel says of it."""
    node = tmp_path / "node"
    node.write_bytes(Described(configurations=HIDDEN).blob())
    for change in (choose, put_back):
        assert refusal(change, replace(device(), node=node)).errno == errno.ENOTTY


def test_a_handset_without_a_node_or_with_one_that_is_gone_is_a_lost_link(tmp_path: Path) -> None:
    for node in (None, tmp_path / "gone"):
        error = refusal(choose, replace(device(), node=node))
        assert configuration_error(error).problem.code is ProblemCode.LINK_LOST


def test_a_node_that_may_not_be_opened_asks_for_the_udev_rules() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        node = Path(folder) / "node"
        node.write_bytes(Described(configurations=HIDDEN).blob())
        for mode, number in ((0o666, errno.ENOTTY), (0, errno.EACCES)):
            node.chmod(mode)
            with nobody():
                error = refusal(choose, replace(device(), node=node))
            assert error.errno == number
        assert configuration_error(error).problem.code is ProblemCode.NO_PERMISSION


@pytest.mark.parametrize(
    ("number", "configuration", "port"),
    [
        (errno.EACCES, ProblemCode.NO_PERMISSION, ProblemCode.NO_PERMISSION),
        (errno.EPERM, ProblemCode.NO_PERMISSION, ProblemCode.NO_PERMISSION),
        (errno.EBUSY, ProblemCode.CONFIGURATION_BUSY, ProblemCode.MODEM_BUSY),
        (errno.ENODEV, ProblemCode.LINK_LOST, ProblemCode.LINK_LOST),
        (errno.EIO, ProblemCode.LINK_LOST, ProblemCode.LINK_LOST),
        (errno.ENOMEM, ProblemCode.CONFIGURATION_REFUSED, ProblemCode.MODEM_HIDDEN),
        (errno.EINVAL, ProblemCode.CONFIGURATION_REFUSED, ProblemCode.MODEM_HIDDEN),
        (errno.ETIMEDOUT, ProblemCode.CONFIGURATION_REFUSED, ProblemCode.MODEM_SILENT),
        (None, ProblemCode.CONFIGURATION_REFUSED, ProblemCode.MODEM_HIDDEN),
    ],
)
def test_each_reason_of_the_kernel_is_told_apart(
    number: int | None, configuration: ProblemCode, port: ProblemCode
) -> None:
    error = OSError(number, "words of a library") if number else OSError("words of a library")
    for problem, code in (
        (configuration_error(error).problem, configuration),
        (port_error(error, "/dev/ttyACM0").problem, port),
    ):
        assert problem.code is code
        assert "library" not in str(problem)
