"""Taking files in: all of a file or nothing, twice without harm, and what disagrees is asked."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from bench.problems import ProblemCode, ProblemError
from bench.stock.book.book import Book
from bench.stock.desk.turns import JobCancelledError
from bench.stock.intake.kinds import FileKind
from bench.stock.intake.looking import Look, look, named_after
from bench.stock.intake.page import INTAKE
from bench.stock.intake.queries import imports, open_disagreements
from bench.stock.intake.settling import Which, settle
from bench.stock.intake.taking import Source, Taken, Watch, take
from bench.stock.rooms import PAGES
from tests.bench.stock.counter import made_up_imei
from tests.bench.stock.intake import supplied

AT = "2026-11-24T09:00:00.000Z"


@dataclass
class Shelves:
    """A book that files are taken into."""

    folder: Path
    book: Book

    def look(self, path: Path) -> Look:
        return named_after(look(self.book.connection, path))

    def take(self, path: Path, found: Look | None = None, watch: Watch | None = None) -> Taken:
        found = found or self.look(path)
        with self.book.writer() as connection:
            source = Source(found.name, found.seen.sha256, AT, "")
            return take(connection, found, source, self.folder / "refused", watch)

    def lines(self, name: str, *rows: Sequence[object]) -> Taken:
        return self.take(supplied.write(self.folder / name, rows))

    def all(self, asked: str) -> list[tuple[Any, ...]]:
        return self.book.connection.execute(asked).fetchall()

    def refusal(self, *rows: Sequence[object]) -> str:
        """Take rows of which the last is refused, and return why."""
        taken = self.lines("refused.csv", *rows)
        return taken.first[-1].reason


@pytest.fixture
def shelves(tmp_path: Path) -> Iterator[Shelves]:
    with closing(Book.open(tmp_path / "a.stock", PAGES, "here")) as book:
        yield Shelves(tmp_path, book)


# ── kinds ───────────────────────────────────────────────────────────────────────────────────────
def test_an_order_and_its_lines_are_taken(shelves: Shelves) -> None:
    taken = shelves.lines(
        "order.csv",
        supplied.ORDER,
        ("PO-1", "Supplier One", 1, "Handsets", "SM-A325F", "00440000 00440001", 29737, "185.40",
         "2022/23", "capital"),
        ("PO-1", "Supplier One", 2, "Cases", "", "", 29737, "4", "2022/23", "revenue"),
    )  # fmt: skip
    assert (taken.stored.new, taken.refused) == (1, 1)
    assert "Kind: nothing says" in taken.first[0].reason
    assert shelves.all("SELECT * FROM purchase") == [("PO-1", "Supplier One", "", "", 1)]
    assert shelves.all("SELECT line, kind, tacs, quantity, unit_pence FROM purchase_line") == [
        (1, "handset", "00440000 00440001", 29737, 18540)
    ]


def test_lines_without_numbers_are_numbered_and_found_again(shelves: Shelves) -> None:
    heads = ("PO", "Description", "Type", "Qty")
    one, two = ("PO-1", "Phone", "handset", 5), ("PO-1", "Case", "accessory", 5)
    shelves.lines("a.csv", heads, one, two)
    taken = shelves.lines("b.csv", heads, two, ("PO-1", "Charger", "accessory", 7))
    assert (taken.stored.new, taken.stored.known, taken.stored.disagreements) == (1, 1, 0)
    assert shelves.all("SELECT line, item FROM purchase_line ORDER BY line") == [
        (1, "Phone"), (2, "Case"), (3, "Charger"),
    ]  # fmt: skip


def test_sims_licences_budgets_and_the_programme_are_known_by_their_headings(
    shelves: Shelves,
) -> None:
    shelves.lines("sims.csv", supplied.SIMS, supplied.sim(1))
    shelves.lines("vpn.csv", ("Licence", "Reference", "Seats", "Expires"),
                  ("VPN", "R-1", 500, "31/03/2027"))  # fmt: skip
    shelves.lines("budget.csv", ("Financial year", "Budget", "Line", "Amount"),
                  ("2022/23", "Capital", "Handsets", "8200000"),
                  ("2022/23", "Revenue", "Airtime", "£800000.00"))  # fmt: skip
    shelves.lines("programme.csv", ("Programme", "Target", "Deadline", "Capacity", "In service"),
                  ("Roll-out", 29737, "30/04/2023", 40000, 10000))  # fmt: skip
    assert shelves.all("SELECT msisdn, contract FROM sim") == [("+447700900001", "VC-1")]
    assert shelves.all("SELECT pool, quantity, until FROM licence_purchase") == [
        ("vpn", 500, "2027-03-31")
    ]
    assert shelves.all("SELECT sum(pence) FROM budget") == [(900000000,)]
    assert shelves.all("SELECT target, capacity, in_service FROM programme") == [
        (29737, 40000, 10000)
    ]


def test_headings_below_a_title_are_found(shelves: Shelves) -> None:
    shelves.lines(
        "a.csv", ("Despatch advice", "", "", "", "", "", ""), ("24/11/2026", *[""] * 6),
        supplied.DESPATCH, supplied.handset(1),
    )  # fmt: skip
    assert shelves.all("SELECT count(*) FROM expected") == [(1,)]


def test_the_second_of_two_equal_headings_is_the_second_imei(shelves: Shelves) -> None:
    heads = ("IMEI", "IMEI", "PO", "Delivery note")
    shelves.lines("a.csv", heads, (made_up_imei(1), made_up_imei(2), "PO-1", "DN-1"))
    assert shelves.all("SELECT imei2 FROM expected") == [(str(made_up_imei(2)),)]


# ── once and no more ────────────────────────────────────────────────────────────────────────────
def test_the_same_file_is_taken_once_whatever_it_is_called(shelves: Shelves) -> None:
    path = supplied.despatched(shelves.folder / "a.csv", range(5))
    shelves.take(path)
    with pytest.raises(ProblemError) as caught:
        shelves.take(Path(shutil.copy(path, shelves.folder / "b.csv")))
    assert caught.value.problem.code is ProblemCode.FILE_TAKEN
    assert len(imports(shelves.book.connection)) == 1


def test_files_that_overlap_do_no_harm(shelves: Shelves) -> None:
    shelves.take(supplied.despatched(shelves.folder / "a.csv", range(5)))
    taken = shelves.take(supplied.despatched(shelves.folder / "b.csv", range(3, 8)))
    assert (taken.stored.new, taken.stored.known) == (3, 2)
    assert taken.stored.disagreements == 0
    assert shelves.all("SELECT count(*) FROM expected") == [(8,)]


def test_what_the_book_did_not_know_a_later_file_may_say(shelves: Shelves) -> None:
    shelves.lines("a.csv", ("IMEI", "PO"), (made_up_imei(1), "PO-1"))
    taken = shelves.lines("b.csv", supplied.DESPATCH[:4], supplied.handset(1)[:4])
    assert taken.stored.filled == 2
    assert shelves.all("SELECT serial, model FROM expected") == [("RZ8N0000001", "SM-A325F")]


@pytest.mark.parametrize("between", [0, 700])
def test_an_imei_twice_in_one_file_is_refused_the_second_time(
    shelves: Shelves, between: int
) -> None:
    many = (supplied.handset(n) for n in range(10, 10 + between))
    again = supplied.handset(1)
    reason = shelves.refusal(supplied.DESPATCH, supplied.handset(1), *many, again)
    assert reason == "It stands further up in this file already."


def test_an_imei_that_is_another_handsets_second_is_refused(shelves: Shelves) -> None:
    heads = ("IMEI", "IMEI 2", "PO")
    one, two, three = map(made_up_imei, (1, 2, 3))
    shelves.lines("a.csv", heads, (one, two, "PO-1"))
    assert "another handset's" in shelves.refusal(heads, (three, "", "PO-1"), (two, "", "PO-1"))
    same = (made_up_imei(5), made_up_imei(5), "PO-1")
    assert "are the same" in shelves.refusal(heads, (made_up_imei(4), "", "PO-1"), same)


# ── files that disagree ─────────────────────────────────────────────────────────────────────────
def test_what_stood_before_stands_until_a_person_settles_it(shelves: Shelves) -> None:
    shelves.lines("a.csv", supplied.SIMS, supplied.sim(1, "VC-1"))
    shelves.lines("b.csv", supplied.SIMS, supplied.sim(1, "VC-2"))
    shelves.lines("c.csv", supplied.SIMS, supplied.sim(1, "VC-2"), supplied.sim(2))
    (found,) = open_disagreements(shelves.book.connection)
    assert (found.field, found.ours, found.theirs, found.file) == (
        "contract", "VC-1", "VC-2", "b.csv",
    )  # fmt: skip
    with shelves.book.writer() as connection:
        settle(connection, [found], Which.THEIRS, AT)
    assert shelves.all("SELECT contract FROM sim ORDER BY contract") == [("VC-1",), ("VC-2",)]
    assert shelves.all("SELECT iccid, since, contract FROM sim_contract") == [
        (supplied.iccid(1), AT, "VC-2")
    ]
    assert open_disagreements(shelves.book.connection) == ()


def test_what_a_person_kept_is_not_asked_again(shelves: Shelves) -> None:
    heads = supplied.DESPATCH
    shelves.lines("a.csv", heads, supplied.handset(1, "C1"))
    shelves.lines("b.csv", heads, supplied.handset(1, "C2"))
    with shelves.book.writer() as connection:
        settle(connection, open_disagreements(connection), Which.OURS, AT)
    shelves.lines("c.csv", heads, supplied.handset(1, "C2"), supplied.handset(2))
    assert open_disagreements(shelves.book.connection) == ()
    assert shelves.all("SELECT carton FROM expected WHERE imei <> ''")[0] == ("C1",)


def test_an_earlier_handset_that_is_despatched_as_new_is_asked_about_whole(
    shelves: Shelves,
) -> None:
    shelves.lines("fleet.csv", ("IMEI", "Asset tag"), (made_up_imei(1), "MET-000001"))
    shelves.lines("a.csv", supplied.DESPATCH, supplied.handset(1))
    asked = {each.field for each in open_disagreements(shelves.book.connection)}
    assert {"source", "number", "carton"} <= asked
    assert shelves.all("SELECT source, number, asset_tag FROM expected") == [
        ("fleet", "", "MET-000001")
    ]


def test_a_line_of_an_order_that_was_amended_is_settled_in_its_row(shelves: Shelves) -> None:
    heads = ("PO", "Line", "Model", "Qty")
    shelves.lines("a.csv", heads, ("PO/1", 1, "SM-A325F", 100))
    shelves.lines("b.csv", heads, ("PO/1", 1, "SM-A325F", 150))
    (found,) = open_disagreements(shelves.book.connection)
    assert found.thing == "PO/1 / 1"
    with shelves.book.writer() as connection:
        settle(connection, [found], Which.THEIRS, AT)
    assert shelves.all("SELECT quantity FROM purchase_line") == [(150,)]


# ── nothing by halves ───────────────────────────────────────────────────────────────────────────
def nothing(shelves: Shelves) -> bool:
    asked = "SELECT (SELECT count(*) FROM import), (SELECT count(*) FROM expected)"
    return shelves.all(asked) == [(0, 0)]


def test_a_file_that_is_damaged_further_down_leaves_nothing(shelves: Shelves) -> None:
    path = supplied.despatched(shelves.folder / "a.csv", range(1200))
    path.write_text(path.read_text() + '"cut short')
    with pytest.raises(ProblemError):
        shelves.take(path)
    assert nothing(shelves)


def test_a_file_that_changes_while_it_is_read_leaves_nothing(shelves: Shelves) -> None:
    path = supplied.despatched(shelves.folder / "a.csv", range(1200))

    def change(_: float) -> None:
        with path.open("a") as file:
            file.write("\r\n")

    with pytest.raises(ProblemError, match="changed"):
        shelves.take(path, watch=Watch(change))
    assert nothing(shelves)


def test_an_import_that_is_stopped_leaves_nothing_and_can_begin_again(shelves: Shelves) -> None:
    path = supplied.despatched(shelves.folder / "a.csv", range(1200))
    shares: list[float] = []
    with pytest.raises(JobCancelledError):
        shelves.take(path, watch=Watch(shares.append, lambda: len(shares) == 2))
    assert nothing(shelves)
    assert shares == sorted(shares)
    assert shelves.take(path).stored.new == 1200


def test_a_file_of_which_no_row_can_be_taken_is_not_taken_but_its_refusals_are_kept(
    shelves: Shelves,
) -> None:
    with pytest.raises(ProblemError, match=r"3\.56E"):
        shelves.lines("a.csv", supplied.DESPATCH, ("3.56E+14", *supplied.handset(1)[1:]))
    assert nothing(shelves)
    assert len(list((shelves.folder / "refused").glob("*.csv"))) == 1


def test_a_layout_that_says_too_little_takes_nothing(shelves: Shelves) -> None:
    with pytest.raises(ProblemError, match="Order"):
        shelves.lines("a.csv", ("IMEI",), (made_up_imei(1),))
    assert nothing(shelves)


_KILLED = """
import sys
from pathlib import Path
from bench.stock.book.book import Book
from bench.stock.intake.looking import look
from bench.stock.intake.taking import Source, Watch, take
from bench.stock.intake.page import INTAKE
folder = Path(sys.argv[1])
book = Book.open(folder / "b.stock", (INTAKE,), "here")
found = look(book.connection, folder / "a.csv")
def wait(share):
    if share >= float(sys.argv[2]):
        print("there", flush=True)
        sys.stdin.read()
