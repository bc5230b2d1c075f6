"""What files said of the roll-out goes before the settings: capacity, and the earlier fleet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from bench.custody.entries import Entry
from bench.custody.ledger import Ledger
from bench.enrolment.profiles.profile import Method
from bench.events.device import HandsetDetached
from bench.events.orders import CustodyKind
from bench.problems import CATALOGUE, ProblemCode
from bench.staging.programme import Limits
from bench.staging.stock_room import StockRoom
from bench.stock.book.book import Book, beside
from bench.stock.rooms import PAGES
from tests.bench.custody.record import device
from tests.bench.staging.bench_talk import PLAN, handset, imei
from tests.bench.staging.workplace import PATHS, Workplace, workplace

MANAGED = replace(PLAN, method=Method.ADB, name="managed", version=1)
_PROGRAMME = """INSERT INTO programme VALUES
  (1, 'roll-out', 10, '2026-01-01', '2026-12-31', ?, ?, 36, 0, 1)"""


@contextmanager
def bench(folder: Path, capacity: int, in_service: int) -> Iterator[Workplace]:
    with ExitStack() as ending:

        def stock(ledger: Ledger) -> StockRoom:
            book = Book.open(beside(ledger.path), PAGES, ledger.header.origin)
            ending.callback(book.close)
            book.connection.execute(_PROGRAMME, (capacity, in_service))
            return StockRoom(book, {})

        with workplace(folder, MANAGED, limits=Limits(capacity=1), stock=stock) as at:
            yield at


def _stage(at: Workplace, number: int) -> None:
    at.stage(number)
    at.post(HandsetDetached(PATHS[0]))


def _is_full_for(at: Workplace, number: int) -> bool:
    """Scan a handset's box; whether it was refused because the core is full."""
    at.plug(number)
    at.scan(imei(number))
    scan = at.views[-1].scan
    assert scan is not None
    return CATALOGUE[ProblemCode.CAPACITY_REACHED].what in scan.answer


def test_the_capacity_of_the_programme_s_file_goes_before_that_of_the_settings(
    tmp_path: Path,
) -> None:
    with bench(tmp_path, capacity=12, in_service=10) as at:
        _stage(at, 1)
        _stage(at, 2)
        assert _is_full_for(at, 3)


def test_a_handset_of_the_earlier_fleet_is_in_service_already(tmp_path: Path) -> None:
    with bench(tmp_path, capacity=10, in_service=10) as at:
        known = replace(device(1), imeis=handset(1).imeis, serial=handset(1).serial)
        at.ledger.append([Entry(CustodyKind.GOODS_IN, known, data={"source": "fleet"})])
        at.station.mind_time()
        _stage(at, 1)
        assert _is_full_for(at, 2)
