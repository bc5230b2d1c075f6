"""A bench's record and its witnesses over the loopback, for as long as the bench works."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.custody.database import connect_reader
from bench.custody.entries import LedgerHeader
from bench.custody.proof.checkpoint import witness_key
from bench.custody.proof.note import NoteError
from bench.problems import Problem, ProblemCode, ProblemError
from bench.upkeep.cosigned import Cosigned, RecordTree, last_cosigned
from bench.upkeep.heads import Heads
from bench.upkeep.plan import Plan, Rhythm, WitnessSite
from bench.upkeep.training import refuse_to_leave
from bench.upkeep.witnessing import witnesses
from tests.bench.custody.proof.grown import tree_of
from tests.bench.custody.proof.signers import NOON, made_up_key
from tests.bench.upkeep.upkept import (
    FAST,
    HEADER,
    Board,
    Upkept,
    open_record,
    set_clock,
    site,
    story,
    until,
    upkept,
)
from tests.bench.witness.answering import parrot
from tests.bench.witness.standing import VKEY, Standing, standing_witness

SECOND = "witness.example/w2"
SECOND_VKEY = witness_key(SECOND, made_up_key(SECOND))
UNREACHABLE = ProblemCode.WITNESS_UNREACHABLE


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Standing]:
    with standing_witness(tmp_path / "w.db") as standing:
        yield standing
        assert not [line for line in standing.minutes.lines if "fault" in line]


def plan(*witnesses: Standing) -> Plan:
    return Plan(witnesses=tuple(map(site, witnesses)))


def remembered(folder: Path) -> Cosigned | None:
    connection = connect_reader(folder / "ledger.db")
    try:
        return last_cosigned(connection, VKEY)
    finally:
        connection.close()


# ── a witness that is there ─────────────────────────────────────────────────────────────────────
def test_the_head_of_a_session_is_cosigned_at_its_opening_and_at_its_end(
    tmp_path: Path, witness: Standing
) -> None:
    async def work() -> int:
        async with upkept(tmp_path, plan(witness)) as session:
            await session.cosigned()
            session.work()
            return session.ledger.tail().seq

    seq = asyncio.run(work())
    assert witness.head()[0] == seq + 2
    assert remembered(tmp_path) == Cosigned(seq + 2, datetime.fromtimestamp(NOON, UTC))
    assert story(tmp_path)[-2:] == ["session_closed", "shift"]


def test_a_consignment_s_head_is_cosigned_at_once(tmp_path: Path, witness: Standing) -> None:
    async def work() -> None:
        async with upkept(tmp_path, plan(witness)) as session:
            await session.cosigned()
            session.work(3)
            assert not session.is_cosigned()
            session.heads.checkpoint("consignment")
            await session.cosigned()
            assert session.board.stood == []

    asyncio.run(work())


def test_what_happens_in_between_is_cosigned_in_the_rhythm(
    tmp_path: Path, witness: Standing
) -> None:
    async def work() -> None:
        async with upkept(tmp_path, plan(witness), replace(FAST, cosign=0.05)) as session:
            for _ in range(3):
                session.work()
                await session.cosigned()
            before = session.ledger.tail()
            await asyncio.sleep(0.2)
            assert session.ledger.tail() == before

    asyncio.run(work())
    assert story(tmp_path).count("interval") == 3


def test_each_of_several_witnesses_signs_the_same_head(tmp_path: Path, witness: Standing) -> None:
    async def work(second: Standing) -> None:
        sites = (site(witness), replace(site(second), key=SECOND_VKEY))
        async with upkept(tmp_path, Plan(witnesses=sites)) as session:
            await until(lambda: _signatures(session) == 3)
            session.work()
        ledger = open_record(tmp_path)
        last = ledger.last_checkpoint()
        ledger.close()
        assert last is not None
        assert (last.cosigned, len(last.note.signatures)) == (2, 3)
        assert last.note.signatures_of(VKEY)
        assert last.note.signatures_of(SECOND_VKEY)

    with standing_witness(tmp_path / "w2.db", name=SECOND) as second:
        asyncio.run(work(second))


def _signatures(session: Upkept) -> int:
    last = session.ledger.last_checkpoint()
    return len(last.note.signatures) if last else 0


def test_proofs_are_those_of_the_whole_record(tmp_path: Path) -> None:
    ledger = open_record(tmp_path)
    session = Upkept(ledger, None, None, None)  # type: ignore[arg-type]
    session.work(2500)
    tree = RecordTree(ledger.path, connect_reader)
    hashes = [event.hash for event in ledger.events(0, 10_000)]
    for old, size in ((1, 2), (700, 1100), (1024, 2048), (1100, 2500)):
        assert tree.consistency(old, size) == tree_of(hashes).consistency(old, size)
    ledger.close()


# ── one that is away ────────────────────────────────────────────────────────────────────────────
def test_a_witness_that_is_away_is_told_of_and_work_goes_on_until_it_is_back(
    tmp_path: Path, witness: Standing
) -> None:
    async def work() -> None:
        async with upkept(tmp_path, plan(witness)) as session:
            await session.cosigned()
            witness.clock.seconds -= 10
            session.work()
            session.heads.checkpoint("consignment")
            problem = await session.shown(UNREACHABLE)
            assert "since 2027-01-15 08:00 UTC" in problem.detail
            assert "503" in problem.detail
            session.work()
            witness.clock.seconds += 20
            await session.over(UNREACHABLE)
            session.heads.checkpoint("consignment")
            await session.cosigned()

    asyncio.run(work())


def test_where_nobody_listens_the_session_still_begins_works_and_ends(tmp_path: Path) -> None:
    async def work() -> None:
        nobody = WitnessSite(f"http://127.0.0.1:{_unused_port()}", VKEY)
        async with upkept(tmp_path, Plan(witnesses=(nobody,))) as session:
            problem = await session.shown(UNREACHABLE)
            assert "nothing cosigned so far" in problem.detail
            session.work()

    asyncio.run(work())
    assert story(tmp_path)[-1] == "shift"
    assert remembered(tmp_path) is None


def test_the_longer_a_witness_is_away_the_more_rarely_it_is_asked(tmp_path: Path) -> None:
    rhythm = Rhythm(again=5.0, cosign=900.0)
    ledger, board = open_record(tmp_path), Board()
    heads = Heads(ledger, set_clock(tmp_path), board.post)
    away = WitnessSite("http://127.0.0.1", VKEY)
    (asked,) = witnesses((away,), ledger, heads, board.post, rhythm)
    spans = [asked._away(Problem(UNREACHABLE, "w", "no route")) for _ in range(200)]
    for number, span in enumerate(spans):
        assert 0 <= span <= min(900.0, 5.0 * 2 ** (number + 1))
    assert max(spans) > 450
    assert len(set(spans)) == len(spans)
    assert len(board.stood) == 1
    ledger.close()


def _unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def test_a_witness_that_never_answers_holds_up_neither_work_nor_the_end(tmp_path: Path) -> None:
    ended = threading.Event()

    def silence(_: socket.socket) -> None:
        ended.wait(20)

    async def work(port: int) -> None:
        silent = WitnessSite(f"http://127.0.0.1:{port}", VKEY)
        rhythm = replace(FAST, deadline=0.2, farewell=0.2)
        async with upkept(tmp_path, Plan(witnesses=(silent,)), rhythm) as session:
            await session.shown(UNREACHABLE)
            session.work()

    with parrot(silence) as found:
        try:
            asyncio.run(work(found.port))
        finally:
            ended.set()
    assert story(tmp_path)[-1] == "shift"


# ── one that says no ────────────────────────────────────────────────────────────────────────────
def test_a_restored_record_is_frozen_and_says_what_to_do(tmp_path: Path, witness: Standing) -> None:
    async def work() -> None:
        async with upkept(tmp_path, plan(witness)) as session:
            await session.cosigned()
        shutil.copy(tmp_path / "ledger.db", tmp_path / "image")
        async with upkept(tmp_path, plan(witness)) as session:
            session.work(30)
        _restore(tmp_path)
        async with upkept(tmp_path, plan(witness)) as session:
            problem = await session.shown(ProblemCode.EPOCH_FROZEN)
            assert "events were cosigned" in problem.detail
            assert "opens a new epoch" in str(problem)
            with pytest.raises(ProblemError):
                session.work()

    asyncio.run(work())
    ledger = open_record(tmp_path)
    assert "events were cosigned" in ledger.frozen
    ledger.close()


def _restore(folder: Path) -> None:
    for end in ("-wal", "-shm"):
        (folder / f"ledger.db{end}").unlink(missing_ok=True)
    shutil.copy(folder / "image", folder / "ledger.db")


def test_a_restored_record_that_was_worked_on_is_frozen_too(
    tmp_path: Path, witness: Standing
) -> None:
    async def work() -> None:
        async with upkept(tmp_path, plan(witness)) as session:
            await session.cosigned()
        shutil.copy(tmp_path / "ledger.db", tmp_path / "image")
        async with upkept(tmp_path, plan(witness)) as session:
            session.work(3)
        _restore(tmp_path)
        async with upkept(tmp_path) as session:
            session.work(30)
        async with upkept(tmp_path, plan(witness)) as session:
            problem = await session.shown(ProblemCode.EPOCH_FROZEN)
            assert "other events were cosigned" in problem.detail
            with pytest.raises(ProblemError):
                session.work()

    asyncio.run(work())


def test_a_bench_that_the_witness_does_not_know_is_told_so(
    tmp_path: Path, witness: Standing
) -> None:
    async def work() -> None:
        stranger = LedgerHeader("bench-09", simulated=True, organisation="custody.example")
        async with upkept(tmp_path, plan(witness), header=stranger) as session:
            problem = await session.shown(ProblemCode.WITNESS_REFUSED)
            assert "404" in problem.detail

    asyncio.run(work())


# ── training ────────────────────────────────────────────────────────────────────────────────────
def test_a_simulated_record_is_never_sent_to_another_computer(tmp_path: Path) -> None:
    async def work() -> None:
        elsewhere = WitnessSite("http://192.0.2.1", VKEY)
        async with upkept(tmp_path, Plan(witnesses=(elsewhere,))) as session:
            await session.shown(ProblemCode.SIMULATED_NEVER_SYNCS)
            session.work()

    asyncio.run(work())
    assert story(tmp_path)[-1] == "shift"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "https://127.9.9.9/w", "http://[::1]:80", "http://localhost"]
)
def test_what_stays_on_this_computer_may_be_practised_with(url: str) -> None:
    refuse_to_leave(HEADER, url, "w")


@pytest.mark.parametrize(
    "url",
    [
        "https://witness.example",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "http://127.0.0.1@192.0.2.1",
        "http://0.0.0.0",
        "http://[2001:db8::1]",
        "http://2130706433.example",
        "nonsense",
    ],
)
def test_what_may_lead_elsewhere_is_for_real_records_only(url: str) -> None:
    with pytest.raises(ProblemError) as refused:
        refuse_to_leave(HEADER, url, "w")
    assert refused.value.problem.code is ProblemCode.SIMULATED_NEVER_SYNCS
    refuse_to_leave(replace(HEADER, simulated=False), url, "w")


# ── settings ────────────────────────────────────────────────────────────────────────────────────
def test_a_witness_is_read_from_an_address_and_a_verifier_key() -> None:
    found = WitnessSite.parse("https://witness.example/w", str(VKEY))
    assert found == WitnessSite("https://witness.example/w", VKEY)
    assert found.name == VKEY.name
    for unsafe in ("http://witness.example", "ftp://witness.example", "witness.example"):
        with pytest.raises(ValueError, match="https"):
            WitnessSite.parse(unsafe, str(VKEY))
    assert WitnessSite.parse("http://127.0.0.1:8080", str(VKEY)).url == "http://127.0.0.1:8080"
    with pytest.raises(NoteError):
        WitnessSite.parse("https://witness.example", "no key")
