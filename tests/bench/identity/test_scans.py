"""What a barcode means here, or why it means nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.identity.commands import CARD
from bench.identity.identifiers import AssetTag, Eid, Gtin, Iccid, Imei, SerialNumber, SlotCode
from bench.identity.scans import HIDDEN, LONGEST, Meaning, read_scan
from bench.identity.trial import TEST_CARD, TrialCode

IMEI = Imei.with_check_digit("00440000000001")
CODES: list[tuple[str, Meaning]] = [
    (str(IMEI), IMEI),
    ("PHN-000001", AssetTag("PHN", "000001")),
    ("SLOT-B4", SlotCode("B", 4)),
    ("b4", SlotCode("B", 4)),
    ("R00TEST0001", SerialNumber("R00TEST0001")),
    ("8900111111111111112", Iccid("8900111111111111112")),
    ("89000000000000000000000000000002", Eid("89000000000000000000000000000002")),
    ("0000000000017", Gtin("0000000000017")),
    *((str(code), code) for code in TEST_CARD),
    *((str(code), code) for code in CARD),
]
FORMATS = ["IMEI", "Asset tag", "Slot", "Serial number", "ICCID", "EID", "Product number",
           "Test card", "Command"]  # fmt: skip


@pytest.mark.parametrize(("text", "meaning"), CODES)
@pytest.mark.parametrize(
    "form", ["{}", "]C0{}", "]Q1{}", "  {}\r\n", "\t]E0 {}\r", "{}\x1d", "\x1d{}"]
)
def test_a_code_means_one_thing_with_and_without_aim_identifier(
    text: str, meaning: Meaning, form: str
) -> None:
    reading = read_scan(form.format(text))
    assert (reading.meaning, reading.refusals) == (meaning, ())


def test_a_code_that_means_nothing_says_why_per_format() -> None:
    reading = read_scan("hello")
    assert reading.meaning is None
    assert reading.raw == "hello"
    assert [refusal.format for refusal in reading.refusals] == FORMATS
    assert all(refusal.reason.endswith(".") for refusal in reading.refusals)


def test_a_misread_imei_is_told_as_misread() -> None:
    misread = str(IMEI)[:-1] + str((int(str(IMEI)[-1]) + 1) % 10)
    reasons = {refusal.format: refusal.reason for refusal in read_scan(misread).refusals}
    assert "misread" in reasons["IMEI"]


@pytest.mark.parametrize(
    ("text", "part_of_reason"),
    [
        ("", "empty"),
        ("]C0", "empty"),
        (" \r\n", "empty"),
        (f"{IMEI}\x00", "control"),
        (f"{IMEI}\x1b{IMEI}", "control"),
        ("9" * (LONGEST + 1), "512"),
    ],
)
def test_what_cannot_be_one_code_has_one_reason(text: str, part_of_reason: str) -> None:
    reading = read_scan(text)
    assert reading.meaning is None
    (refusal,) = reading.refusals
    assert part_of_reason in refusal.reason


def test_the_raw_text_is_shown_whole_and_plain() -> None:
    assert read_scan("]C0x\x1by").raw == "]C0x y"
    assert len(read_scan("x" * 10_000).raw) == LONGEST


CANARY = "canary-wifi-password"
FOR_A_CAMERA = [
    f'{{"android.app.extra.PROVISIONING_WIFI_PASSWORD":"{CANARY}"}}',
    f'{{"x.EXTRA_ENROLLMENT_TOKEN":"{CANARY}"}}',
    f"x.EXTRA?ENROLLMENT?TOKEN@ {CANARY}",
    f"WIFI:T:WPA;S:bench;P:{CANARY};;",
    f"WIFI:R:1;P:{CANARY};;",
    f"wifi:p:{CANARY};;",
    f"Guests, WIFI:S:bench;P:{CANARY};;",
]


@pytest.mark.parametrize("form", ["{}", "]Q1{}", "  {}\r\n", "]Q3{}", "\x00{}\x1d"])
@pytest.mark.parametrize("text", [*FOR_A_CAMERA, CANARY * 40 + FOR_A_CAMERA[0]])
def test_nothing_of_a_code_for_a_handsets_camera_is_kept(text: str, form: str) -> None:
    reading = read_scan(form.format(text))
    assert reading.raw == HIDDEN
    assert [refusal.reason for refusal in reading.refusals] == [
        "It is a code for a handset's camera."
    ]
    assert CANARY not in repr(reading)


def test_an_address_of_a_wireless_part_on_a_box_is_no_card_of_a_network() -> None:
    assert read_scan(f"IMEI: {IMEI}, WIFI:A0:B1:C2:00:00:01").raw != HIDDEN


anything = st.text() | st.text("0123456789", max_size=40) | st.text("]C0RSLOT-B489 \x1d\x00\r")


@given(anything)
def test_no_text_raises_and_each_has_a_meaning_or_reasons(text: str) -> None:
    reading = read_scan(text)
    assert (reading.meaning is None) == bool(reading.refusals)
    assert reading.raw.isprintable()
    if reading.meaning is not None:
        assert read_scan(str(reading.meaning)).meaning == reading.meaning


@given(anything | st.sampled_from([text for text, _ in CODES]))
def test_no_text_is_of_two_formats(text: str) -> None:
    parsers = (
        Imei.parse,
        AssetTag.parse,
        SlotCode.parse,
        SerialNumber.parse_samsung,
        Iccid.parse,
        Eid.parse,
        Gtin.parse,
        TrialCode.parse,
    )
    taken = 0
    for parse in parsers:
        try:
            parse(text)
        except ValueError:
            continue
        taken += 1
    assert taken <= 1
