"""A report is there whole with its digest, or not at all; nothing in it is more than text."""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest

from bench.problems import ProblemCode, ProblemError
from bench.stock.desk.turns import JobCancelledError
from bench.stock.papers.report import Column, Issue, Report, Row, asked, counted, moment
from bench.stock.papers.writing import Form, Written, free_path, write

FONTS = Path(__file__).parents[4] / "resources" / "fonts"
AT = datetime(2026, 11, 24, 19, 6, 33, tzinfo=UTC)
ISSUE = Issue(AT, "bench-07", simulated=False)
NASTY = (
    '=HYPERLINK("http://x")', 'a,b"c', "line\nbreak", "\x1b[31mred", "café", "(\\) Tj ET",
    "<script>", "\N{SNOWMAN WITHOUT SNOW}", "x" * 300, "\N{CJK UNIFIED IDEOGRAPH-4E2D}",
)  # fmt: skip


@pytest.fixture
def book() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        made.execute("CREATE TABLE thing (number INTEGER, name TEXT)")
        yield made


def _report(rows: Callable[[sqlite3.Connection], Iterable[Row]] | None = None) -> Report:
    return Report(
        "All things", "Things", (Column("Number", 5, is_number=True), Column("Its name", 20)),
        rows or asked("SELECT number, name FROM thing ORDER BY number"),
        counted("SELECT count(*) FROM thing"),
    )  # fmt: skip


def _put(book: sqlite3.Connection, *names: str) -> None:
    book.executemany("INSERT INTO thing VALUES (?, ?)", enumerate(names, start=1))


def _write(
    book: sqlite3.Connection, form: Form, path: Path, report: Report | None = None,
    issue: Issue = ISSUE,
) -> Written:  # fmt: skip
    return write(report or _report(), form, issue, book, path, FONTS)


def _pages(path: Path) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    ).stdout


def test_a_csv_is_read_back_as_text_that_is_no_formula(
    book: sqlite3.Connection, tmp_path: Path
) -> None:
    _put(book, *NASTY)
    written = _write(book, Form.CSV, tmp_path / "things.csv")
    with written.path.open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    assert head == ["Number", "Its name"]
    assert len(rows) == written.rows == len(NASTY)
    assert rows[0][1] == '\'=HYPERLINK("http://x")'
    assert [rows[1][1], rows[2][1], rows[3][1]] == ['a,b"c', "line break", "[31mred"]


def test_json_lines_say_what_they_are_and_are_objects(
    book: sqlite3.Connection, tmp_path: Path
) -> None:
    _put(book, *NASTY)
    path = _write(book, Form.JSON_LINES, tmp_path / "things.jsonl").path
    head, first, *_ = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    assert (head["report"], head["simulated"]) == ("All things", False)
    assert first == {"number": 1, "its_name": NASTY[0]}


@pytest.mark.parametrize("form", list(Form))
def test_the_digest_is_that_of_the_file_and_the_same_report_is_the_same_bytes(
    book: sqlite3.Connection, tmp_path: Path, form: Form
) -> None:
    _put(book, *NASTY)
    one, other = (_write(book, form, tmp_path / f"{n}.{form}") for n in "12")
    assert one.sha256 == other.sha256 == hashlib.sha256(one.path.read_bytes()).hexdigest()
    assert one.path.stat().st_mode & 0o777 == 0o600


def test_a_pdf_holds_every_row_as_text_on_pages_that_know_how_many_there_are(
    book: sqlite3.Connection, tmp_path: Path
) -> None:
    _put(book, *NASTY, *(f"thing-{number}-" for number in range(150)))
    path = _write(book, Form.PDF, tmp_path / "things.pdf").path
    with pikepdf.open(path) as pdf:
        assert pdf.check_pdf_syntax() == []
        count = len(pdf.pages)
        assert count > 2
        with pdf.open_metadata() as said:
            assert (said["pdfaid:part"], said["pdfaid:conformance"]) == ("3", "U")
    text = _pages(path)
    assert all(f"thing-{number}-" in text for number in range(150))
    assert [f"Page {n} of {count}" in text for n in range(1, count + 1)] == [True] * count
    assert text.count("Its name") == count
    assert "café" in text
    assert "(\\) Tj ET" in text
    assert "⟦U+4E2D⟧" in text


