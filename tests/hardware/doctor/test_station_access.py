"""What the doctor says of udev rules, of who may open what, and of who meddles."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bench.checks import Finding, Severity
from hardware.doctor.machine import Account, Machine
from hardware.doctor.plugged import Kind, Plugged
from hardware.doctor.rights import Rights
from hardware.doctor.station import Station
from tests.hardware.doctor.made_up import (
    AT_THE_SEAT,
    IGNORED,
    PLUGGED,
    RULES,
    assert_mend,
    found,
    run_process,
    with_plugged,
    write,
)


# ── udev rules ──────────────────────────────────────────────────────────────────────────────────
def rules_at(machine: Machine, place: str) -> Path:
    folder = machine.at(place)
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(RULES, folder))


def test_rules_of_another_version_are_to_be_installed_anew(whole: Station) -> None:
    installed = rules_at(whole.machine, "/etc/udev/rules.d")
    installed.write_text(installed.read_text().replace("version 1", "version 0"))
    assert_mend(found(whole, "udev rules"), "not of this version", "sudo install -m 644")


def test_rules_that_a_package_brought_count_and_those_of_the_administrator_go_before(
    whole: Station,
) -> None:
    machine = whole.machine
    machine.at("/etc/udev/rules.d/68-staging-bench.rules").unlink()
    rules_at(machine, "/usr/lib/udev/rules.d")
    machine.at("/lib").symlink_to("usr/lib")
    assert found(whole, "udev rules").found.startswith("/usr/lib/udev/rules.d/")
    machine.at("/etc/udev/rules.d/68-staging-bench.rules").symlink_to("/dev/null")
    assert_mend(found(whole, "udev rules"), "not of this version", "sudo install")


def test_rules_of_another_name_are_in_the_way(whole: Station) -> None:
    installed = rules_at(whole.machine, "/etc/udev/rules.d")
    other = installed.rename(installed.with_name("99-staging-bench.rules"))
    assert_mend(found(whole, "udev rules"), "only others are", "sudo install")
    rules_at(whole.machine, "/etc/udev/rules.d")
    assert_mend(found(whole, "udev rules"), str(other.name), "Remove")


# ── seat and access ─────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SSH_CONNECTION": "192.0.2.7 50000 192.0.2.8 22"}, "over ssh, which has no seat"),
        ({}, "this session has no seat"),
    ],
)
def test_a_session_without_a_seat_is_told_that_the_rules_open_nothing(
    whole: Station, environment: dict[str, str], said: str
) -> None:
    finding = found(replace(whole, environment=environment), "Seat")
    assert finding.severity is Severity.NOTE
    assert said in finding.found
    assert "the udev rules open nothing" in finding.found


def seats_told(whole: Station, told: str) -> Finding:
    write(whole.machine.root, "/run/systemd/users/1000", told)
    return found(replace(whole, environment={"DESKTOP_SESSION": "gnome"}), "Seat")


@pytest.mark.parametrize(
    "told", ["NAME=tech\nSEATS=seat0\nACTIVE_SEATS=seat0\n", "ACTIVE_SEATS=seat0"]
)
def test_a_desktop_that_names_no_seat_is_at_the_one_that_logind_tells(
    whole: Station, told: str
) -> None:
    finding = seats_told(whole, told)
    assert finding.severity is Severity.WELL
    assert finding.found == "this account is at seat0"


def test_an_account_whose_session_is_not_in_front_is_told_so(whole: Station) -> None:
    finding = seats_told(whole, "SEATS=seat0\nACTIVE_SEATS=\n")
    assert finding.severity is Severity.NOTE
    assert "another session is in front" in finding.found


@pytest.mark.parametrize("told", ["", "NAME=tech\n", "SEATS\n", "XSEATS=seat0\n", "\0" * 1000])
def test_an_account_of_which_logind_tells_no_seat_has_none(whole: Station, told: str) -> None:
    assert "this session has no seat" in seats_told(whole, told).found


def test_root_is_told_that_it_proves_nothing(whole: Station) -> None:
    as_root = replace(whole, account=Account(0, frozenset({0})))
    assert found(as_root, "Seat").severity is Severity.NOTE
    assert found(as_root, "Handsets").found == "2 handsets, open to this account as root"


def handset(where: str, rights: Rights | None, **properties: str) -> Plugged:
    return Plugged(Kind.HANDSET, where, Path("/dev/bus/usb/001/009"), rights, properties)


def test_handsets_that_only_root_may_open_are_named(whole: Station) -> None:
    closed = [handset(f"1-1.{port}", Rights(0, 0, 0o664)) for port in range(5, 12)]
    finding = found(with_plugged(whole, *PLUGGED, *closed), "Handsets")
    assert_mend(finding, "1-1.5 (/dev/bus/usb/001/009)", "Install the udev rules")
    assert "1-1.4" not in finding.found
    assert "and 3 more are closed to this account" in finding.found


def test_a_scanner_that_is_closed_may_be_one_that_only_the_settings_name(whole: Station) -> None:
    closed = Plugged(Kind.SCANNER, "ttyUSB0", Path("/dev/ttyUSB0"), Rights(0, 20, 0o660))
    one = with_plugged(whole, closed)
    assert_mend(found(one, "Scanners"), "ttyUSB0 (/dev/ttyUSB0) is closed", "a rule of its own")


def test_a_handset_whose_node_is_not_there_is_closed(whole: Station) -> None:
    finding = found(with_plugged(whole, handset("1-1.1", None)), "Handsets")
    assert_mend(finding, "1-1.1 (/dev/bus/usb/001/009) is closed", "plug in again")


def test_access_by_group_is_said_to_be_that(whole: Station) -> None:
    one = with_plugged(whole, handset("1-1.1", Rights(0, 46, 0o660)), handset("1-1.2", AT_THE_SEAT))
    said = found(one, "Handsets").found
    assert said == "2 handsets, open to this account through a group and through the seat"


def test_a_node_that_every_account_may_write_is_a_fault(whole: Station) -> None:
    one = with_plugged(whole, handset("1-1.1", Rights(0, 0, 0o666)))
    assert_mend(found(one, "Handsets"), "every account of this computer", 'MODE="0666"')


# ── who meddles ─────────────────────────────────────────────────────────────────────────────────
def test_modem_manager_that_takes_a_handset_for_a_modem_is_found(whole: Station) -> None:
    one = with_plugged(whole, *PLUGGED, handset("1-1.7", AT_THE_SEAT))
    assert_mend(found(one, "ModemManager"), "takes 1-1.7 for a modem", "disable --now")


def test_modem_manager_with_nothing_plugged_in_is_only_told_of(whole: Station) -> None:
    assert found(with_plugged(whole), "ModemManager").severity is Severity.NOTE


def test_a_desktop_that_would_mount_a_handset_is_found(whole: Station) -> None:
    one = with_plugged(whole, handset("1-1.7", AT_THE_SEAT, ID_MTP_DEVICE="1", **IGNORED))
    finding = found(one, "Automatic mounting")
    assert_mend(finding, "gvfs-mtp-volume runs and would mount 1-1.7", "udev rules")


@pytest.mark.parametrize("name", ["gvfsd-mtp", "jmtpfs", "gvfsd-gphoto2"])
def test_a_handset_that_is_mounted_is_found(whole: Station, name: str) -> None:
    run_process(whole.machine.root, 901, name)
    assert_mend(found(whole, "Automatic mounting"), f"{name} has a handset mounted", "Eject")
