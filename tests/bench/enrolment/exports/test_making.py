from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.enrolment.exports.cells import Quoting, as_csv, cell
from bench.enrolment.exports.formats import Column
from bench.enrolment.exports.handsets import HandsetRow
from bench.enrolment.exports.making import WhichImei, make_files
from bench.events.device import HandsetIdentity
from bench.identity.identifiers import SerialNumber
from tests.bench.enrolment.exports.shelf import (
    form,
    handset,
    imei,
    read_by_sqlite,
    read_strictly,
)

HOSTILE = (
    "=cmd|'/c calc'!A0", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\N{FULLWIDTH EQUALS SIGN}1",
    'quote " and, comma', "two\r\nlines", "\N{RIGHT-TO-LEFT OVERRIDE}F523A-MS", "a\0b", "'", '"',
    "\N{ZERO WIDTH NO-BREAK SPACE}=1", "SM-A325F", "",
)  # fmt: skip


def test_a_knox_file_is_one_imei_a_row() -> None:
    (file,) = make_files(form("knox"), [handset(1), handset(2)])
    assert file.data == f"{imei(1)}\r\n{imei(2)}\r\n".encode()
    assert file.name == "knox.csv"
    assert file.sha256 == hashlib.sha256(file.data).hexdigest()


def test_a_zero_touch_file_has_its_heading_and_the_customers_number() -> None:
    (file,) = make_files(form("zero-touch"), [handset(1)], options={"owner": "12345"})
    assert file.data.decode().splitlines() == [
        "modemtype,modemid,profiletype,owner",
        f"IMEI,{imei(1)},ZERO_TOUCH,12345",
    ]


def test_every_column_of_zero_touch_is_filled_from_what_a_handset_says() -> None:
    told = HandsetIdentity(SerialNumber("R58N000001XY"), (imei(1),), "SM-A325F")
    files = make_files(
        form("zero-touch-full"), [HandsetRow.of_identity(told)], options={"owner": "9"}
    )
    assert read_strictly(files[0].data)[1] == [
        "IMEI", str(imei(1)), "R58N000001XY", "SM-A325F", "Samsung", "ZERO_TOUCH", "9",
    ]  # fmt: skip


def test_zero_touch_prefers_the_numerically_lowest_imei() -> None:
    low, high = imei(1, "00440000"), imei(1, "00440001")
    swapped = replace(handset(1), imeis=(high, low))
    assert form("zero-touch").prefers == "lowest"
    (file,) = make_files(form("zero-touch"), [swapped], options={"owner": "1"})
    assert str(low) in file.data.decode()
    (first,) = make_files(
        form("zero-touch"), [swapped], which=WhichImei.FIRST, options={"owner": "1"}
    )
    assert str(high) in first.data.decode()


def test_an_intune_file_has_no_heading_and_names_a_handset_by_the_imei_that_was_chosen() -> None:
    handsets = [replace(handset(1, second=True), asset_tag="PHN-000001", order="PO-7")]
    (first,) = make_files(form("intune-imei"), handsets)
    (second,) = make_files(form("intune-imei"), handsets, which=WhichImei.SECOND)
    assert first.data == f"{imei(1)},SM-A325F PHN-000001 PO-7\r\n".encode()
    assert second.data.startswith(str(imei(1, "00440001")).encode())


@pytest.mark.parametrize("begin", ['A, "B", ', "=SM", ",=SM", "\N{FULLWIDTH EQUALS SIGN}1", "@"])
def test_intunes_details_have_128_characters_and_neither_comma_nor_quote(begin: str) -> None:
    model = begin + "x" * 300
    (file,) = make_files(form("intune-imei"), [handset(1, model=model)])
    assert b'"' not in file.data
    assert file.data.count(b",") == 1
    details = file.data.decode().strip().partition(",")[2]
    assert len(details) <= 128
    assert details[0] in "A'"


def test_full_stops_are_taken_out_of_serial_numbers_for_intune() -> None:
    one = replace(handset(1), serial=SerialNumber("R5.8N.1"))
    (file,) = make_files(form("intune-serial"), [one])
    assert file.data.startswith(b"R58N1,")


# ── limits ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("count", "sizes"), [(5000, [5000]), (5001, [5000, 1]), (0, [])])
def test_an_intune_file_has_5000_rows_at_most(count: int, sizes: list[int]) -> None:
    files = make_files(form("intune-imei"), [handset(n) for n in range(1, count + 1)], name="i-1")
    assert [len(file.rows) for file in files] == sizes
    assert [file.data.count(b"\r\n") for file in files] == sizes
    names = [file.name for file in files]
    assert names == (["i-1.csv"] if count == 5000 else ["i-1-1-of-2.csv", "i-1-2-of-2.csv"][:count])


