"""The identifiers: what is taken, what is refused and why, and that text and value agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError
from typing import Protocol, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.identity.identifiers import (
    AssetTag,
    Eid,
    Gtin,
    Iccid,
    IdentifierError,
    Imei,
    SerialNumber,
    SlotCode,
    UsbPath,
)

DIGITS = "0123456789"
T = TypeVar("T")


class Parser(Protocol):
    def __call__(self, text: str, /) -> object: ...


PARSERS: list[Parser] = [
    Imei.parse,
    Iccid.parse,
    Eid.parse,
    Gtin.parse,
    SerialNumber.parse,
    SerialNumber.parse_samsung,
    AssetTag.parse,
    SlotCode.parse,
    UsbPath.parse,
]


def refusal(parse: Callable[[str], object], text: str) -> str:
    with pytest.raises(IdentifierError) as caught:
        parse(text)
    return caught.value.reason


def luhn_digit(body: str) -> str:
    """Luhn written out a second time: the product takes it from a library."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        doubled = int(digit) * (1 if place % 2 else 2)
        total += doubled // 10 + doubled % 10
    return str(-total % 10)


test_imeis = st.integers(1, 999_999).map(lambda number: f"00440000{number:06d}")


def imeis() -> st.SearchStrategy[Imei]:
    bodies = test_imeis.filter(lambda body: len(set(body[8:])) > 1)
    return bodies.map(Imei.with_check_digit)


# ── IMEI ────────────────────────────────────────────────────────────────────────────────────────
def test_an_imei_is_taken_as_printed_in_groups() -> None:
    imei = Imei.with_check_digit("00440000000001")
    digits = str(imei)
    printed = f" {digits[:2]}-{digits[2:8]}-{digits[8:14]}/{digits[14]} "
    assert Imei.parse(printed) == imei


@given(imeis())
def test_the_check_digit_is_luhns(imei: Imei) -> None:
    assert imei.digits[14] == luhn_digit(imei.digits[:14])


@given(imeis(), st.integers(0, 14), st.sampled_from(DIGITS))
def test_every_single_digit_misread_of_an_imei_is_refused(
    imei: Imei, place: int, digit: str
) -> None:
    misread = imei.digits[:place] + digit + imei.digits[place + 1 :]
    if misread != imei.digits:
        refusal(Imei.parse, misread)


def test_every_single_digit_misread_of_one_imei_is_told_as_such() -> None:
    digits = Imei.with_check_digit("00440012345678").digits
    misreads = [
        digits[:place] + digit + digits[place + 1 :]
        for place in range(15)
        for digit in DIGITS
        if digit != digits[place]
    ]
    assert {refusal(Imei.parse, misread) for misread in misreads} == {
        "The check digit does not fit: a digit was misread."
    }
    assert len(misreads) == 135


@pytest.mark.parametrize(
    ("text", "part_of_reason"),
    [
        ("00440000000001", "14 digits: an IMEI without its check digit"),
        ("0044000000000178", "16 digits: an IMEISV"),
        ("0044000000001", "15 digits, got 13"),
        ("", "only digits"),
        ("00440000000001X", "only digits"),
        ("000000000000000", "placeholder"),
        ("111111111111119", "placeholder"),
        ("012345678901234", "placeholder"),
        ("123456789012347", "placeholder"),
        ("004400000000000", "check digit"),
        ("٠٠٤٤٠٠٠٠٠٠٠٠٠١٧", "only digits"),
        ("00440000000001\x00", "only digits"),
    ],
)
def test_what_is_no_imei_is_refused_for_its_own_reason(text: str, part_of_reason: str) -> None:
    assert part_of_reason in refusal(Imei.parse, text)


def test_an_imei_names_its_model_its_tail_and_the_test_range() -> None:
    imei = Imei.with_check_digit("00440000000001")
    assert (imei.tac, imei.tail, imei.is_test) == ("00440000", imei.digits[-4:], True)


# ── SIM and eSIM ────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("length", [18, 19])
def test_an_iccid_is_taken_with_and_without_its_filler(length: int) -> None:
    body = "8900" + "1" * (length - 4)
    digits = body + luhn_digit(body)
    assert str(Iccid.parse(digits)) == digits
    assert str(Iccid.parse(digits + "F")) == digits


@pytest.mark.parametrize(
    ("text", "part_of_reason"),
    [
        ("890011111111111111", "19 or 20"),
        ("7900111111111111111", "begins with 89"),
        ("8900111111111111111", "check digit"),
        ("89001111111111111FF", "19 or 20"),
    ],
)
def test_what_is_no_iccid_is_refused(text: str, part_of_reason: str) -> None:
    if part_of_reason == "check digit" and text[-1] == luhn_digit(text[:-1]):
        text = text[:-1] + str((int(text[-1]) + 1) % 10)
    assert part_of_reason in refusal(Iccid.parse, text)


def eid(body: str) -> str:
    return f"{body}{98 - int(body + '00') % 97:02d}"


@given(st.text(DIGITS, min_size=28, max_size=28), st.integers(0, 31), st.integers(1, 9))
def test_every_single_digit_misread_of_an_eid_is_refused(body: str, place: int, off: int) -> None:
    digits = eid("89" + body)
    assert str(Eid.parse(digits)) == digits
    wrong = str((int(digits[place]) + off) % 10)
    refusal(Eid.parse, digits[:place] + wrong + digits[place + 1 :])


def test_an_eid_has_32_digits_from_89() -> None:
    assert "32 digits" in refusal(Eid.parse, "89" * 15)
    assert "begins with 89" in refusal(Eid.parse, eid("79" + "0" * 28))


