"""Services and accessories are received by the line, and spent from then on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.events.desks import Workspace
from bench.events.orders import CustodyKind
from bench.events.views import ScanTone
from bench.stock.programme import queries as programme
from bench.stock.programme.money import by_year, spend
from tests.bench.stock.counter import Counter, counter

_LINES = (
    ("PO-1", 1, "Handset", "handset", "SM-A325F", "", 10, 20_000, "2025/26", "capital", ""),
    ("PO-1", 2, "Case", "accessory", "", "", 10, 500, "2025/26", "capital", ""),
    ("PO-1", 3, "Airtime, a month", "service", "", "", 12, 1_000, "2025/26", "revenue", ""),
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as made:
        line = f"INSERT INTO purchase_line VALUES ({', '.join('?' * len(_LINES[0]))})"
        made.book.connection.executemany(line, _LINES)
        yield made


def spent(desk: Counter) -> dict[str, int]:
    book = desk.book.connection
    years = by_year((), spend(programme.lines(book), programme.received(book)))
    return {each.budget: each.spent for each in years}


def test_what_was_accepted_is_spent(desk: Counter) -> None:
    assert spent(desk) == {"capital": 0, "revenue": 0}
    desk.go(Workspace.GOODS_IN, "accept")
    assert [line.cells[0] for line in desk.desk.lines] == ["PO-1/2", "PO-1/3"]
    desk.choose("PO-1/2")
    desk.choose("all")
    assert desk.answer.answer == "PO-1/2: 10 of 10 are received."
    assert [line.cells[0] for line in desk.desk.lines] == ["PO-1/3", "PO-1/2"]
    desk.choose("PO-1/3")
    desk.choose("some", "2")
    assert spent(desk) == {"capital": 5_000, "revenue": 2_000}
    (_, body) = desk.bodies(CustodyKind.GOODS_IN)
    assert (body["order"], "dev" in body) == ("PO-1", False)
    assert body["data"] == {"source": "order-line", "line": 3, "received": 2, "before": 0}


def test_what_was_said_wrongly_is_said_again(desk: Counter) -> None:
    for received in ("12", "3"):
        desk.go(Workspace.GOODS_IN, "accept", "PO-1/3")
        desk.choose("some", received)
    assert spent(desk)["revenue"] == 3_000
    desk.book.tear_out()
    desk.book.catch_up(desk.ledger.events)
    assert spent(desk)["revenue"] == 3_000


@pytest.mark.parametrize("typed", ["13", "-1", "", "1.5", "²"])
def test_no_more_than_was_ordered_and_nothing_but_a_number_is_taken(
    desk: Counter, typed: str
) -> None:
    desk.go(Workspace.GOODS_IN, "accept", "PO-1/3")
    desk.choose("some", typed)
    assert desk.answer.tone is ScanTone.BAD
    assert desk.bodies(CustodyKind.GOODS_IN) == []


def test_what_is_accepted_is_no_handset_that_was_counted_in(desk: Counter) -> None:
    desk.go(Workspace.GOODS_IN, "accept", "PO-1/2", "all")
    for table in ("counted", "handset", "shift_count"):
        asked = f"SELECT count(*) FROM {table}"
        assert desk.book.connection.execute(asked).fetchone() == (0,)


def test_a_bench_without_such_lines_says_so(tmp_path: Path) -> None:
    with counter(tmp_path) as empty:
        empty.go(Workspace.GOODS_IN, "accept")
        assert empty.desk.prompt.startswith("No order")
