"""Upload files as the bench makes them by its shipped formats, handed in at the portals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.enrolment.exports.handsets import HandsetRow
from bench.enrolment.exports.load import load_format
from bench.enrolment.exports.making import UploadFile, WhichImei, make_files
from bench.identity.identifiers import Imei, SerialNumber
from hardware.simulator.handset import SimulatedHandset, make_handset
from hardware.simulator.portals.portal import Portal
from hardware.simulator.portals.rules import KNOX, ZERO_TOUCH, PortalRules
from hardware.simulator.portals.upload import FileRefusedError
from hardware.simulator.wizard.surroundings import PortalProfile

UPLOADS = Path(__file__).parents[3] / "resources" / "uploads"
HANDSETS = tuple(make_handset(number) for number in range(1, 1201))
OPTIONS = {"owner": "1234567890"}
FORMATS = [
    ("knox", KNOX), ("zero-touch", ZERO_TOUCH), ("zero-touch-full", ZERO_TOUCH),
    ("zero-touch-serial", ZERO_TOUCH),
]  # fmt: skip


def row(handset: SimulatedHandset) -> HandsetRow:
    imeis = tuple(map(Imei.parse, handset.imeis))
    return HandsetRow(imeis, SerialNumber.parse(handset.serial), "SM-A325F", "samsung")


def files(name: str, which: WhichImei = WhichImei.FIRST) -> tuple[UploadFile, ...]:
    form = load_format(UPLOADS / f"{name}.toml")
    return make_files(form, map(row, HANDSETS), which=which, options=OPTIONS)


@pytest.mark.parametrize(("name", "rules"), FORMATS)
@pytest.mark.parametrize("which", WhichImei)
def test_a_portal_takes_every_row_and_knows_every_handset(
    name: str, rules: PortalRules, which: WhichImei
) -> None:
    portal = Portal(rules, PortalProfile("A32", "{}"))
    receipts = [portal.hand_in(file.data) for file in files(name, which)]
    assert [receipt.refused for receipt in receipts] == [()] * len(receipts)
    assert sum(receipt.taken for receipt in receipts) == len(HANDSETS)
    assert portal.approve() == len(HANDSETS)
    assert all(portal.profile_for(each.serial, each.imeis) for each in HANDSETS)


def test_a_file_that_is_handed_in_twice_is_refused_row_by_row() -> None:
    portal = Portal(KNOX)
    (file,) = files("knox")
    portal.hand_in(file.data)
    again = portal.hand_in(file.data)
    assert (again.taken, len(again.refused)) == (0, len(HANDSETS))


def test_zero_touch_is_given_no_more_rows_than_it_takes() -> None:
    assert [len(file.rows) for file in files("zero-touch")] == [999, 201]
    larger = replace(load_format(UPLOADS / "zero-touch.toml"), rows=0)
    (whole,) = make_files(larger, map(row, HANDSETS), options=OPTIONS)
    with pytest.raises(FileRefusedError, match="999 rows"):
        Portal(ZERO_TOUCH).hand_in(whole.data)