# ── boxes, serial numbers, tags ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("digits", ["00000017", "000000000017", "0000000000017"])
def test_a_product_number_is_taken_in_its_three_lengths(digits: str) -> None:
    assert str(Gtin.parse(digits)) == digits


@pytest.mark.parametrize(
    ("text", "part_of_reason"),
    [("0000000000018", "check digit"), ("00000000017", "8, 12 or 13"), ("0000001A", "8, 12")],
)
def test_what_is_no_product_number_is_refused(text: str, part_of_reason: str) -> None:
    assert part_of_reason in refusal(Gtin.parse, text)


def test_a_samsung_serial_number_is_r_and_ten() -> None:
    assert str(SerialNumber.parse_samsung("R00TEST0001")) == "R00TEST0001"
    for text in ("R00TEST000", "R00TEST00011", "r00test0001", "X00TEST0001", "R00TEST000\n1"):
        refusal(SerialNumber.parse_samsung, text)


def test_a_device_may_report_any_plain_serial_number() -> None:
    assert str(SerialNumber.parse("emulator-5554")) == "emulator-5554"
    for text in ("", "-rf", "a b", "a;b", "ä", "x" * 65, "$(id)"):
        refusal(SerialNumber.parse, text)


def test_an_asset_tag_is_numbered_in_at_least_six_digits() -> None:
    assert str(AssetTag.numbered("PHN", 7)) == "PHN-000007"
    assert str(AssetTag.numbered("PHN", 12_345_678)) == "PHN-12345678"


@pytest.mark.parametrize(
    "text", ["P-000001", "PHONES-000001", "PHN-00001", "PHN-123456789", "phn-000001", "PHN000001"]
)
def test_what_is_no_asset_tag_is_refused(text: str) -> None:
    assert "2 to 5 capitals" in refusal(AssetTag.parse, text)


# ── places ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("text", ["B4", "b4", " B4 ", "SLOT-B4", "slot-b4"])
def test_a_slot_code_is_taken_typed_and_scanned(text: str) -> None:
    assert SlotCode.parse(text) == SlotCode("B", 4)


@pytest.mark.parametrize("text", ["B0", "B04", "B100", "BB4", "4B", "B", "SLOT-", "Ä4"])
def test_what_is_no_slot_is_refused(text: str) -> None:
    assert "a letter and a number" in refusal(SlotCode.parse, text)


def test_a_usb_path_is_taken_from_the_kernel_and_from_adb() -> None:
    assert UsbPath.parse("usb:1-1.3.2") == UsbPath.parse("1-1.3.2") == UsbPath(1, (1, 3, 2))


@pytest.mark.parametrize("text", ["1-", "1-1.", "1-.1", "0-1", "1-0", "1-1..2", "ttyUSB3", "1:1"])
def test_what_is_no_usb_path_is_refused(text: str) -> None:
    refusal(UsbPath.parse, text)


# ── all of them ─────────────────────────────────────────────────────────────────────────────────
def returns(parse: Callable[[str], T], value: T) -> bool:
    return parse(str(value)) == value


@given(imeis())
def test_an_imei_reads_back(imei: Imei) -> None:
    assert returns(Imei.parse, imei)


@given(st.from_regex(r"[A-Z]{2,5}-[0-9]{6,8}", fullmatch=True))
def test_an_asset_tag_reads_back(text: str) -> None:
    assert str(AssetTag.parse(text)) == text
    assert returns(AssetTag.parse, AssetTag.parse(text))


@given(st.from_regex(r"[A-Z][1-9][0-9]?", fullmatch=True))
def test_a_slot_reads_back(text: str) -> None:
    assert str(SlotCode.parse(text)) == text
    assert returns(SlotCode.parse, SlotCode.parse(text))


@given(st.integers(1, 999), st.lists(st.integers(1, 999), min_size=1, max_size=7))
def test_a_usb_path_reads_back(bus: int, ports: list[int]) -> None:
    assert returns(UsbPath.parse, UsbPath(bus, tuple(ports)))


@pytest.mark.parametrize("parse", PARSERS)
@given(text=st.text() | st.text(DIGITS) | st.text("0189AFR-./ \n\x00"))
def test_any_text_is_taken_or_refused_and_what_is_taken_reads_back(
    parse: Parser, text: str
) -> None:
    try:
        value = parse(text)
    except IdentifierError:
        return
    assert parse(str(value)) == value
    assert str(value).isprintable()


def test_a_number_equals_only_one_of_its_own_kind() -> None:
    digits = "0044000000017"
    kinds = (Imei, Iccid, Eid, Gtin)
    values = [kind(digits) for kind in kinds]
    assert all(value == kind(digits) for value, kind in zip(values, kinds, strict=True))
    assert len(set(values)) == len(kinds)
    assert repr(values[0]) == f"Imei(digits='{digits}')"


def test_a_number_cannot_be_changed_and_takes_nothing_more() -> None:
    imei = Imei.with_check_digit("00440000000001")
    with pytest.raises(FrozenInstanceError):
        imei.digits = "004400000000027"  # type: ignore[misc]
    assert not hasattr(imei, "__dict__")


def test_slots_and_ports_have_an_order() -> None:
    assert min(SlotCode("B", 1), SlotCode("A", 10), SlotCode("A", 2)) == SlotCode("A", 2)
    assert min(UsbPath(2, (1,)), UsbPath(1, (3, 1)), UsbPath(1, (3,))) == UsbPath(1, (3,))
