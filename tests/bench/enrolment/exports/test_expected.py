from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.enrolment.exports.expected import parse_expected, read_expected
from bench.enrolment.exports.planning import Source
from bench.problems import ProblemCode, ProblemError
from tests.bench.enrolment.exports.shelf import imei


def parsed(text: str, **named: str) -> Source:
    return parse_expected("list.csv", text.encode(), named)


def test_a_suppliers_list_is_read_and_what_was_guessed_is_said() -> None:
    source = parsed(
        "Order No,IMEI 1,IMEI 2,Serial No.,Model\r\n"
        f"PO-7,{imei(1)},{imei(1, '00440001')},R58N000001XY,SM-A325F\r\n"
    )
    (one,) = source.handsets
    assert (one.imeis, str(one.serial)) == ((imei(1), imei(1, "00440001")), "R58N000001XY")
    assert (one.model, one.order, one.where) == ("SM-A325F", "PO-7", "line 2")
    assert "imei is its column 'IMEI 1' (guessed)" in source.remarks
    assert len(source.remarks) == 5


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_it_is_read_with_the_delimiters_that_spreadsheets_write(
    delimiter: str, end: str, mark: bytes
) -> None:
    lines = (f"model{delimiter}imei", f'"SM-A325F, blue"{delimiter}{imei(1)}', "")
    source = parse_expected("list.csv", mark + end.join(lines).encode(), {})
    assert [(one.model, one.imeis) for one in source.handsets] == [("SM-A325F, blue", (imei(1),))]


def test_a_column_is_named_where_its_heading_says_nothing() -> None:
    text = f"Gerätenummer,Kennung\n{imei(1)},x\n"
    (one,) = parsed(text, imei="Gerätenummer").handsets
    assert one.imeis == (imei(1),)
    assert parsed(text, imei="Gerätenummer").remarks == ("imei is its column 'Gerätenummer'",)


@pytest.mark.parametrize(
    ("text", "named", "why"),
    [
        ("", {}, "no heading of its first line says IMEI or serial number: nothing"),
        ("a,b\n1,2\n", {}, "no heading of its first line says IMEI or serial number: a, b"),
        ("IMEI,IMEI No\n", {}, "both 'IMEI' and 'IMEI No' could be its imei"),
        ("IMEI\n", {"imei": "IMEI 9"}, "0 columns have the heading 'IMEI 9'"),
        ("IMEI,IMEI\n", {"imei": "IMEI"}, "2 columns have the heading"),
        ("IMEI\n", {"colour": "IMEI"}, "'colour' is none of"),
        ('IMEI\n"1\n', {}, "line 2"),
        ('IMEI\n"1"2\n', {}, "line 2"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_with_one_reason(
    text: str, named: dict[str, str], why: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        parsed(text, **named)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("4.40000000001E+13", "exponent"),
        ("4,4E+13", "exponent"),
        ("00440000000001", "14 digits"),
        ("004400000000018", "check digit"),
        ("000000000000000", "placeholder"),
        ("=HYPERLINK(1)", "only digits"),
    ],
)
def test_a_row_that_is_no_handset_is_listed_with_its_line(cell: str, why: str) -> None:
    source = parsed(f"imei;model\n{imei(1)};SM-A325F\n{cell};SM-A325F\n\n{imei(2)};SM-A325F\n")
    assert [one.imeis for one in source.handsets] == [(imei(1),), (imei(2),)]
    (left,) = source.left_out
    assert left.handset.where == "line 3"
    assert why in left.reason


def test_an_imei_that_a_spreadsheet_keeps_as_text_is_read() -> None:
    assert parsed(f"imei\n'{imei(1)}\n").handsets[0].imeis == (imei(1),)


def test_a_list_of_serial_numbers_alone_is_read() -> None:
    (one,) = parsed("Serial Number\nR58N000001XY\n").handsets
    assert (one.imeis, str(one.serial)) == ((), "R58N000001XY")


def test_a_row_that_says_nothing_of_a_handset_is_listed() -> None:
    source = parsed("imei,serial,model\n,,SM-A325F\n")
    assert source.handsets == ()
    assert source.left_out[0].reason == "it names neither IMEI nor serial number"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("imei\n".encode("utf-16"), "zero bytes"),
        (b"imei,model\n1,Ger\xe4t\n", "line 2 is not UTF-8"),
    ],
)
def test_a_list_in_another_encoding_is_refused(tmp_path: Path, data: bytes, why: str) -> None:
    (tmp_path / "list.csv").write_bytes(data)
    with pytest.raises(ProblemError, match=why) as caught:
        read_expected(tmp_path / "list.csv")
    assert caught.value.problem.code is ProblemCode.HANDSET_LIST_UNUSABLE


def test_a_list_that_is_not_there_or_a_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(ProblemError, match="list of handsets"):
            read_expected(path)


def test_what_a_supplier_writes_is_only_text() -> None:
    (one,) = parsed(f'imei,model\n{imei(1)},"SM\N{RIGHT-TO-LEFT OVERRIDE}\x1b[2J\r\nx"\n').handsets
    assert one.model == "SM [2J x"


@given(st.binary(max_size=400))
def test_whatever_a_list_holds_it_is_read_or_refused(data: bytes) -> None:
    try:
        source = parse_expected("list.csv", b"imei,serial\n" + data, {})
    except ValueError as error:
        reason = str(error)
    else:
        reason = "read"
        assert all(one.imeis or one.serial for one in source.handsets)
        assert all(left.reason for left in source.left_out)
    assert reason
