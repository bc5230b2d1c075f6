"""Files that are handed in at a portal: what is taken, what is refused, and who gets a profile."""

from __future__ import annotations

import pytest

from hardware.simulator.handset import make_handset
from hardware.simulator.portals.portal import Portal, Receipt
from hardware.simulator.portals.rules import KNOX, ZERO_TOUCH, PortalRules
from hardware.simulator.portals.upload import FileRefusedError, RefusedRow
from hardware.simulator.wizard.surroundings import PortalProfile

PROFILE = PortalProfile("A32", '{"canary": "token"}')
ONE, TWO, THREE = (make_handset(number) for number in (1, 2, 3))


def portal(rules: PortalRules = KNOX) -> Portal:
    return Portal(rules, PROFILE)


def reasons(receipt: Receipt) -> dict[int, str]:
    return {row.row: row.reason for row in receipt.refused}


def test_a_handset_gets_its_profile_only_once_it_is_approved() -> None:
    knox = portal()
    assert knox.hand_in(f"{ONE.imeis[0]}\r\n".encode()) == Receipt(1)
    assert knox.profile_for(ONE.serial, ONE.imeis) is None
    assert knox.approve() == 1
    assert knox.profile_for(ONE.serial, ONE.imeis) == PROFILE
    assert knox.profile_for(TWO.serial, TWO.imeis) is None
    assert knox.approve() == 0


def test_a_profile_shows_no_token() -> None:
    assert "canary" not in repr(PROFILE)


def test_a_handset_may_be_named_by_either_imei() -> None:
    knox = portal()
    knox.hand_in(ONE.imeis[1].encode())
    knox.approve()
    assert knox.profile_for(ONE.serial, ONE.imeis) == PROFILE


@pytest.mark.parametrize("title", ["IMEI", "imei/meid", " Device ID "])
def test_a_column_is_found_by_its_title_wherever_it_stands(title: str) -> None:
    knox = portal()
    text = f"Order,{title},Serial\r\n1,{ONE.imeis[0]},{ONE.serial}\r\n"
    assert knox.hand_in(text.encode()) == Receipt(1)
    assert knox.known == {ONE.imeis[0]}


def test_zero_touch_reads_the_columns_of_open_tools() -> None:
    zero = portal(ZERO_TOUCH)
    head = "modemtype,modemid,serial,model,manufacturer,profiletype,owner\n"
    row = f"IMEI,{ONE.imeis[0]},{ONE.serial},SM-A325F,samsung,ZERO_TOUCH,1\n"
    assert zero.hand_in((head + row).encode()) == Receipt(1)
    assert zero.hand_in(b"serial,model,manufacturer\nR58N00002XY,SM-A325F,samsung\n") == Receipt(1)
    zero.approve()
    assert zero.profile_for(TWO.serial, TWO.imeis) == PROFILE


def test_a_handset_that_was_handed_in_before_is_refused() -> None:
    knox = portal()
    knox.hand_in(f"imei,serial\n{ONE.imeis[0]},{ONE.serial}\n".encode())
    again = knox.hand_in(f"{ONE.imeis[0]}\n{TWO.imeis[0]}\n{TWO.imeis[0]}\n".encode())
    assert again.taken == 1
    assert reasons(again) == dict.fromkeys((1, 3), "this handset was handed in before")
    by_serial = knox.hand_in(f"serial\n{ONE.serial}\n".encode())
    assert reasons(by_serial) == {2: "this handset was handed in before"}


@pytest.mark.parametrize("text", [
    "4.40000E+14", "004400000000010", "00440000000001", "'004400000000018", "=1+1",
    "00440000-000001-8", "R58N00001XY", "000000000000000",
])  # fmt: skip
def test_what_is_no_imei_is_refused_by_its_row(text: str) -> None:
    knox = portal()
    receipt = knox.hand_in(f"imei\n{ONE.imeis[0]}\n{text}\n".encode())
    assert receipt == Receipt(1, (RefusedRow(3, "this is no IMEI"),))


def test_a_serial_number_that_is_none_and_a_row_that_names_nobody_are_refused() -> None:
    receipt = portal().hand_in(b"imei,serial\n,=cmd\n,\n")
    assert reasons(receipt) == {2: "this is no serial number", 3: "no handset is named"}


def test_an_account_that_is_full_takes_no_more() -> None:
    small = PortalRules("knox", ("imei",), account=2)
    knox = portal(small)
    imeis = "\n".join(each.imeis[0] for each in (ONE, TWO, THREE))
    assert reasons(knox.hand_in(f"imei\n{imeis}\n".encode())) == {
        4: "the account has room for 2 handsets only"
    }
    knox.remove(ONE.imeis[0])
    assert knox.hand_in(f"imei\n{THREE.imeis[0]}\n".encode()) == Receipt(1)


def test_a_handset_that_was_struck_off_gets_no_profile() -> None:
    knox = portal()
    knox.hand_in(f"imei,serial\n{ONE.imeis[0]},{ONE.serial}\n".encode())
    knox.approve()
    knox.remove(ONE.serial)
    knox.remove(ONE.serial)
    assert knox.profile_for(ONE.serial, ONE.imeis) is None
    assert knox.known == frozenset()


@pytest.mark.parametrize(("data", "reason"), [
    (b"", "empty"),
    (b"imei\r\n", "names no handset"),
    (b"\xff\xfe0\x00", "not UTF-8"),
    (b"\xef\xbb\xbfimei\n", "byte order mark"),
    (b'"imei', "no CSV"),
])  # fmt: skip
def test_a_file_that_is_none_is_refused_whole(data: bytes, reason: str) -> None:
    with pytest.raises(FileRefusedError, match=reason):
        portal().hand_in(data)


def test_zero_touch_takes_no_file_without_titles_and_none_of_a_thousand_rows() -> None:
    zero = portal(ZERO_TOUCH)
    with pytest.raises(FileRefusedError, match="modemid"):
        zero.hand_in(ONE.imeis[0].encode())
    rows = "".join(f"{make_handset(number).imeis[0]}\n" for number in range(1000))
    with pytest.raises(FileRefusedError, match="999 rows"):
        zero.hand_in(f"modemid\n{rows}".encode())
    assert zero.known == frozenset()


def test_an_account_of_knox_has_room_for_ten_thousand() -> None:
    knox = portal()
    rows = "".join(f"{make_handset(number).imeis[0]}\n" for number in range(10_001))
    receipt = knox.hand_in(rows.encode())
    assert (receipt.taken, len(receipt.refused)) == (10_000, 1)
