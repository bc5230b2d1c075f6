"""The stock of a bench is opened beside its record, whatever state its book is in."""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bench.command_line.late_stock import LateStock, opened
from bench.custody.entries import Entry
from bench.custody.epochs.beginning import Why
from bench.events.orders import CustodyKind, Json
from bench.problems import Problem, ProblemCode
from bench.staging.sign_in_rules import SignInRules
from bench.staging.stock_room import StockRoom
from bench.stock.book.book import beside
from tests.bench.custody.epochs.set_aside import opened_anew
from tests.bench.custody.record import HEADER, device, open_ledger, scanned, tamper

_COUNT = "SELECT count(*) FROM handset"


def _late(folder: Path) -> LateStock:
    return LateStock("bench-07", simulated=True, papers=folder, fonts=folder, profiles={})


def test_a_book_that_cannot_be_read_is_said_and_is_not_the_end_of_the_bench(tmp_path: Path) -> None:
    async def _open() -> StockRoom | Problem:
        async with _late(tmp_path).open(ledger, SignInRules()) as stock:
            return stock

    ledger = open_ledger(tmp_path)
    beside(ledger.path).write_bytes(b"this is no book but something else " * 400)
    stock = asyncio.run(_open())
    assert isinstance(stock, Problem)
    assert stock.code is ProblemCode.BOOK_UNUSABLE
    ledger.close()


def test_a_long_backlog_is_read_while_the_bench_works(tmp_path: Path) -> None:
    async def _open() -> int:
        async with _late(tmp_path).open(ledger, SignInRules()) as stock:
            assert isinstance(stock, StockRoom)
            while stock.book.backlog(ledger.tail().seq):
                await asyncio.sleep(0.01)
            (count,) = stock.book.connection.execute(_COUNT).fetchone()
            return int(count)

    ledger = open_ledger(tmp_path)
    ledger.append([Entry(CustodyKind.GOODS_IN, device(n)) for n in range(1, 1301)])
    assert asyncio.run(_open()) == 1300
    ledger.close()


def test_a_record_that_was_restored_from_an_older_copy_has_its_pages_folded_again(
    tmp_path: Path,
) -> None:
    ledger = open_ledger(tmp_path)
    copy = tmp_path / "ledger.db.copy"
    ledger.append([Entry(CustodyKind.GOODS_IN, device(1))])
    ledger.tidy()
    copy.write_bytes(ledger.path.read_bytes())
    ledger.append([Entry(CustodyKind.GOODS_IN, device(2))])
    book = opened(ledger)
    book.catch_up(ledger.events)
    book.close()
    path = ledger.path
    ledger.close()
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    path.write_bytes(copy.read_bytes())
    ledger = open_ledger(tmp_path)
    ledger.append([Entry(CustodyKind.GOODS_IN, device(n)) for n in (3, 4, 5)])
    book = opened(ledger)
    book.catch_up(ledger.events)
    assert book.connection.execute(_COUNT).fetchone() == (4,)
    book.close()
    ledger.close()


def test_pages_that_are_folded_anew_begin_with_the_epochs_before(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    ledger.append([Entry(CustodyKind.GOODS_IN, device(1), lot="C-1")])
    ledger.close()
    ledger.path.rename(tmp_path / "ledger-e1.db")
    ledger = open_ledger(tmp_path, replace(HEADER, epoch=2), name="later.db")
    ledger.close()
    (tmp_path / "later.db").rename(tmp_path / "ledger.db")
    ledger = open_ledger(tmp_path, replace(HEADER, epoch=2))
    with closing(opened(ledger)) as book:
        book.catch_up(ledger.events)
        asked = "SELECT carton FROM handset"
        assert book.connection.execute(asked).fetchall() == [("C-1",)]
    with closing(opened(ledger)) as book:
        assert book.backlog(ledger.tail().seq) == 0
    ledger.close()


def test_a_sim_stays_in_its_handset_over_a_new_epoch_and_a_page_folded_anew(
    tmp_path: Path,
) -> None:
    """An epoch begins with handsets, not with SIMs: these are read from the one before."""
    first, other = _sim("8944990000000000017"), _sim("8944990000000000027")
    holders = "SELECT iccid, state, uid, why FROM sim_holder ORDER BY iccid"
    held = "SELECT uid, pool, since FROM licence_held"
    ledger = open_ledger(tmp_path)
    ledger.append([scanned(1), scanned(2)])
    done: dict[str, Json] = {"licences": ["vpn"]}
    ledger.append([
        Entry(CustodyKind.SIM_MARRIED, device(1), data=first),
        Entry(CustodyKind.SIM_MARRIED, device(2), data=other),
        Entry(CustodyKind.STAGED, device(1), data=done),
    ])  # fmt: skip
    with closing(opened(ledger)) as book:
        book.catch_up(ledger.events)
        before = [book.connection.execute(each).fetchall() for each in (holders, held)]
    ledger.close()
    ledger = opened_anew(tmp_path, Why.REIMAGED)
    ledger.append([Entry(CustodyKind.SIM_TAKEN, device(2), data={**other, "why": "lost"})])
    for torn in (False, True):
        with closing(opened(ledger)) as book:
            if torn:
                book.tear_out()
        with closing(opened(ledger)) as book:
            book.catch_up(ledger.events)
            after = [book.connection.execute(each).fetchall() for each in (holders, held)]
            assert after[0] == [before[0][0], (before[0][1][0], "lost", "", "lost")]
            assert after[1] == before[1]
    ledger.close()


def test_an_epoch_of_which_a_part_is_damaged_is_read_as_far_as_it_can_be(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    ledger.append([Entry(CustodyKind.SIM_MARRIED, device(1), data=_sim("8944990000000000017"))])
    ledger.append([Entry(CustodyKind.SIM_MARRIED, device(n)) for n in range(2, 900)])
    ledger.close()
    tamper(ledger.path, "UPDATE event SET body = '{}' WHERE seq = 700")
    ledger = opened_anew(tmp_path, Why.DAMAGED)
    (tmp_path / "ledger-e0.db").write_bytes(b"no record at all" * 999)
    with closing(opened(ledger)) as book:
        book.catch_up(ledger.events)
        asked = "SELECT iccid FROM sim_holder"
        assert book.connection.execute(asked).fetchall() == [("8944990000000000017",)]
    ledger.close()


def _sim(iccid: str) -> dict[str, Json]:
    return {"sim": {"iccid": iccid}}
