"""What the doctor says of USB, of the folder of the record and of the screen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.checks import Severity
from bench.identity.identifiers import UsbPath
from hardware.doctor.station import Station
from tests.hardware.doctor.made_up import (
    PLUGGED,
    assert_mend,
    found,
    with_plugged,
    write,
)
from tests.hardware.usb.tree import UsbTree


def test_a_handset_that_may_be_put_to_sleep_is_found(whole: Station) -> None:
    one = with_plugged(whole, replace(PLUGGED[0], power="auto"), PLUGGED[1])
    assert_mend(found(one, "USB sleep"), "1-1.3 may be put to sleep", "TLP")


def test_more_slots_than_the_kernel_has_memory_for_is_told_of(whole: Station) -> None:
    finding = found(replace(whole, slots=96), "USB memory")
    assert finding.severity is Severity.NOTE
    assert "usbcore.usbfs_memory_mb=96" in finding.mend
    write(whole.machine.root, "/sys/module/usbcore/parameters/usbfs_memory_mb", "0\n")
    assert found(replace(whole, slots=96), "USB memory").severity is Severity.WELL


def test_slots_that_no_controller_can_bear_are_told_of(whole: Station) -> None:
    finding = found(replace(whole, slots=64), "USB controllers")
    assert finding.severity is Severity.NOTE
    assert "controller card" in finding.mend


def test_a_controller_with_too_many_slots_says_which_to_move(whole: Station) -> None:
    usb = UsbTree(whole.machine.at("/sys"))
    usb.hub("1-2", 16)
    ports = tuple(UsbPath.parse(f"1-2.{port}") for port in range(1, 15))
    finding = found(replace(whole, planned=ports, slots=14), "USB controllers")
    assert_mend(finding, "controller 0000:00:14.0 can bear", "to a socket of controller 0000:03")
    assert "Move 1-2." in finding.mend


MOUNTS = {
    "nfs4": "on another computer (nfs4)",
    "cifs": "on another computer (cifs)",
    "tmpfs": "kept in memory (tmpfs)",
}


@pytest.mark.parametrize("kind", MOUNTS)
def test_a_folder_that_keeps_nothing_whole_is_told_of(whole: Station, kind: str) -> None:
    write(
        whole.machine.root,
        "/proc/self/mountinfo",
        f"22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
        f"36 22 0:30 / {whole.record} rw shared:1 - {kind} host:/x rw\n",
    )
    assert_mend(found(whole, "Folder of the record"), MOUNTS[kind], "station.ledger")


def test_wayland_is_told_of_for_scanners_that_type(whole: Station) -> None:
    one = replace(whole, environment={"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"})
    assert found(one, "Screen").severity is Severity.NOTE
    assert "only while the window has the focus" in found(one, "Screen").found


FULL = "xhci_hcd 0000:00:14.0: Max number of devices this xHCI host supports is 8."


@pytest.mark.parametrize(
    ("log", "room"),
    [
        (f"3,1,10,-;{FULL}\n", 5),
        (f"6,1,10,-;usb 1-1: New USB device found\n3,2,20,-;{FULL}\n" * 2000, 5),
        (f"11,1,10,-;{FULL}\n", 10),  # said by a program
        ("garbage \0\n" * 100, 10),
    ],
    ids=["told", "told late", "a program", "garbage"],
)
def test_each_controller_says_how_many_more_fit_by_what_the_kernel_has_told(
    whole: Station, log: str, room: int
) -> None:
    write(whole.machine.root, "/dev/kmsg", log)
    said = found(whole, "USB controllers").found
    assert said.endswith(f"; 0000:00:14.0: {room} more; 0000:03:00.0: 12 more")
