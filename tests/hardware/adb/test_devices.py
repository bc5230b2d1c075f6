"""The ADB server's list, with everything a handset may put into its own words."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bench.identity.identifiers import UsbPath
from hardware.adb.devices import AdbDevice, parse_device, parse_devices

_LINE = "R58N00007XY            device usb:1-1.3.2 product:a32nsxx model:SM_A325F device:a32 "


def test_a_handset_on_usb_is_listed_with_its_port() -> None:
    assert parse_device(_LINE + "transport_id:7") == AdbDevice(
        "R58N00007XY", "device", UsbPath(1, (1, 3, 2)), 7, "SM_A325F"
    )


def test_a_handset_over_tcp_has_no_port() -> None:
    device = parse_device("127.0.0.1:41005        offline transport_id:12")
    assert device == AdbDevice("127.0.0.1:41005", "offline", None, 12)


_SEE = "see [http://developer.android.com/tools/device.html]"


@pytest.mark.parametrize(
    "state",
    [
        f"no permissions (user in plugdev group; are your udev rules wrong?); {_SEE}",  # 29
        f"no permissions (missing udev rules? user is in the plugdev group); {_SEE}",  # 36
        f"no permissions (user bench is not in the plugdev group); {_SEE}",  # both
        f"no permissions; {_SEE}",  # both, where there is no such group
        "no permissions",
    ],
)
def test_no_permissions_is_a_state_of_many_words(state: str) -> None:
    device = parse_device(f"R58N00007XY            {state} usb:2-4 transport_id:3")
    assert device == AdbDevice("R58N00007XY", "no permissions", UsbPath(2, (4,)), 3)


def test_a_handset_without_serial_number_is_listed() -> None:
    device = parse_device("(no serial number)     unauthorized usb:1-2 transport_id:4")
    assert device == AdbDevice("(no serial number)", "unauthorized", UsbPath(1, (2,)), 4)


def test_a_serial_number_that_looks_like_a_state_and_a_port_moves_nothing() -> None:
    device = parse_device("X device usb:1-9       unauthorized usb:1-2 transport_id:4")
    assert device == AdbDevice("X device usb:1-9", "unauthorized", UsbPath(1, (2,)), 4)


def test_a_product_that_looks_like_a_port_and_a_connection_moves_nothing() -> None:
    line = "R1                     device usb:1-2 product:x usb:1-9 transport_id:1 transport_id:4"
    device = parse_device(line)
    assert device is not None
    assert (device.path, device.transport) == (UsbPath(1, (2,)), 4)


@pytest.mark.parametrize(
    "line",
    [
        "R58N00001XYR58N00001XY device usb:1-9 product:x unauthorized usb:1-2 product:y",
        "R58N00001XYR58N00001XY000 device usb:1-9 product:x device usb:1-2 product:y",
        f"R58N00001XYR58N00001XY0 device usb:1-9 x no permissions; {_SEE} usb:1-2",
    ],
)
def test_a_serial_number_wider_than_its_column_cannot_put_a_handset_on_anothers_port(
    line: str,
) -> None:
    device = parse_device(f"{line} transport_id:4")
    assert device is not None
    assert (device.path, device.transport) == (None, 4)


def test_a_port_of_another_system_is_no_port() -> None:
    device = parse_device("R1                     device usb:337641472X transport_id:1")
    assert device is not None
    assert device.path is None


def test_a_state_that_is_new_is_kept() -> None:
    device = parse_device("R1                     hibernating usb:1-2 transport_id:1")
    assert device is not None
    assert device.state == "hibernating"


def test_a_line_that_is_no_handset_is_left_out() -> None:
    listing = f"* daemon started\n\n{_LINE}transport_id:7\n{_LINE}transport_id:x\n{_LINE}\n"
    assert [device.transport for device in parse_devices(listing)] == [7]


_words = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=60)
_states = st.sampled_from(["device", "offline", "unauthorized", "authorizing", "recovery"])


@given(
    serial=st.text(st.characters(exclude_characters="\n"), min_size=1, max_size=22),
    state=_states,
    port=st.integers(1, 99),
    product=_words,
    transport=st.integers(1, 10**9),
)
def test_whatever_a_handset_calls_itself_its_state_port_and_connection_are_the_servers(
    serial: str, state: str, port: int, product: str, transport: int
) -> None:
    assume(" usb:" not in product)
    line = f"{serial:<22} {state} usb:1-{port} product:{product} transport_id:{transport}"
    device = parse_device(line)
    assert device is not None
    assert (device.state, device.path, device.transport) == (state, UsbPath(1, (port,)), transport)
    assert device.serial == serial.rstrip(" ")


@given(st.text(max_size=300))
def test_no_list_is_too_strange_to_read(listing: str) -> None:
    assert all(device.transport > 0 for device in parse_devices(listing))
