from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from bench.custody.ledger import Ledger
from bench.inventory.outbox import Outbox
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.record import HEADER, open_ledger, scanned

ALL = 8_000_000


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(open_ledger(tmp_path)) as ledger:
        ledger.append([scanned(1)] * 5)
        yield ledger


@pytest.fixture
def outbox(ledger: Ledger) -> Iterator[Outbox]:
    with Outbox.open(ledger.path) as outbox:
        yield outbox


def forged(ledger: Ledger, statement: str, *values: object) -> None:
    """Change the file as somebody could who does not care for triggers."""
    with closing(dbapi2.connect(str(ledger.path))) as connection:
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        for (name,) in names.fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute(statement, values)
        connection.commit()


def test_what_was_not_yet_sent_waits_in_order_exactly_as_recorded(
    ledger: Ledger, outbox: Outbox
) -> None:
    assert [event.seq for event in outbox.waiting(0, 100, ALL)] == [1, 2, 3, 4, 5, 6]
    assert [event.seq for event in outbox.waiting(2, 3, ALL)] == [3, 4, 5]
    assert outbox.waiting(6, 100, ALL) == ()
    assert outbox.waiting(5, 1, ALL) == ledger.events(5, 1)


def test_it_says_whose_record_it_is_and_how_long(ledger: Ledger, outbox: Outbox) -> None:
    assert outbox.header == HEADER
    assert outbox.last == 6
    ledger.append([scanned(1)])
    assert outbox.last == 7
    assert outbox.leaf(7) == ledger.tail().hash
    assert outbox.leaf(8) is None


def test_the_bytes_of_a_batch_are_bounded_but_one_event_always_goes(outbox: Outbox) -> None:
    sizes = [len(event.body) for event in outbox.waiting(0, 100, ALL)]
    two = sizes[0] + sizes[1]
    assert [event.seq for event in outbox.waiting(0, 100, two)] == [1, 2]
    assert [event.seq for event in outbox.waiting(0, 100, two - 1)] == [1]
    assert [event.seq for event in outbox.waiting(3, 100, 1)] == [4]


def test_it_knows_when_each_was_recorded(outbox: Outbox) -> None:
    first, last = outbox.recorded_at(1), outbox.recorded_at(6)
    assert first is not None
    assert last is not None
    assert first < last
    assert outbox.recorded_at(7) is None


def test_a_text_that_was_changed_on_the_disk_is_not_sent(ledger: Ledger, outbox: Outbox) -> None:
    forged(ledger, "UPDATE event SET body = replace(body, 'scanned', 'Scanned') WHERE seq = 3")
    assert [event.seq for event in outbox.waiting(0, 100, ALL)] == [1, 2]
    with pytest.raises(ProblemError) as refused:
        outbox.waiting(2, 100, ALL)
    assert refused.value.problem.code is ProblemCode.LEDGER_DAMAGED
    assert "event 3" in refused.value.problem.detail


def test_an_event_that_no_store_takes_is_said_and_not_tried(ledger: Ledger, outbox: Outbox) -> None:
    forged(ledger, "UPDATE event SET body = json_set(body, '$.x', ?) WHERE seq = 2", "x" * 70_000)
    assert [event.seq for event in outbox.waiting(0, 100, ALL)] == [1]
    with pytest.raises(ProblemError) as refused:
        outbox.waiting(1, 100, ALL)
    assert refused.value.problem.code is ProblemCode.EVENTS_NOT_TAKEN
    assert "event 2" in refused.value.problem.detail


def test_a_file_that_is_no_record_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"something else" * 1000)
    with pytest.raises(ProblemError) as refused:
        Outbox.open(tmp_path / "x.db")
    assert refused.value.problem.code is ProblemCode.LEDGER_DAMAGED
