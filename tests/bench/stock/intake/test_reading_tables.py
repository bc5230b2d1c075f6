"""Reading tables as they are sent: marks, encodings, delimiters; what a spreadsheet did to them."""

from __future__ import annotations

import codecs
import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from bench.problems import ProblemCode, ProblemError
from bench.stock.intake.reading.opening import open_table, read_bytes
from bench.stock.intake.reading.table import Row


def read(path: Path, sheet: str = "") -> list[Row]:
    with open_table(path, read_bytes(path), sheet) as table:
        return list(table.rows)


def cells(path: Path) -> list[tuple[str, ...]]:
    return [row.cells for row in read(path)]


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def refused(path: Path) -> str:
    with pytest.raises(ProblemError) as caught:
        read(path)
    assert caught.value.problem.code is ProblemCode.FILE_UNUSABLE
    return caught.value.problem.detail


def workbook(path: Path, fill: Callable[[Any], None]) -> Path:
    book = Workbook()
    fill(book.active)
    book.save(path)
    return path


# ── CSV ─────────────────────────────────────────────────────────────────────────────────────────
TEXT = "IMEI;Café\r\n1;ü\r\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("cp1252"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-32"),
        b"sep=;\r\n" + TEXT.encode(),
        TEXT.replace("\r\n", "\r").encode(),
        TEXT.replace(";", "\t").encode(),
        TEXT.replace(";", ",").encode(),
        TEXT.replace(";", "|").encode(),
    ],
)
def test_however_it_is_written_its_cells_are_the_same(tmp_path: Path, data: bytes) -> None:
    assert cells(written(tmp_path / "a.csv", data)) == [("IMEI", "Café"), ("1", "ü")]


