"""What a reply says, and what of it nobody ever gets to see."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.events.modem import Firmware, ModemIdentity
from bench.identity.identifiers import Imei, SerialNumber
from hardware.samsung.devconinfo import read_identity, read_reactivation
from hardware.samsung.replies import IDENTITY, ReplyReader

IMEI = str(Imei.with_check_digit("00440000000001"))
RECORDED = (
    "MN(SM-A325F);BASE(UNKNOWN);VER(A325FXXU0AAAA/A325FOXM0AAAA/A325FXXU0AAAA/A325FXXU0AAAA);"
    "HIDVER(A/B/C/D);MNC(00,);MCC(000,);PRD(EUX);AID();CC(NL);OMCCODE();SN(R58N00001XY);"
    f"IMEI({IMEI});UN(00000000000000000000);PN(,);CON(AT,MTP);LOCK(NONE);LIMIT(FALSE);"
    "SDP(RUNTIME);HVID(Data:196609)"
)


def test_a_recorded_reply_is_read_whole() -> None:
    assert read_identity(RECORDED) == ModemIdentity(
        serial=SerialNumber("R58N00001XY"),
        imei=Imei(IMEI),
        model="SM-A325F",
        firmware=Firmware("A325FXXU0AAAA", "A325FOXM0AAAA", "A325FXXU0AAAA", "A325FXXU0AAAA"),
        sales_code="EUX",
        country="NL",
        lock="NONE",
    )


def test_of_a_key_that_comes_twice_the_first_counts() -> None:
    other = Imei.with_check_digit("00440000000002")
    assert read_identity(f"{RECORDED};IMEI({other})").imei == Imei(IMEI)
    assert read_identity(f"IMEI({other});{RECORDED}").imei == other
    assert read_identity(f"IMEI();{RECORDED}").imei is None


@pytest.mark.parametrize(
    "text",
    ["", ";", "IMEI", "IMEI(", "MN", "()", "NEW(1);OTHER(x y)", "IMEI(;SN(;MN(", "\ufffd" * 99],
)
def test_what_is_missing_or_unknown_is_left_out(text: str) -> None:
    assert read_identity(text) == ModemIdentity(serial=None, imei=None)


def test_firmware_of_three_parts_and_of_too_many_is_read_as_far_as_it_goes() -> None:
    ap, csc, cp = "A325FXXU1AAA1", "A325FOXM1AAA1", "A325FXXU1AAA2"
    assert read_identity(f"VER({ap}/{csc}/{cp})").firmware == Firmware(ap, csc, cp, "")
    assert read_identity(f"VER({ap}//{cp}/{ap}/{csc})").firmware == Firmware(ap, "", cp, ap)


@pytest.mark.parametrize(
    "model",
    ["SM-A325F", "SM-A326B/DS", "SM-G9730", "SM-N9005", "GT-I9505", "SHV-E300S", "SC-02J", "SCV38",
     "SGH-T999", "SM-F946U1", "SM-S327VL", "SAMSUNG-SM-G935A", "SM-S938B"],
)  # fmt: skip
def test_the_models_of_this_maker_are_read(model: str) -> None:
    assert read_identity(f"MN({model})").model == model


@pytest.mark.parametrize(
    "part",
    ["A325FXXU1AAA1", "S938BXXU0AAAA", "N9005XXUGBOD3", "T210XXBOH4", "G9730ZCU4CXG1",
     "A105FNXXU5BTB1", "SC02JOMU1ARC1", "G935AUCS4BQC1", "W2021ZCU2BVA5", "F946U1UES1AWG1"],
)  # fmt: skip
def test_the_firmware_of_this_maker_is_read(part: str) -> None:
    assert read_identity(f"VER({part}/{part})").firmware == Firmware(part, part)


@pytest.mark.parametrize(
    "text",
    ["LOCK(NETWORK 234/10)", "LOCK(NETWORK 23410)", "LOCK(NETWORK: 234,10)", "MN(SM-A23410)",
     "MN(SM-A234-10)", "MN(SM-A/234/10)", "MN(SM-07700900123)", "MN(A 234)", "VER(A1234)",
     "VER(A325FXXU23410)", "VER(A325FXX234-10A)", "VER(A234/10)", "VER(A32507700900123)"],
)  # fmt: skip
def test_a_network_or_phone_number_behind_letters_is_no_value(text: str) -> None:
    assert read_identity(text) == ModemIdentity(serial=None, imei=None)


@pytest.mark.parametrize(
    "imei",
    [
        IMEI[:-1],
        IMEI + "0",
        IMEI[:-1] + str((int(IMEI[-1]) + 1) % 10),
        "000000000000000",
        "ffffffff",
        f"{IMEI[:7]} {IMEI[7:]}",
        "\u0660" * 15,
    ],
)
def test_what_is_no_imei_is_none(imei: str) -> None:
    said = read_identity(RECORDED.replace(IMEI, imei))
    assert (said.imei, said.serial) == (None, SerialNumber("R58N00001XY"))


@pytest.mark.parametrize("serial", ["", "R58N00001X", "R58N00001XYZ", "r58n00001xy", "07700900123"])
def test_what_is_no_serial_number_of_this_maker_is_none(serial: str) -> None:
    assert read_identity(RECORDED.replace("R58N00001XY", serial)).serial is None


def test_bytes_lost_within_a_field_or_before_the_imei_make_no_other_handset_of_it() -> None:
    """Behind its head an IMEI could run into other digits; for that each answer is heard twice."""
    head = RECORDED.index(IMEI)
    for start in range(head + len(IMEI)):
        for count in range(1, (head + len(IMEI) if start >= head else head) - start + 1):
            said = read_identity(RECORDED[:start] + RECORDED[start + count :])
            assert said.imei in (None, Imei(IMEI)), (start, count)
            assert said.serial in (None, SerialNumber("R58N00001XY")), (start, count)


def test_a_serial_number_that_runs_into_the_digits_behind_it_is_none() -> None:
    assert read_identity("SN(R0000000016);UN(0)").serial is None
    head, own = RECORDED.index(IMEI), RECORDED.index("R58N00001XY")
    for start in range(own, head):
        for end in range(head, head + len(IMEI) + 1):
            said = read_identity(RECORDED[:start] + RECORDED[end:])
            assert said.serial is None, (start, end)


def test_a_handset_that_has_lost_its_imei_still_says_its_serial_number() -> None:
    said = read_identity(RECORDED.replace(IMEI, "000000000000000"))
    assert (said.imei, said.serial) == (None, SerialNumber("R58N00001XY"))


private = st.text("0123456789+*# qzx,", min_size=4, max_size=24).filter(
    lambda text: len(text.strip(" ,")) >= 4 and text not in RECORDED
)


@given(
    st.dictionaries(st.sampled_from(["PN", "MCC", "MNC", "UN", "AID"]), private, min_size=1),
    st.sampled_from(["", "+CIEV: 1", "#OK#"]),
    st.integers(0, 60),
    st.booleans(),
)
@example({"PN": "07700900123"}, "", 0, False)
def test_phone_numbers_and_networks_are_in_nothing_that_comes_out(
    secrets: dict[str, str], between: str, lost: int, is_cut: bool
) -> None:
    info = RECORDED
    for key, secret in secrets.items():
        info = re.sub(rf"(?<=\b{key}\()[^)]*", secret.replace("\\", ""), info, count=1)
    reply = f"AT+DEVCONINFO\r\r\n+DEVCONINFO: {info}\r\n{between}\r\n" + (
        "" if is_cut else "OK\r\n"
    )
    reader = ReplyReader(IDENTITY)
    outcome = reader.feed(reply.encode()[lost:]) or reader.finish()
    for secret in secrets.values():
        assert secret not in f"{outcome!r}{outcome}{reader!r}{reader}"


phone_numbers = st.from_regex(r"\+?[0-9]{7,14}", fullmatch=True)
networks = st.from_regex(r"[2-7][0-9]{2}[-,/ ]?[0-9]{2,3}", fullmatch=True)
KEYS = re.findall(r"([A-Z]+)\(", RECORDED)


@given(
    st.dictionaries(
        st.sampled_from([key for key in KEYS if key not in ("SN", "IMEI")]),
        phone_numbers | networks,
        min_size=1,
    ),
    st.integers(0, len(RECORDED)),
    st.integers(0, len(RECORDED)),
    st.booleans(),
)
@example({"MNC": "234/10"}, RECORDED.index("A325F"), 40, True)
@example({"LIMIT": "23410"}, RECORDED.index("NONE") + 1, 11, True)
@example({"HIDVER": "1234567"}, RECORDED.index("XXU0AAAA/A325FO"), 60, True)
def test_wherever_bytes_are_lost_no_phone_number_or_network_runs_into_a_value(
    secrets: dict[str, str], start: int, count: int, is_word_before: bool
) -> None:
    """The IMEI apart, whose check digit fits by chance one time in ten: it has to come twice."""
    info = RECORDED
    for key, secret in secrets.items():
        word = "NETWORK " if is_word_before and key == "LOCK" else ""
        info = re.sub(rf"(?<=\b{key}\()[^)]*", word + secret, info, count=1)
    said = read_identity(info[:start] + info[start + count :])
    shown = repr(replace(said, imei=None))
    for secret in secrets.values():
        assert secret not in shown
        assert re.sub(r"[^0-9]", "", secret) not in shown


@given(private, st.sampled_from(["MN", "VER", "PRD", "CC", "SN", "IMEI", "LOCK"]))
def test_a_phone_number_that_slipped_under_another_key_is_no_value_of_it(
    number: str, key: str
) -> None:
    digits = re.sub(r"[^0-9+]", "", number)
    if len(digits) == 15 or len(digits) < 4:
        return
    assert digits not in repr(read_identity(f"{key}({digits})"))


@pytest.mark.parametrize(
    ("text", "is_locked"),
    [("1,LOCK", True), ("1,UNLOCK", False), ("1,unlock ", False), ("", None), ("1,", None),
     ("0,LOCK", None), ("1,LOCKED?", None)],
)  # fmt: skip
def test_the_reactivation_lock_is_said_or_not(text: str, is_locked: bool | None) -> None:
    assert read_reactivation(text) is is_locked
