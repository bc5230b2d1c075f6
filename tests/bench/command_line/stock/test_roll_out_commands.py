"""`stock example` and `stock roll-out`: a roll-out to look at, on the terminal and in files."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bench.command_line.program import Program
from bench.command_line.stock.example import make
from bench.command_line.stock.programme import show
from bench.problems import ProblemError
from bench.stock.book.book import beside

PROGRAM = Program(Path("resources"), lambda: "0" * 64)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    assert make("pcd-1323", folder, PROGRAM, days=9, full=20, fleet=200) == 0
    return folder / "ledger.db"


def rows(told: str, title: str) -> dict[str, list[str]]:
    (table,) = (each for each in json.loads(told)["tables"] if each["title"] == title)
    return {row[0]: row[1:] for row in table["rows"]}


def test_the_example_has_the_sums_that_were_published(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    show(example, PROGRAM, None, as_json=True)
    told = capsys.readouterr().out
    figures = rows(told, "Figures")
    assert figures["Target"] == ["29737"]
    assert figures["Deadline"] == ["2023-04-28"]
    assert figures["Capacity of the core"] == ["40000"]
    money = json.loads(told)["tables"][2]["rows"]
    assert {(row[0], row[1]): row[2] for row in money} == {
        ("2022/23", "capital"): "8200000.00", ("2023/24", "capital"): "400000.00",
        ("2022/23", "revenue"): "800000.00", ("2023/24", "revenue"): "3000000.00",
        ("2024/25", "revenue"): "3000000.00", ("2024/25", "refresh"): "3000000.00",
        ("2025/26", "refresh"): "9000000.00",
    }  # fmt: skip
    renewed = rows(told, "To be renewed by financial year")["2024/25"]
    assert renewed == ["200", "0", "55000.00", "3000000.00"]
    assert json.loads(told)["simulated"] is True


def test_the_roll_out_is_told_on_the_terminal(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show(example, PROGRAM, None, as_json=False) == 1
    told = capsys.readouterr().out
    assert told.startswith("PCD 1323 Smart Phone Role Out (example), as it was at 17 Nov 2022")
    assert "Towards the target" in told
    assert "! Staged: at" in told


@pytest.mark.parametrize(("name", "begins"), [("a.pdf", b"%PDF-"), ("a.csv", b"Table,Row")])
def test_the_roll_out_goes_into_a_file_and_over_none(
    example: Path, tmp_path: Path, name: str, begins: bytes
) -> None:
    show(example, PROGRAM, tmp_path / name, as_json=False)
    assert (tmp_path / name).read_bytes().startswith(begins)
    with pytest.raises(ProblemError, match="there is one of that name"):
        show(example, PROGRAM, tmp_path / name, as_json=False)


def test_a_book_that_another_version_folded_is_told(example: Path, tmp_path: Path) -> None:
    record = Path(shutil.copytree(example.parent, tmp_path / "copy")) / example.name
    with closing(sqlite3.connect(beside(record))) as book, book:
        book.execute("UPDATE page SET version = 0 WHERE name = 'programme'")
    with pytest.raises(ProblemError, match="another version of the program"):
        show(record, PROGRAM, None, as_json=True)


def test_services_of_the_example_are_spent_as_they_were_accepted(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    show(example, PROGRAM, None, as_json=True)
    money = json.loads(capsys.readouterr().out)["tables"][2]["rows"]
    (revenue,) = (row for row in money if row[:2] == ["2022/23", "revenue"])
    assert revenue[2:5] == ["800000.00", "800000.00", "0.00"]


def test_an_example_is_made_over_no_record(example: Path) -> None:
    with pytest.raises(ProblemError, match="a record is there already"):
        make("pcd-1323", example.parent, PROGRAM, days=1, full=1)
