"""`stock import` and what belongs to it, as it is typed."""

from __future__ import annotations

import argparse
import json
from contextlib import closing
from pathlib import Path

import pytest

from bench.command_line.errands import stock
from bench.custody.verification import verify_file
from bench.problems import ProblemCode, ProblemError
from bench.stock.book.book import Book, beside
from bench.stock.rooms import PAGES
from tests.bench.command_line.uploading import RESOURCES, TRAINING, Manned, open_it, training_record
from tests.bench.inventory.releases import shelf as centre
from tests.bench.stock.intake import supplied

Said = pytest.CaptureFixture[str]


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return training_record(tmp_path)


def run(*words: object) -> int:
    parser = argparse.ArgumentParser()
    stock.add(parser.add_subparsers())
    asked = parser.parse_args(["stock", *map(str, words)])
    return int(asked.make(asked).work(Manned(RESOURCES, lambda: "")))


def test_a_file_is_shown_first_and_taken_when_it_is_said_so(
    record: Path, tmp_path: Path, capsys: Said
) -> None:
    path = supplied.despatched(tmp_path / "DN-1.csv", range(1, 4))
    assert run("import", record, path) == 0
    assert "If it is understood rightly: --yes" in capsys.readouterr().out
    assert run("imports", record) == 0
    assert "No file was taken yet" in capsys.readouterr().out
    assert run("import", record, path, "--yes") == 0
    assert "DN-1.csv: 3 new" in capsys.readouterr().out
    assert run("imports", record) == 0
    assert "despatch  DN-1.csv: 3 taken, 0 refused, event " in capsys.readouterr().out
    assert verify_file(record, thorough=True).verifies
    with pytest.raises(ProblemError) as caught:
        run("import", record, path, "--yes")
    assert caught.value.problem.code is ProblemCode.FILE_TAKEN


def test_what_no_column_says_is_said_on_the_line(
    record: Path, tmp_path: Path, capsys: Said
) -> None:
    heads, row = ("Device no.", "Crate"), supplied.handset(1)
    path = supplied.write(tmp_path / "a.csv", (heads, (row[0], "C9")))
    words = ("import", record, path, "--kind", "despatch", "--yes", "--json")
    assert run(*words) == 2
    assert json.loads(capsys.readouterr().out)["missing"] == ["imei", "number"]
    named = ("--map", "imei=Device no.", "--map", "carton=Crate", "--all", "number=PO-1")
    assert run(*words, *named) == 0
    assert json.loads(capsys.readouterr().out)["new"] == 1


def test_refused_rows_are_written_beside_the_record_and_looked_at(
    record: Path, tmp_path: Path, capsys: Said
) -> None:
    bad = ("3.56E+14", *supplied.handset(2)[1:])
    path = supplied.write(tmp_path / "a.csv", (supplied.DESPATCH, supplied.handset(1), bad))
    assert run("import", record, path, "--yes", "--json") == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["new"], said["refused"]) == (1, 1)
    assert Path(said["refusals"]).parent == record.with_name(f"{record.name}.refused")


def test_files_that_disagree_are_told_and_settled(
    record: Path, tmp_path: Path, capsys: Said
) -> None:
    for name, carton in (("a.csv", "C1"), ("b.csv", "C2")):
        rows = (supplied.DESPATCH, supplied.handset(1, carton))
        run("import", record, supplied.write(tmp_path / name, rows), "--yes")
    capsys.readouterr()
    assert run("disagreements", record) == 1
    assert "C1, but b.csv (import 2) says C2" in capsys.readouterr().out
    assert run("settle", record, 2, "theirs") == 0
    assert run("disagreements", record) == 0
    with pytest.raises(ProblemError, match="nothing open"):
        run("settle", record, 2, "theirs")


def test_orders_that_the_centre_sent_down_are_taken_once(record: Path) -> None:
    sent = centre.Shelf()
    sent.put(4)
    centre.take(sent, record)
    assert run("import-delivered", record) == 0
    with closing(Book.open(beside(record), PAGES, TRAINING.origin)) as book:
        asked = "SELECT number, model, quantity, kind FROM purchase_line"
        assert book.connection.execute(asked).fetchall() == [("PO-4", "SM-A325F", 40, "handset")]
    with pytest.raises(ProblemError) as caught:
        run("import-delivered", record)
    assert caught.value.problem.code is ProblemCode.FILE_TAKEN


def test_nothing_is_taken_while_a_bench_has_the_record(record: Path, tmp_path: Path) -> None:
    path = supplied.despatched(tmp_path / "a.csv", [1])
    with closing(open_it(record, TRAINING)), pytest.raises(ProblemError) as caught:
        run("import", record, path, "--yes")
    assert caught.value.problem.code is ProblemCode.LEDGER_IN_USE


@pytest.mark.parametrize("pair", ["imei", "=x", "imei="])
def test_a_pair_that_is_none_is_refused(
    record: Path, tmp_path: Path, pair: str, capsys: Said
) -> None:
    path = supplied.despatched(tmp_path / "a.csv", [1])
    with pytest.raises(SystemExit):
        run("import", record, path, "--map", pair)
    assert "FIELD=TEXT" in capsys.readouterr().err


def test_a_heading_or_a_field_that_is_not_there_is_named(record: Path, tmp_path: Path) -> None:
    path = supplied.despatched(tmp_path / "a.csv", [1])
    with pytest.raises(ProblemError, match="Delivery note"):
        run("import", record, path, "--map", "carton=Kiste")
    with pytest.raises(ProblemError, match="none of its fields"):
        run("import", record, path, "--map", "colour=Carton")
