"""What the bench is told of the centre before that says a word, and where it has two histories."""

from __future__ import annotations

import asyncio
import sys
from contextlib import closing, suppress
from pathlib import Path

from app.central import words
from bench.clock import SystemClock
from bench.events.central import CentreHeard, CentreView
from bench.events.run import Fact
from bench.inventory.outpost import BenchOutpost, Site
from tests.bench.inventory.desk.desk_room import until

STAYS = "\nimport sys\nfor line in sys.stdin: pass\n"


def outpost(folder: Path, frozen: list[str], said: str = "") -> BenchOutpost:
    exchange = (sys.executable, "-I", "-S", "-c", said + STAYS)
    record = folder / "ledger.db"
    site = Site(record, 1, exchange, False, frozen.append, lambda _: ())
    return BenchOutpost(site, SystemClock())


def follow(its: BenchOutpost, posted: list[Fact], seen: list[str] | list[Fact]) -> None:
    async def scene() -> None:
        task = asyncio.create_task(its.follow(posted.append))
        await until(lambda: seen)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(scene())


def test_a_centre_that_was_not_asked_yet_is_no_bench_by_itself(tmp_path: Path) -> None:
    posted: list[Fact] = []
    with closing(outpost(tmp_path, [])) as its:
        follow(its, posted, posted)
    (fact,) = posted
    assert isinstance(fact, CentreHeard)
    assert fact.view.waiting is None
    now = SystemClock().moment().at
    assert words.said(fact.view, 0, now).line == "Not asked yet"
    assert isinstance(fact.view, CentreView)


def test_the_record_is_frozen_with_what_is_to_be_done(tmp_path: Path) -> None:
    frozen: list[str] = []
    said = """print('{"freeze":{"epoch":1,"reason":"two histories"}}', flush=True)"""
    with closing(outpost(tmp_path, frozen, said)) as its:
        follow(its, [], frozen)
    assert frozen == [
        "two histories: set this file aside and open a new epoch: staging-bench ledger new-epoch"
    ]
