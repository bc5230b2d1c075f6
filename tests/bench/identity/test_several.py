"""One code with several identities: read whole as one handset's, or refused with the reason."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.identity.aim import symbology
from bench.identity.identifiers import AssetTag, Eid, Gtin, Iccid, Imei, SerialNumber
from bench.identity.scans import Meaning, read_scan
from bench.identity.trial import TEST_CARD, TrialCode

ONE, TWO, THREE = (Imei.with_check_digit(f"0044000000000{n}") for n in (1, 2, 3))
SERIAL, EID = SerialNumber("R00TEST0001"), Eid("89000000000000000000000000000002")
ICCID, GTIN = Iccid("8900111111111111112"), Gtin("0000000000017")
MISREAD = str(ONE)[:-1] + str((int(str(ONE)[-1]) + 5) % 10)


@pytest.mark.parametrize(
    "separator", ["\x1d", ",", ";", "\n", "\r\n", " ", "\t", ", ", " | ", "\x1e"]
)
@pytest.mark.parametrize("aim", ["", "]Q1", "]d1", "]C0"])
def test_the_code_of_a_box_means_its_first_imei_and_says_the_rest(separator: str, aim: str) -> None:
    reading = read_scan(aim + separator.join(map(str, (ONE, TWO, SERIAL, EID))))
    assert (reading.meaning, reading.also) == (ONE, (TWO, SERIAL, EID))
    assert (reading.aim, reading.refusals) == (aim, ())


@pytest.mark.parametrize(
    ("text", "meaning", "also"),
    [
        (f"IMEI1:{ONE},IMEI2:{TWO},S/N:{SERIAL}", ONE, (TWO, SERIAL)),
        (f"IMEI 1: {ONE}; IMEI 2: {TWO}", ONE, (TWO,)),
        (f"imei={ONE}", ONE, ()),
        (f"SM-A325F/DS;Black;128GB;{ONE};20261124", ONE, ()),
        (f"SN: X12-ABC, IMEI: {ONE}", ONE, (SerialNumber("X12-ABC"),)),
        (f"{SERIAL};{GTIN}", SERIAL, (GTIN,)),
        (f"{GTIN} {ONE}", ONE, (GTIN,)),
        (f"{ONE}\r{ONE}", ONE, ()),
        (f"ICCID:{ICCID},{EID}", EID, (ICCID,)),
    ],
)
def test_names_and_other_parts_are_understood(
    text: str, meaning: Meaning, also: tuple[Meaning, ...]
) -> None:
    reading = read_scan(text)
    assert (reading.meaning, reading.also) == (meaning, also)


@pytest.mark.parametrize(
    ("text", "format_name", "part_of_reason"),
    [
        (f"{ONE},{TWO},{THREE}", "IMEI", "3 different"),
        (f"{ONE},{MISREAD}", "A part", "misread"),
        (f"IMEI1:{ONE},IMEI2:{MISREAD}", "IMEI2", "misread"),
        (f"{ONE},00440000000000", "A part", "14 digits"),
        (f"{ONE},{SERIAL},R00TEST0002", "Serial number", "2 different"),
        (f"{ONE},{str(EID)[:-1]}3", "A part", "misread"),
        (f"{GTIN},0000000000024,{ONE}", "Product number", "2 different"),
        (f"IMEI:{SERIAL}", "IMEI", "only digits"),
        ("S/N:X12-ABC", "Serial number", "Samsung"),
    ],
)
def test_what_cannot_be_one_handset_is_refused_with_the_reason(
    text: str, format_name: str, part_of_reason: str
) -> None:
    reading = read_scan(text)
    assert (reading.meaning, reading.also) == (None, ())
    (refusal,) = reading.refusals
    assert refusal.format == format_name
    assert part_of_reason in refusal.reason


@pytest.mark.parametrize("text", ["PHN-000001,B4", "hello, world", "1,2,3", ",;,", "a b", "IMEI:"])
def test_a_list_of_nobodys_identities_means_nothing(text: str) -> None:
    reading = read_scan(text)
    assert reading.meaning is None
    assert len(reading.refusals) == 9


# ── GS1 ─────────────────────────────────────────────────────────────────────────────────────────
GS1_BOX = "0100000000000017" + f"8002{ONE}\x1d21{SERIAL}"


@pytest.mark.parametrize("aim", ["]C1", "]d2", "]Q3", "]e0"])
def test_element_strings_are_read_behind_the_identifier_of_a_gs1_code(aim: str) -> None:
    reading = read_scan(aim + GS1_BOX)
    assert (reading.meaning, reading.also) == (ONE, (SERIAL, GTIN))


@pytest.mark.parametrize("aim", ["", "]C0", "]d1", "]Q1"])
def test_element_strings_are_not_guessed_at_behind_any_other(aim: str) -> None:
    assert read_scan(aim + GS1_BOX).meaning is None


@pytest.mark.parametrize(
    ("body", "meaning", "also"),
    [
        (f"8002{ONE}", ONE, ()),
        (f"8002{ONE}\x1d8002{TWO}", ONE, (TWO,)),
        (f"21{SERIAL}\x1d17000000" + "10LOT1", SERIAL, ()),
        ("0110000000000014" + f"8002{ONE}", ONE, ()),  # the carton's product number
        (str(ONE), ONE, ()),  # a printer that says GS1 and is not
        (f"{ONE}\x1d{TWO}", ONE, (TWO,)),
    ],
)
def test_what_gs1_codes_of_a_box_say(
    body: str, meaning: Meaning, also: tuple[Meaning, ...]
) -> None:
    reading = read_scan("]d2" + body)
    assert (reading.meaning, reading.also) == (meaning, also)


@pytest.mark.parametrize(
    "body",
    [
        f"8002{MISREAD}",
        f"8002{ONE}\x1d8002{MISREAD}",
        "0100000000000018" + f"8002{ONE}",
        f"8002{ONE}\x1d8002{TWO}\x1d8002{THREE}",
        "99004400000000016",
        "00123456789012345675",
        "210044000000000",
    ],
)
def test_a_gs1_code_that_is_wrong_or_nobodys_is_refused(body: str) -> None:
    reading = read_scan("]d2" + body)
    assert reading.meaning is None
    assert len(reading.refusals) == 1


def test_fifteen_digits_that_are_an_element_string_are_no_imei() -> None:
    as_serial = str(Imei.with_check_digit("21004400000001"))
    assert read_scan(as_serial).meaning == Imei(as_serial)
    assert read_scan("]C1" + as_serial).meaning is None


def test_reading_a_scan_does_not_load_what_only_gs1_codes_need() -> None:
    program = (
        "import sys; from bench.identity.scans import read_scan;"
        "read_scan(']C0x'); print('biip' in sys.modules)"
    )
    said = subprocess.check_output([sys.executable, "-c", program], text=True)
    assert said.strip() == "False"


# ── the test card ───────────────────────────────────────────────────────────────────────────────
def test_the_test_card_says_what_came_through() -> None:
    lost = read_scan("]Q1" + str(TEST_CARD[1]).replace("\x1d", ""))
    assert lost.meaning == TrialCode("QR", has_separator=False)
    assert isinstance(lost.meaning, TrialCode)
    assert not lost.meaning.is_whole
    assert all(code.is_whole for code in TEST_CARD)
    assert (lost.aim, symbology(lost.aim)) == ("]Q1", "QR code")


def test_a_test_card_through_another_keyboard_layout_is_none() -> None:
    german = str(TEST_CARD[0]).translate(str.maketrans("yZ-/", "zYß-"))
    assert read_scan(german).meaning is None


@pytest.mark.parametrize(
    ("aim", "name"),
    [("]C0", "Code 128"), ("]C1", "GS1 Code 128"), ("]E0", "EAN/UPC"), ("]d1", "DataMatrix"),
     ("]d2", "GS1 DataMatrix"), ("]Q3", "GS1 QR code"), ("]e0", "GS1 DataBar"), ("", ""),
     ("]X9", "a code of kind ]X9")],
)  # fmt: skip
def test_identifiers_are_named_as_a_person_does(aim: str, name: str) -> None:
    assert symbology(aim) == name


# ── anything at all ─────────────────────────────────────────────────────────────────────────────
TAG = AssetTag("PHN", "000001")
VALUES = [str(each) for each in (ONE, TWO, SERIAL, EID, ICCID, GTIN, MISREAD, TAG)]
MARKS = ["\x1d", ",", " ", "\n", "IMEI:", "8002", "01", "21", "]C1", "]d2", "]Q3", "00", "R", "~"]
pieces = st.lists(st.sampled_from(VALUES + MARKS) | st.text(max_size=3), max_size=12).map("".join)
digits = st.text("0123456789\x1d", max_size=60)


@given(st.sampled_from(["", "]C1", "]d2", "]Q3", "]Q1"]), pieces | digits)
def test_any_text_ends_as_a_reading(aim: str, text: str) -> None:
    reading = read_scan(aim + text)
    assert (reading.meaning is None) == bool(reading.refusals)
    assert all(refusal.reason and refusal.format for refusal in reading.refusals)
    assert reading.meaning not in reading.also
    for found in (reading.meaning, *reading.also):
        if isinstance(found, Imei | Eid | Iccid | Gtin):
            assert type(found).parse(found.digits) == found
            assert found.digits in "".join(text.split()) or " " in text or "-" in text


def bytes_are_survived(count: int, seed: int) -> None:
    noise = random.Random(seed)
    for _ in range(count // 40):
        text = noise.randbytes(noise.randrange(80)).decode("utf-8", "replace")
        for aim in ("", "]d2"):
            reading = read_scan(aim + text)
            assert not isinstance(reading.meaning, Imei | Eid | Iccid | Gtin), text


def test_forty_thousand_random_bytes_are_no_identity() -> None:
    bytes_are_survived(40_000, 5)


@pytest.mark.soak
def test_a_million_random_bytes_are_no_identity() -> None:
    bytes_are_survived(1_000_000, 6)
