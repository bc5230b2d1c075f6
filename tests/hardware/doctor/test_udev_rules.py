from __future__ import annotations

import re
from pathlib import Path

import pytest

from hardware.doctor.plugged import PRINTER_MAKERS
from tests.hardware.doctor.udev_rules import RULES, node, treat, usb

HELP = RULES.parents[1] / "help" / "check-this-station.md"
SAMSUNG = usb("04e8", "6860", ":060101:020201:0a0000:ff4201:")


def test_a_samsung_handset_is_opened_to_the_seat_and_left_alone_by_all_others(
    tmp_path: Path,
) -> None:
    without = treat(tmp_path, SAMSUNG, ours=False)
    assert without.properties["ID_MTP_DEVICE"] == without.properties["ID_GPHOTO2"] == "1"
    treated = treat(tmp_path, SAMSUNG)
    assert treated.opened
    assert treated.is_left_by_modem_manager
    marks = {"ID_MTP_DEVICE", "ID_GPHOTO2", "GPHOTO2_DRIVER", "ID_MEDIA_PLAYER", "PROBED_FOR_MUSIC"}
    assert not marks & treated.properties.keys()
    assert "libmtp-" not in treated.said
    assert "RUN 'uaccess'" in treated.said
    assert "power/control" in treated.said
    assert not treated.complaints


@pytest.mark.parametrize(
    "description",
    [
        usb("04e8", "6860", ":ffff00:"),  # MTP at the set-up wizard
        usb("04e8", "685d", ":020201:0a0000:", "02"),  # download mode
        usb("18d1", "4ee0", ":ff4203:"),  # fastboot
        usb("2a70", "9011", ":060101:ff4201:"),  # any maker's, once debugging is on
        usb("05e0", "2101", ":ffff00:ff4201:"),  # a handheld of a maker of scanners
    ],
    ids=["mtp", "download", "fastboot", "other maker", "handheld"],
)
def test_handsets_are_known_by_what_they_offer(tmp_path: Path, description: str) -> None:
    treated = treat(tmp_path, description)
    assert treated.opened
    assert treated.is_left_by_modem_manager


@pytest.mark.parametrize(
    ("subsystem", "name", "vendor"),
    [
        ("tty", "ttyACM0", "05e0"),
        ("tty", "ttyACM1", "04e8"),
        ("input", "event5", "05e0"),
        ("input", "event6", "0c2e"),
        ("usbmisc", "lp0", "0a5f"),
        ("tty", "ttyUSB0", "0a5f"),
    ],
)
def test_the_nodes_of_a_bench_are_opened_to_the_seat(
    tmp_path: Path, subsystem: str, name: str, vendor: str
) -> None:
    treated = treat(tmp_path, node(subsystem, name, vendor))
    assert treated.opened
    assert treated.is_left_by_modem_manager
    assert not treated.complaints


@pytest.mark.parametrize(
    "description",
    [
        node("input", "event3", "046d"),  # a person's keyboard
        node("input", "event3", "04e8"),  # of Samsung, even
        node("input", "event3", "046d", hub="05e0"),  # behind a hub with a scanner maker's id
        node("tty", "ttyUSB1", "0403"),  # somebody's serial cable
        node("usbmisc", "lp1", "03f0"),  # an office printer
        usb("04e8", "61f5", ":080650:080662:"),  # a Samsung drive
        usb("04e8", "1402", ":080650:060101:"),  # a Samsung drive that also hands out photos
        usb("04e8", "3301", ":070102:"),  # a Samsung printer
        usb("04a9", "3218", ":060101:"),  # a camera of another maker
        usb("1d6b", "0003", ":090000:", "09"),  # a root hub
        usb("046d", "c31c", ":030101:030000:"),  # a keyboard's USB node
    ],
    ids=[
        "keyboard", "samsung keyboard", "keyboard behind a hub", "cable", "office printer", "drive",
        "photos", "samsung printer", "camera", "root hub", "keyboard node",
    ],
)  # fmt: skip
def test_what_is_not_the_bench_s_is_not_touched(tmp_path: Path, description: str) -> None:
    treated = treat(tmp_path, description)
    as_before = treat(tmp_path / "without", description, ours=False)
    assert treated.tags == as_before.tags
    assert not treated.is_left_by_modem_manager
    assert treated.properties.get("ID_GPHOTO2") == as_before.properties.get("ID_GPHOTO2")


def test_a_hub_is_opened_so_that_its_ports_can_be_switched(tmp_path: Path) -> None:
    treated = treat(tmp_path, usb("0424", "2514", ":090000:", "09"))
    assert treated.opened
    assert not treated.is_left_by_modem_manager


def test_a_handset_that_goes_is_not_marked(tmp_path: Path) -> None:
    assert not treat(tmp_path, SAMSUNG, "remove").is_left_by_modem_manager


def test_the_rules_make_nothing_writable_for_everyone_and_run_nothing() -> None:
    lines = [line for line in RULES.read_text().splitlines() if line and line[0] != "#"]
    assert not re.search("MODE|GROUP|OWNER|RUN|PROGRAM", "\n".join(lines))
    assert all(re.fullmatch(r'(?:[A-Z]+(?:\{[^}]+\})?[=!+]?=?"[^"]*"(?:, |$))+', x) for x in lines)


def test_rules_and_doctor_know_the_same_makers() -> None:
    vendors = [match.split("|") for match in re.findall(r'=="([0-9a-f]{4}(?:\|[0-9a-f]{4}){3,})"',
                                                        RULES.read_text())]  # fmt: skip
    printers = [set(each) for each in vendors if "0a5f" in each]
    assert printers == [PRINTER_MAKERS] * 2


@pytest.mark.parametrize(("subsystem", "name"), [("tty", "ttyUSB0"), ("input", "event5")])
def test_the_rules_that_the_help_gives_for_another_scanner_open_that_one_alone(
    tmp_path: Path, subsystem: str, name: str
) -> None:
    (given,) = re.findall(r"```\n(SUBSYSTEM.*?)```", HELP.read_text("utf-8"), re.DOTALL)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "69-other-scanner.rules").write_text(given)
    scanner = node(subsystem, name, "1a86").replace("idProduct=1200", "idProduct=7523")
    treated = treat(tmp_path, scanner)
    assert treated.opened
    assert treated.is_left_by_modem_manager
    assert not treat(tmp_path, node(subsystem, name, "1a86")).opened