def test_a_pdf_keeps_the_rules_of_pdf_a_that_can_be_told_from_its_objects(
    book: sqlite3.Connection, tmp_path: Path
) -> None:
    _put(book, "one")
    with pikepdf.open(_write(book, Form.PDF, tmp_path / "a.pdf").path) as pdf:
        (intent,) = pdf.Root.OutputIntents
        assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp"
        for font in pdf.pages[0].Resources.Font.values():
            (inner,) = font.DescendantFonts
            assert len(inner.FontDescriptor.FontFile2.read_bytes()) > 1000
            assert b"beginbfchar" in font.ToUnicode.read_bytes()
        assert len(pdf.trailer.ID) == 2


def test_what_is_simulated_says_so_on_every_page(book: sqlite3.Connection, tmp_path: Path) -> None:
    _put(book, *map(str, range(120)))
    trained = Issue(AT, "bench-07", simulated=True)
    path = _write(book, Form.PDF, tmp_path / "a.pdf", issue=trained).path
    with pikepdf.open(path) as pdf:
        drawn = [page.Contents.read_bytes() for page in pdf.pages]
        assert all(content.startswith(b"/M Do") for content in drawn)
    with pikepdf.open(_write(book, Form.PDF, tmp_path / "b.pdf").path) as real:
        assert b"/M Do" not in real.pages[0].Contents.read_bytes()


def test_a_report_without_rows_says_so_on_paper(book: sqlite3.Connection, tmp_path: Path) -> None:
    text = _pages(_write(book, Form.PDF, tmp_path / "a.pdf").path)
    assert "There is nothing to tell." in text


@pytest.mark.parametrize("form", list(Form))
def test_one_that_is_stopped_leaves_what_was_there(
    book: sqlite3.Connection, tmp_path: Path, form: Form
) -> None:
    _put(book, *map(str, range(1000)))
    path = tmp_path / "things"
    path.write_text("yesterday's")
    shares: list[float] = []
    with pytest.raises(JobCancelledError):
        write(_report(), form, ISSUE, book, path, FONTS, shares.append, lambda: len(shares) > 2)
    assert path.read_text() == "yesterday's"
    assert shares == [0.0, 0.2, 0.4]
    assert [each.name for each in tmp_path.iterdir()] == ["things"]


def test_a_question_that_fails_in_the_middle_leaves_nothing(
    book: sqlite3.Connection, tmp_path: Path
) -> None:
    def rows(_: sqlite3.Connection) -> Iterator[Row]:
        yield (1, "one")
        raise sqlite3.OperationalError("gone")

    with pytest.raises(sqlite3.OperationalError):
        _write(book, Form.CSV, tmp_path / "a.csv", _report(rows))
    assert list(tmp_path.iterdir()) == []
    assert not book.in_transaction


def test_a_place_that_cannot_be_written_is_a_known_problem(
    book: sqlite3.Connection, tmp_path: Path
) -> None:
    with pytest.raises(ProblemError) as refused:
        _write(book, Form.CSV, tmp_path / "no" / "a.csv")
    assert refused.value.problem.code is ProblemCode.FILE_UNUSABLE


def test_a_name_is_of_safe_letters_and_never_one_that_is_taken(tmp_path: Path) -> None:
    report = Report("../..\\Ünsafe name;rm", "x", (), lambda _: (), lambda _: 0)
    first = free_path(tmp_path / "papers", report, Form.CSV, ISSUE)
    assert first.name == "nsafe-name-rm-20261124T190633Z.csv"
    first.write_text("")
    assert free_path(tmp_path / "papers", report, Form.CSV, ISSUE).name.endswith("Z-2.csv")


def test_times_are_shown_in_utc_and_nothing_as_nothing(
    book: sqlite3.Connection, tmp_path: Path
) -> None:
    report = _report(lambda _: ((None, moment(1_000)), (0, moment(0))))
    path = _write(book, Form.CSV, tmp_path / "a.csv", report).path
    assert path.read_text(encoding="utf-8").splitlines()[1:] == [
        ",1970-01-01 00:00:01 UTC",
        "0,",
    ]
