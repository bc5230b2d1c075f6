"""Who a handset says it is, read from answers that may hold anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.identity.identifiers import Imei, SerialNumber
from bench.identity.plain import LIMIT, plain
from bench.problems import ProblemCode, ProblemError
from hardware.adb.condition import ASKED
from hardware.adb.identity import parcel_text, question, read_answer

_MARK = "5d2f0c7a"
_FIRST = Imei.with_check_digit("00440000" + "000001")
_SECOND = Imei.with_check_digit("00440001" + "000001")
_NULL = "Result: Parcel(00000000 ffffffff   '........')\n"
_REFUSED = """Result: Parcel(
  0x00000000: ffffffff 00000012 006f004e 00700020 '........N.o. .p.'
  0x00000010: 00720065 0069006d 00730073 006f0069 'e.r.m.i.s.s.i.o.')
"""


def _parcel(text: str) -> str:
    """What `service call` prints for a text."""
    shown = "........" + "".join(f"{character}." for character in text) + ".."
    rows = [shown[start : start + 16] for start in range(0, len(shown), 16)]
    body = "\n".join(f"  0x{n * 16:08x}: 00000000 00000000 '{row}'" for n, row in enumerate(rows))
    return f"Result: Parcel(\n{body})\n"


def _answer(
    serial: str = "R58N00001XY",
    boot_serial: str = "R58N00001XY",
    model: str = "SM-A325F",
    sdk: str = "33",
    first: str = _parcel(str(_FIRST)),
    third: str = _NULL,
    fourth: str = _parcel(str(_SECOND)),
) -> str:
    properties = (serial, boot_serial, model, "TP1A.220624.014", "13", "2023-06-01")
    parts = (*(f"{text}\n" for text in properties), first, third, fourth, f"{sdk}\n")
    parts += ("\n",) * (len(ASKED) - 1)
    return "".join(f"{part}{_MARK}\n" for part in parts)


def test_a_handset_says_who_it_is() -> None:
    identity = read_answer(_answer(), _MARK)
    assert identity.serial == SerialNumber("R58N00001XY")
    assert identity.imeis == (_FIRST, _SECOND)
    assert (identity.model, identity.build) == ("SM-A325F", "TP1A.220624.014")
    assert (identity.android, identity.patch) == ("13", "2023-06-01")


def test_before_android_12_the_second_imei_has_another_number() -> None:
    second = _parcel(str(_SECOND))
    identity = read_answer(_answer(sdk="30", third=second, fourth=_NULL), _MARK)
    assert identity.imeis == (_FIRST, _SECOND)


def test_from_android_12_on_the_old_number_means_something_else() -> None:
    other = _parcel(str(Imei.with_check_digit("00440002000001")))
    identity = read_answer(_answer(sdk="31", third=other), _MARK)
    assert identity.imeis == (_FIRST, _SECOND)


def test_the_same_imei_twice_is_one() -> None:
    identity = read_answer(_answer(fourth=_parcel(str(_FIRST))), _MARK)
    assert identity.imeis == (_FIRST,)


@pytest.mark.parametrize(
    "said",
    [
        _NULL,
        _REFUSED,
        "",
        "service: Service iphonesubinfo does not exist\n",
        _parcel("000000000000000"),
        _parcel("004400000000011"),
        _parcel("<b>004400000000016</b>"),
    ],
)
def test_what_is_no_imei_is_not_taken_for_one(said: str) -> None:
    assert read_answer(_answer(first=said, fourth=said), _MARK).imeis == ()


def test_the_boot_serial_number_stands_in_for_a_missing_one() -> None:
    identity = read_answer(_answer(serial="", boot_serial="R58N00009XY"), _MARK)
    assert identity.serial == SerialNumber("R58N00009XY")


@pytest.mark.parametrize("serial", ["", "\x00", "^XA^XZ", "<b>R58</b>", "x" * 65, "R5\n8N"])
def test_a_handset_without_usable_serial_number_is_unread(serial: str) -> None:
    with pytest.raises(ProblemError) as raised:
        read_answer(_answer(serial=serial, boot_serial=serial), _MARK)
    assert raised.value.problem.code == ProblemCode.IDENTITY_UNREAD


@pytest.mark.parametrize("kept", [0, 1, 40, 200])
def test_an_answer_that_was_cut_short_is_unread(kept: int) -> None:
    with pytest.raises(ProblemError) as raised:
        read_answer(_answer()[:kept], _MARK)
    assert raised.value.problem.code == ProblemCode.IDENTITY_UNREAD


@pytest.mark.parametrize(
    "model",
    [
        "^XA^FO0,0^FDx^FS^XZ",
        "<img src=x onerror=alert(1)>",
        "\x1b[2J\x1b]0;title\x07",
        "a\x00b",
        "x" * 65536,
        "y]\n[ro.serialno]: [R58N99999XY",
        "z\n" * 100,
    ],
)
def test_a_hostile_property_changes_nothing_but_its_own_field(model: str) -> None:
    honest, hostile = read_answer(_answer(), _MARK), read_answer(_answer(model=model), _MARK)
    assert hostile.model == plain(model)
    assert len(hostile.model) <= LIMIT
    assert (hostile.serial, hostile.imeis) == (honest.serial, honest.imeis)
    assert (hostile.build, hostile.android) == (honest.build, honest.android)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_model_name_is_only_a_model_name(model: str) -> None:
    identity = read_answer(_answer(model=model), _MARK)
    assert identity.model == plain(model)
    assert identity.imeis == (_FIRST, _SECOND)


@given(st.text())
def test_any_answer_is_an_identity_or_unread(out: str) -> None:
    with pytest.raises(ProblemError):
        read_answer(out, _MARK)


@given(st.text("0123456789", max_size=40))
def test_a_text_of_digits_is_read_back_from_a_parcel(digits: str) -> None:
    assert parcel_text(_parcel(digits)) == digits


@given(st.text(max_size=200))
def test_no_parcel_is_too_strange_to_read(dump: str) -> None:
    assert "." not in parcel_text(dump)


def test_every_part_of_the_question_ends_in_the_mark() -> None:
    assert question(_MARK).count(f"; echo {_MARK}") == 9 + len(ASKED)
    assert question(_MARK).startswith("getprop ro.serialno; ")
