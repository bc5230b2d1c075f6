"""The book: pages are folded from the record, and what files said is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from bench.custody.database import transaction
from bench.custody.entries import Entry
from bench.events.orders import CustodyKind
from bench.problems import ProblemCode, ProblemError
from bench.stock.book.book import Book, beside
from bench.stock.standing.page import STANDING
from tests.bench.stock.counter import Counter, counter, made_up


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path, pages=(STANDING,), tasks={}) as made:
        yield made


def _standing(book: Book) -> list[tuple[object, ...]]:
    asked = "SELECT imei, phase, carton, number FROM handset ORDER BY imei"
    return book.connection.execute(asked).fetchall()


def test_a_handset_stands_where_its_last_event_left_it(desk: Counter) -> None:
    first = made_up(1)
    desk.append(Entry(CustodyKind.GOODS_IN, first, lot="C-1", order="PO-1"))
    desk.append(Entry(CustodyKind.SCANNED, first))
    imei = first.imeis[0].digits
    assert _standing(desk.book) == [(imei, "at-bench", "C-1", "PO-1")]


def test_a_page_of_another_version_is_folded_again_from_the_first_event(desk: Counter) -> None:
    desk.append(Entry(CustodyKind.GOODS_IN, made_up(1)))
    before = _standing(desk.book)
    desk.book.connection.execute("UPDATE handset SET phase = 'nonsense'")
    newer = replace(STANDING, version=99)
    again = Book.open(beside(desk.ledger.path), (newer,), desk.ledger.header.origin)
    again.catch_up(desk.ledger.events)
    assert _standing(again) == before
    again.close()


def test_while_a_file_is_being_taken_the_book_stays_behind_and_catches_up_after(
    desk: Counter,
) -> None:
    with desk.book.writer() as other, transaction(other):
        desk.ledger.append([Entry(CustodyKind.GOODS_IN, made_up(1))])
        assert desk.book.catch_up(desk.ledger.events) == 0
        assert desk.book.is_behind
    assert desk.book.catch_up(desk.ledger.events) > 0
    assert not desk.book.is_behind


def test_what_a_file_said_is_there_whole_or_not_at_all(desk: Counter) -> None:
    row = "INSERT INTO sim VALUES ('8944000000000000001', '', '', 'x', 'y', '', 1)"
    with suppress(ConnectionError), desk.book.writer() as other, transaction(other):
        other.execute(row)
        raise ConnectionError
    assert desk.book.connection.execute("SELECT count(*) FROM sim").fetchone() == (0,)


def test_a_file_that_is_no_book_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "x.stock").write_bytes(b"no book, but long enough to be taken for one" * 300)
    with pytest.raises(ProblemError) as told:
        Book.open(tmp_path / "x.stock", (STANDING,), "o")
    assert told.value.problem.code is ProblemCode.BOOK_UNUSABLE