def test_quotes_hold_delimiters_and_line_ends(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", b'a,"b, ""c""\r\nd",e\r\n1,2,3\r\n')
    assert cells(path) == [("a", 'b, "c" d', "e"), ("1", "2", "3")]


def test_rows_are_numbered_as_an_editor_numbers_lines(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", b'sep=,\r\na,b\r\n\r\n1,"x\r\ny"\r\n')
    assert [row.number for row in read(path)] == [2, 3, 5]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b'a,b\r\n1,"2', "cut short"),
        (b"a,b,c\r\n1,2,3\r\n4,5", "cut short in line 3"),
        (b"a,b\r\n1\0,2\r\n", "zero bytes"),
        (b"a,b\r\n\x81\x8d,2\r\n", "CP1252"),
        (b"\xff\xfea\0,\0b\0\r\0\n\0\x00\xd8", "UTF-16"),
        (b'a,b\r\n"1"x,2\r\n', "line 2"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "password"),
        (b"a," * 300 + b"\r\n", "columns"),
        (b"a,b\r\n" + b"x" * 200_000 + b",1\r\n", "field larger"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(tmp_path: Path, data: bytes, why: str) -> None:
    assert why in refused(written(tmp_path / "a.csv", data))


def test_a_folder_and_a_file_that_is_not_there_are_refused(tmp_path: Path) -> None:
    assert "no file" in refused(tmp_path)
    assert "no such file" in refused(tmp_path / "none.csv")


def test_a_formula_in_a_csv_is_a_flaw_of_its_cell(tmp_path: Path) -> None:
    (_, row) = read(written(tmp_path / "a.csv", b'a,b\r\n"=HYPERLINK(""x"")",2\r\n'))
    assert list(row.flaws) == [0]
    assert "formula" in row.flaws[0]


def test_the_apostrophe_of_a_guarded_cell_goes_and_any_other_stays(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", b"a,b\r\n'+447700900123,'tis\r\n")
    assert cells(path)[1] == ("+447700900123", "'tis")


# ── XLSX ────────────────────────────────────────────────────────────────────────────────────────
def test_cells_of_a_workbook_are_what_a_person_reads(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        lambda sheet: sheet.append([
            356938035643809, "0012", dt.date(2026, 11, 24), 185.4, 0.1 + 0.2, True, None, 0,
            " x\ny ",
        ]),
    )  # fmt: skip
    assert cells(path) == [
        ("356938035643809", "0012", "2026-11-24", "185.4", "0.3", "TRUE", "", "0", "x y")
    ]


def test_a_number_of_more_than_fifteen_digits_was_rounded_and_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", lambda sheet: sheet.append([8944110000000000000, 1]))
    (row,) = read(path)
    assert "rounded" in row.flaws[0]
    assert 1 not in row.flaws


def test_formulas_and_their_errors_are_flaws(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", lambda sheet: sheet.append(["=A2", "#REF!", "fine"]))
    (row,) = read(path)
    assert sorted(row.flaws) == [0, 1]


def test_a_hidden_row_is_refused_and_a_hidden_column_is_told(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        for number in range(3):
            sheet.append([number, "x"])
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["B"].hidden = True

    path = workbook(tmp_path / "a.xlsx", fill)
    with open_table(path, read_bytes(path)) as table:
        assert table.hidden == frozenset({1})
        assert [bool(row.flaw) for row in table.rows] == [False, True, False]


def test_cells_merged_downwards_have_their_value_and_merged_sideways_are_flaws(
    tmp_path: Path,
) -> None:
    def fill(sheet: Any) -> None:
        sheet.append(["C1", "a", "b"])
        sheet.append([None, "c", "d"])
        sheet.append(["C2", "e", None])
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B3:C3")

    rows = read(workbook(tmp_path / "a.xlsx", fill))
    assert [row.cells[0] for row in rows] == ["C1", "C1", "C2"]
    assert not rows[0].flaws
    assert not rows[1].flaws
    assert sorted(rows[2].flaws) == [1, 2]


def test_a_hidden_sheet_is_none_and_another_is_read_by_its_name(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].sheet_state = "hidden"
    book.create_sheet("One").append(["one"])
    book.create_sheet("Two").append(["two"])
    path = tmp_path / "a.xlsx"
    book.save(path)
    with open_table(path, read_bytes(path)) as table:
        assert (table.sheet, table.sheets) == ("One", ("One", "Two"))
    assert read(path, "Two")[0].cells == ("two",)


def test_a_workbook_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        for number in range(200):
            sheet.append([number, f"row {number}"])

    whole = workbook(tmp_path / "a.xlsx", fill).read_bytes()
    for size in (10, len(whole) // 2, len(whole) - 10):
        assert refused(written(tmp_path / "b.xlsx", whole[:size]))


def test_a_workbook_that_declares_entities_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", lambda sheet: sheet.append(["x"]))
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    parts["xl/worksheets/sheet1.xml"] = bomb + parts["xl/worksheets/sheet1.xml"]
    with zipfile.ZipFile(path, "w") as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    assert "damaged" in refused(path)


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as packed:
        packed.writestr("a.txt", "x")
    assert refused(tmp_path / "a.xlsx")


def test_a_workbook_that_unpacks_to_a_gigabyte_is_refused_unread(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", lambda sheet: sheet.append(["x"]))
    data = bytearray(path.read_bytes())
    central = data.index(b"PK\x01\x02")
    data[central + 24 : central + 28] = (2 << 30).to_bytes(4, "little")
    assert "gigabyte" in refused(written(path, bytes(data)))


def test_a_workbook_whose_texts_would_fill_the_memory_is_refused_unread(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", lambda sheet: sheet.append(["x"]))
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"xl/styles.xml") - 46
    data[entry + 24 : entry + 28] = (200 << 20).to_bytes(4, "little")
    assert "fill the memory" in refused(written(path, bytes(data)))


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "docProps/core.xml"]
)
@pytest.mark.parametrize("harm", ["bits", "method", "password"])
def test_a_workbook_with_a_damaged_part_is_refused(tmp_path: Path, part: str, harm: str) -> None:
    path = workbook(tmp_path / "a.xlsx", lambda sheet: sheet.append(["x"] * 50))
    data = bytearray(path.read_bytes())
    local, entry = data.index(part.encode()) - 30, data.rindex(part.encode()) - 46
    match harm:
        case "bits":
            begins = local + 30 + len(part)
            data[begins : begins + 40] = bytes(range(200, 240))
        case "method":
            data[local + 8] = data[entry + 10] = 99
        case _:
            data[local + 6] |= 1
            data[entry + 8] |= 1
    assert refused(written(path, bytes(data)))
