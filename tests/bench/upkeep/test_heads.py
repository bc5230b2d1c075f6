"""When heads of the tree are signed."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from bench.custody.entries import Entry
from bench.custody.ledger import Ledger
from bench.custody.proof.checkpoint import Checkpoint
from bench.events.orders import CustodyKind
from bench.problems import ProblemCode, ProblemError
from bench.upkeep.cosigned import last_cosigned
from bench.upkeep.heads import Heads, is_due
from bench.upkeep.plan import Plan, Rhythm, WitnessSite
from tests.bench.custody.record import tamper
from tests.bench.upkeep.upkept import (
    FAST,
    Board,
    Upkept,
    open_record,
    set_clock,
    story,
    until,
    upkept,
)
from tests.bench.witness.standing import VKEY


def test_a_session_begins_and_ends_with_a_signed_head(tmp_path: Path) -> None:
    async def work() -> None:
        async with upkept(tmp_path) as session:
            session.work()
        async with upkept(tmp_path):
            pass

    asyncio.run(work())
    begun, closed = ["session_opened", "opened"], ["session_closed", "shift"]
    assert story(tmp_path) == [
        "epoch_opened", *begun, "session_opened", *closed, *begun, *closed,
    ]  # fmt: skip


def test_a_session_that_is_cancelled_is_closed_and_one_that_fails_is_not(tmp_path: Path) -> None:
    async def until_cancelled(told: asyncio.Event) -> None:
        async with upkept(tmp_path):
            told.set()
            await asyncio.sleep(1000)

    async def cancelled() -> None:
        told = asyncio.Event()
        task = asyncio.create_task(until_cancelled(told))
        await told.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def failed() -> None:
        async with upkept(tmp_path):
            raise ZeroDivisionError

    asyncio.run(cancelled())
    assert story(tmp_path)[-2:] == ["session_closed", "shift"]
    with pytest.RaisesGroup(ZeroDivisionError):
        asyncio.run(failed())
    assert story(tmp_path)[-2:] == ["session_opened", "opened"]


def test_no_head_is_signed_where_nothing_has_happened_since_the_last(tmp_path: Path) -> None:
    async def work() -> None:
        async with upkept(tmp_path) as session:
            before = session.ledger.tail()
            note = session.heads.checkpoint("consignment")
            assert session.ledger.tail() == before
            session.work()
            assert session.heads.checkpoint("consignment") != note
            again = session.heads.checkpoint("consignment")
            assert Checkpoint.parse(again.text).size == session.ledger.tail().seq
            assert session.heads.uncovered() == 0

    asyncio.run(work())
    assert story(tmp_path).count("consignment") == 1


def test_after_so_many_events_a_head_is_signed_in_a_pause(tmp_path: Path) -> None:
    async def work() -> None:
        async with upkept(tmp_path) as session:
            session.work(FAST.events - 1)
            await _some_looks()
            assert session.heads.uncovered() == FAST.events - 1
            session.quiet = 0.0
            session.work()
            await _some_looks()
            assert session.heads.uncovered() == FAST.events
            session.quiet = FAST.pause
            await until(lambda: session.heads.uncovered() == 0)

    asyncio.run(work())
    assert story(tmp_path).count("count") == 1


def test_a_wave_without_a_pause_does_not_put_it_off_for_ever(tmp_path: Path) -> None:
    async def work() -> None:
        async with upkept(tmp_path) as session:
            session.quiet = 0.0
            session.work(2 * FAST.events)
            await until(lambda: session.heads.uncovered() == 0)

    asyncio.run(work())


@pytest.mark.parametrize(
    ("uncovered", "paused", "due"),
    [(99, True, False), (100, True, True), (100, False, False), (200, False, True)],
)
def test_when_a_head_is_due(uncovered: int, paused: bool, due: bool) -> None:
    assert is_due(uncovered, Rhythm(), paused=paused) == due


def test_a_frozen_record_stops_nothing_but_writing(tmp_path: Path) -> None:
    async def work() -> None:
        async with upkept(tmp_path) as session:
            session.ledger.freeze("it was restored")
            with pytest.raises(ProblemError):
                session.work()
            await _some_looks()
            left = session
        assert left.board.of(ProblemCode.EPOCH_FROZEN)

    asyncio.run(work())
    assert story(tmp_path)[-1] == "opened"


def test_a_full_disk_at_the_end_is_no_fault(tmp_path: Path) -> None:
    async def work() -> None:
        async with upkept(tmp_path) as session:
            (pages,) = session.ledger._connection.execute("PRAGMA page_count").fetchone()
            session.ledger._connection.execute(f"PRAGMA max_page_count = {pages}")
            with pytest.raises(ProblemError):
                session.work(1000)
            _fill_up(session)
            left = session
        assert left.board.of(ProblemCode.LEDGER_FULL)

    asyncio.run(work())
    assert open_record(tmp_path).tail().seq > 0


def _fill_up(session: Upkept) -> None:
    with suppress(ProblemError):
        while True:
            session.work()


async def _some_looks() -> None:
    await asyncio.sleep(5 * FAST.pause)


def test_an_interval_has_a_head_only_where_someone_witnesses(tmp_path: Path) -> None:
    async def work() -> None:
        async with upkept(tmp_path, rhythm=replace(FAST, cosign=0.01)) as session:
            session.work()
            await _some_looks()
            assert session.heads.uncovered() == 1

    asyncio.run(work())


# ── a record that was changed ───────────────────────────────────────────────────────────────────
def changed(folder: Path, statement: str) -> tuple[Ledger, Board]:
    """Open a record whose last session ended without a head, after something was changed."""
    ledger = open_record(folder)
    ledger.append([Entry(CustodyKind.SESSION_OPENED) for _ in range(50)])
    ledger.checkpoint("shift")
    ledger.append([Entry(CustodyKind.SESSION_OPENED) for _ in range(50)])
    ledger.close()
    tamper(folder / "ledger.db", statement)
    return open_record(folder), Board()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET sig = zeroblob(64) WHERE seq = 60",
        "UPDATE checkpoint SET note = 'Dear bench,'",
    ],
)
def test_what_was_changed_is_never_signed_for_but_told_of_once(
    tmp_path: Path, statement: str
) -> None:
    ledger, board = changed(tmp_path, statement)
    heads = Heads(ledger, set_clock(tmp_path), board.post)
    assert not heads.sign("opened")
    assert board.of(ProblemCode.LEDGER_DAMAGED)
    assert heads.uncovered() == 0
    assert heads.age() < 10
    with pytest.raises(ProblemError):
        heads.checkpoint("consignment")
    assert len(board.stood) == 1
    ledger.close()


def test_work_goes_on_where_the_heads_of_a_record_were_changed(tmp_path: Path) -> None:
    ledger, _ = changed(tmp_path, "UPDATE checkpoint SET note = 'Dear bench,', cosigned = 1")
    ledger.close()

    async def work() -> None:
        nobody = WitnessSite("http://127.0.0.1:9", VKEY)
        async with upkept(tmp_path, Plan(witnesses=(nobody,))) as session:
            await session.shown(ProblemCode.LEDGER_DAMAGED)
            session.work()
            assert last_cosigned(session.ledger._connection, VKEY) is None

    with pytest.raises(AssertionError, match="checkpoint"):
        asyncio.run(work())
    assert story(tmp_path)[-1] == "session_closed"
