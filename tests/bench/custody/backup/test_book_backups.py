"""The book of orders and stock goes with its record: into backups, out of them, and away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bench.custody.backup.book import book_beside
from bench.custody.backup.restoring import restore
from bench.custody.entries import Entry
from bench.custody.ledger import Ledger
from bench.events.orders import CustodyKind
from bench.stock.book.book import Book
from bench.stock.standing.page import STANDING
from tests.bench.custody.backup.shelf import SetClock, shelf
from tests.bench.custody.record import open_ledger

_ROW = "INSERT INTO budget VALUES ('2022/23', 'capital', 'handsets', ?, 1)"


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Ledger]:
    (tmp_path / "shelf").mkdir()
    with closing(open_ledger(tmp_path)) as ledger:
        yield ledger


def _book(record: Path) -> Book:
    return Book.open(book_beside(record), (STANDING,), "tree")


def _budget(record: Path) -> list[tuple[int]]:
    with closing(_book(record)) as book:
        return book.connection.execute("SELECT pence FROM budget").fetchall()


def _spend(record: Path, pence: int) -> None:
    with closing(_book(record)) as book:
        book.connection.execute(_ROW.replace("INSERT", "INSERT OR REPLACE"), (pence,))


def test_what_files_said_comes_back_with_the_record(kept: Ledger, tmp_path: Path) -> None:
    _spend(kept.path, 820)
    backup = shelf(tmp_path).make()
    _spend(kept.path, 999)
    restore(backup, tmp_path / "restored.db")
    assert _budget(tmp_path / "restored.db") == [(820,)]


def test_a_record_without_a_book_is_backed_up_alone(kept: Ledger, tmp_path: Path) -> None:
    backup = shelf(tmp_path).make()
    assert not book_beside(backup).exists()
    restore(backup, tmp_path / "restored.db")
    assert not book_beside(tmp_path / "restored.db").exists()
    kept.close()


def test_a_book_that_knows_more_stays_where_it_lies(kept: Ledger, tmp_path: Path) -> None:
    _spend(kept.path, 820)
    backup = shelf(tmp_path).make()
    _spend(tmp_path / "restored.db", 999)
    restore(backup, tmp_path / "restored.db")
    assert _budget(tmp_path / "restored.db") == [(999,)]


def test_the_book_of_a_backup_goes_with_it(kept: Ledger, tmp_path: Path) -> None:
    _spend(kept.path, 820)
    clock = SetClock()
    first = shelf(tmp_path, clock).make()
    clock.forward(timedelta(minutes=5))
    kept.append([Entry(CustodyKind.SESSION_OPENED)])
    second = shelf(tmp_path, clock).make()
    lying = {path.name for path in (tmp_path / "shelf").iterdir() if path.suffix == ".stock"}
    assert lying == {book_beside(second).name}
    assert not first.exists()


def test_the_book_of_a_backup_that_never_came_to_be_is_swept(kept: Ledger, tmp_path: Path) -> None:
    alone = tmp_path / "shelf" / "ledger-bench-07-e1-20260101T000000Z-9.db.stock"
    other = tmp_path / "shelf" / "ledger-bench-08-e1-20260101T000000Z-9.db.stock"
    for path in (alone, other):
        path.touch()
    shelf(tmp_path).make()
    assert (alone.exists(), other.exists()) == (False, True)
    kept.close()
