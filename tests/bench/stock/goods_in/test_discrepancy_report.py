"""The discrepancies of a delivery on paper and as a table."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.events.desks import Workspace
from bench.events.views import ScanTone
from tests.bench.stock.counter import Counter, counter, made_up_imei
from tests.bench.stock.goods_in.deliveries import begin, count, two_cartons


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as made:
        two_cartons(made)
        begin(made, "C-1")
        count(made, 99)
        made.choose("other", "=1+1 said the driver")
        yield made


def _written(desk: Counter) -> list[Path]:
    return sorted(desk.means.papers.iterdir())


def test_the_discrepancies_of_a_delivery_are_printed_and_counting_goes_on(desk: Counter) -> None:
    desk.choose("report")
    desk.choose("csv")
    desk.work()
    assert desk.answer.tone is ScanTone.GOOD
    (path,) = _written(desk)
    text = path.read_bytes().decode()
    (row,) = [each for each in csv.reader(text.splitlines()) if made_up_imei(99).digits in each]
    assert row[1:] == [
        "unknown", made_up_imei(99).digits, "1", "PO-1", "D-1", "P-1", "C-1", "set-aside",
        "'=1+1 said the driver", "open", str(desk.ledger.tail().seq),
    ]  # fmt: skip
    count(desk, 1)
    assert desk.desk.done == 1


def test_all_discrepancies_are_printed_from_the_desk_on_paper(desk: Counter) -> None:
    desk.go(Workspace.GOODS_IN, "odd")
    desk.choose("pdf")
    desk.work()
    (path,) = _written(desk)
    assert path.read_bytes().startswith(b"%PDF-")


def test_a_delivery_without_any_has_nothing_to_print(desk: Counter) -> None:
    desk.go(Workspace.GOODS_IN, "fleet")
    assert "report" not in [choice.name for choice in desk.desk.choices]