def test_a_file_that_would_be_a_byte_too_large_is_split() -> None:
    small = replace(form("intune-imei"), size=0)
    handsets = [handset(n) for n in range(1, 100)]
    (whole,) = make_files(small, handsets)
    (same,) = make_files(replace(small, size=len(whole.data)), handsets)
    assert same.data == whole.data
    two = make_files(replace(small, size=len(whole.data) - 1), handsets)
    assert [len(file.rows) for file in two] == [98, 1]
    assert b"".join(file.data for file in two) == whole.data


def test_the_heading_counts_towards_a_files_size_and_stands_in_every_file() -> None:
    shape = replace(form("zero-touch"), rows=0)
    (whole,) = make_files(shape, [handset(1), handset(2)], options={"owner": "1"})
    files = make_files(
        replace(shape, size=len(whole.data) - 1), [handset(1), handset(2)], options={"owner": "1"}
    )
    assert [file.data.splitlines()[0] for file in files] == [whole.data.splitlines()[0]] * 2


def test_no_file_of_several_is_larger_than_it_may_be() -> None:
    shape = replace(form("zero-touch"), rows=0, size=115)
    files = make_files(shape, map(handset, range(1, 8)), options={"owner": "1"})
    assert [len(file.rows) for file in files] == [2, 2, 2, 1]
    assert max(len(file.data) for file in files) <= 115


def test_five_megabytes_are_reached_before_five_thousand_rows() -> None:
    long = Column("details", "{model}")
    wide = replace(form("intune-imei"), columns=(form("intune-imei").columns[0], long))
    files = make_files(wide, [handset(n, model="x" * 3900) for n in range(1, 1501)])
    assert len(files) == 2
    assert 4_996_000 < len(files[0].data) <= 5_000_000


def test_a_row_larger_than_a_file_is_refused_and_the_handset_is_masked() -> None:
    with pytest.raises(ValueError, match="larger than a file") as caught:
        make_files(replace(form("knox"), size=10), [handset(1)])
    assert str(imei(1)) not in str(caught.value)


def test_zero_touch_is_split_at_999_rows() -> None:
    files = make_files(form("zero-touch"), map(handset, range(1, 2000)), options={"owner": "1"})
    assert [len(file.rows) for file in files] == [999, 999, 1]


def test_the_same_handsets_make_the_same_bytes() -> None:
    handsets = [handset(n) for n in range(1, 500)]
    assert make_files(form("table"), handsets) == make_files(form("table"), handsets)


# ── read back ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", ["table", "knox", "intune-imei", "intune-serial"])
def test_another_program_reads_back_what_was_meant(name: str, tmp_path: Path) -> None:
    handsets = [handset(n, model=model, second=True) for n, model in enumerate(HOSTILE, 1)]
    shape = form(name)
    (file,) = make_files(shape, handsets)
    read = read_by_sqlite(file.data, len(shape.columns), tmp_path)
    assert read == read_strictly(file.data)
    rows = read[1:] if shape.header else read
    assert len(rows) == len(HOSTILE)
    identifiers = {str(one.serial if shape.identifier == "serial" else imei(n))
                   for n, one in enumerate(handsets, 1)}  # fmt: skip
    assert identifiers <= {text for row in rows for text in row}
    assert not any(text[:1] in set("=+-@\t\r\n") for row in rows for text in row if text)


def test_no_byte_order_mark_and_no_bare_line_end_is_in_a_file() -> None:
    (file,) = make_files(form("table"), [handset(n, model=m) for n, m in enumerate(HOSTILE, 1)])
    assert not file.data.startswith(b"\xef\xbb\xbf")
    assert file.data.count(b"\n") == file.data.count(b"\r") == file.data.count(b"\r\n")
    assert file.data.count(b"\r\n") == len(HOSTILE) + 1


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.text(), st.text(), st.text()), min_size=1, max_size=40))
def test_whatever_text_is_put_in_another_program_reads_it_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("read")
    for quoting in Quoting:
        data = as_csv(rows, quoting)
        meant = [[cell(text, quoting) for text in row] for row in rows]
        assert read_strictly(data) == meant
        assert read_by_sqlite(data, 3, folder) == meant