with book.writer() as connection:
    source = Source("a.csv", found.seen.sha256, "2026-11-24")
    take(connection, found, source, folder / "refused", Watch(wait))
"""


@pytest.mark.parametrize("share", ["0.3", "1.0"])
def test_power_cut_in_mid_import_leaves_nothing_and_the_file_is_taken_after_it(
    shelves: Shelves, share: str
) -> None:
    path = supplied.despatched(shelves.folder / "a.csv", range(1500))
    words = [sys.executable, "-c", _KILLED, str(shelves.folder), share]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as importing:
        assert importing.stdout is not None
        assert importing.stdout.readline() == b"there\n"
        os.kill(importing.pid, signal.SIGKILL)
    with closing(Book.open(shelves.folder / "b.stock", (INTAKE,), "here")) as book:
        after = Shelves(shelves.folder, book)
        assert nothing(after)
        assert after.take(path).stored.new == 1500


# ── what is refused ─────────────────────────────────────────────────────────────────────────────
def test_all_that_is_wrong_with_a_row_is_said_at_once(shelves: Shelves) -> None:
    row = ("123", "no serial!", "SM-A325F", "", "DN-1", "P1", "C1")
    reason = shelves.refusal(supplied.DESPATCH, supplied.handset(1), row)
    assert reason.count(";") == 2
    assert "Order: it is missing" in reason


def test_a_row_with_a_text_that_was_not_quoted_is_refused_and_empty_cells_do_no_harm(
    shelves: Shelves,
) -> None:
    wide = (*supplied.handset(1), "", "")
    assert "more cells" in shelves.refusal(
        supplied.DESPATCH, wide, (*supplied.handset(2)[:6], "C1", " left")
    )
    assert shelves.all("SELECT count(*) FROM expected") == [(1,)]


def test_refused_rows_of_a_workbook_come_back_as_texts_in_a_workbook(shelves: Shelves) -> None:
    from openpyxl import Workbook  # noqa: PLC0415 - for this test alone

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    good, bad = supplied.handset(1), supplied.handset(2)
    for row in (supplied.DESPATCH, good, (356938035643809 * 10, *bad[1:]), ("=A1", *bad[1:])):
        sheet.append(list(row))
    path = shelves.folder / "a.xlsx"
    book.save(path)
    taken = shelves.take(path)
    assert taken.refusals is not None
    kept = load_workbook(taken.refusals)
    assert kept.active is not None
    (first, second) = list(kept.active.iter_rows(min_row=2))
    assert [first[0].value, first[0].number_format] == ["3.56938035643809E+15", "@"]
    assert "formula" in str(second[-1].value)
    first[0].value = str(made_up_imei(2))
    second[0].value = str(made_up_imei(3))
    kept.save(taken.refusals)
    again = shelves.take(taken.refusals)
    assert (again.stored.new, again.refused) == (2, 0)


def test_what_is_refused_is_no_formula_in_its_file_and_the_same_when_it_comes_back(
    shelves: Shelves,
) -> None:
    bad = (supplied.iccid(1)[:-1], "+447700900123", "@SUM(A1)", "-2+3")
    taken = shelves.lines("a.csv", supplied.SIMS, supplied.sim(2), bad)
    assert taken.refusals is not None
    assert "'+447700900123" in taken.refusals.read_text("utf-8-sig")
    text = taken.refusals.read_bytes().replace(bad[0].encode(), supplied.iccid(1).encode())
    taken.refusals.write_bytes(text)
    assert shelves.take(taken.refusals).stored.new == 1
    assert shelves.all("SELECT msisdn, supplier, contract FROM sim ORDER BY iccid")[0] == (
        "+447700900123", "@SUM(A1)", "-2+3",
    )  # fmt: skip


def test_a_column_that_was_rounded_refuses_the_file_and_one_number_of_zeros_does_not(
    shelves: Shelves,
) -> None:
    true = "8944110000000080000"
    shelves.lines("a.csv", ("ICCID",), (true,), *((supplied.iccid(n),) for n in range(1, 60)))
    rounded = [f"8944110000{n:05d}0000" for n in range(100)]
    with pytest.raises(ProblemError, match="rounded"):
        shelves.lines("b.csv", ("ICCID",), *((each,) for each in rounded))
    assert shelves.all("SELECT count(*) FROM sim") == [(60,)]


def test_texts_that_would_be_sql_are_texts(shelves: Shelves) -> None:
    text = "x'); DROP TABLE expected; --"
    shelves.lines("a.csv", supplied.DESPATCH, (*supplied.handset(1)[:6], text))
    assert shelves.all("SELECT carton FROM expected") == [(text,)]


# ── size ────────────────────────────────────────────────────────────────────────────────────────
def peak(shelves: Shelves, name: str, numbers: Iterable[int]) -> int:
    path = supplied.despatched(shelves.folder / name, numbers)
    found = shelves.look(path)
    tracemalloc.start()
    try:
        shelves.take(path, found)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_file(shelves: Shelves) -> None:
    peak(shelves, "first.csv", range(500))
    small = peak(shelves, "small.csv", range(1_000, 2_000))
    large = peak(shelves, "large.csv", range(10_000, 13_000))
    assert large < small * 1.5


def test_each_kind_has_a_shelf_whose_columns_the_book_has(shelves: Shelves) -> None:
    from bench.stock.intake.shelves import SHELVES  # noqa: PLC0415 - for this test alone

    assert {kind.value for kind in FileKind} <= SHELVES.keys()
    for shelf in SHELVES.values():
        marks = shelf.insert.count("?")
        shelves.book.connection.execute(f"EXPLAIN {shelf.insert}", [None] * marks)
        plan = shelves.all(f"EXPLAIN QUERY PLAN {shelf.select}".replace("?", "'[]'"))
        assert not any(str(step[3]).startswith(f"SCAN {shelf.table}") for step in plan), plan
