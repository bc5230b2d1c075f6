"""What a day asks for: a time stamp, a backup, a question, a docket, an erasure to be finished."""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from bench.custody.backup.making import Backups, Stopped
from bench.custody.backup.plan import BackupName
from bench.custody.backup.trial import PLAIN, Form
from bench.custody.database import connect_reader
from bench.custody.entries import Entry, PersonalText
from bench.custody.personal import review
from bench.custody.personal.erasure import erase, is_pending
from bench.custody.proof.timestamp import Authority
from bench.custody.time_stamps import Stamped, checked
from bench.custody.verification import Verdict, verify_file
from bench.events.orders import CustodyKind
from bench.problems import ProblemCode, ProblemError
from bench.upkeep.apart import apart
from bench.upkeep.plan import BackupPlan, DocketPlan, Plan
from tests.bench.custody.proof.authority import TestAuthority, on_the_net
from tests.bench.custody.record import HEADER as PLAIN_HEADER
from tests.bench.custody.record import ROOT, CountingClock, fill, tamper
from tests.bench.upkeep.upkept import open_record, set_clock, site, story, until, upkept
from tests.bench.witness.standing import standing_witness

FONTS = ROOT / "resources" / "fonts"
DAY = timedelta(days=1)


# ── time stamps ─────────────────────────────────────────────────────────────────────────────────
def stamped(folder: Path, *roots: x509.Certificate) -> tuple[Stamped, ...]:
    with closing(connect_reader(folder / "ledger.db")) as connection:
        return checked(connection, roots)


def test_an_authority_puts_its_time_on_the_newest_cosigned_head_once_a_day(tmp_path: Path) -> None:
    authority = TestAuthority.make(tmp_path / "tsa")

    async def work(url: str, plan: Plan) -> None:
        clock = set_clock(tmp_path)
        trusted = Authority(url, (authority.root,))
        async with upkept(tmp_path, replace(plan, authority=trusted), clock=clock) as session:
            await until(lambda: len(stamped(tmp_path, authority.root)) == 1)
            session.work()
            session.heads.checkpoint("consignment")
            await session.cosigned()
            await asyncio.sleep(0.1)
            assert len(stamped(tmp_path, authority.root)) == 1
            # the authority's clock is the computer's, the record's is the test's
            (first,) = stamped(tmp_path, authority.root)
            assert first.at is not None
            clock.start = first.at + DAY - timedelta(milliseconds=clock.mono)
            await until(lambda: len(stamped(tmp_path, authority.root)) == 2)
            assert session.board.stood == []

    with standing_witness(tmp_path / "w.db") as witness, on_the_net(authority) as url:
        asyncio.run(work(url, Plan(witnesses=(site(witness),))))
    first, second = stamped(tmp_path, authority.root)
    assert first.at is not None
    assert second.at is not None
    assert first.size < second.size
    stranger = TestAuthority.make(tmp_path / "other", "other")
    assert [each.at for each in stamped(tmp_path, stranger.root)] == [None, None]


def test_a_time_stamp_on_another_head_does_not_hold(tmp_path: Path) -> None:
    authority = TestAuthority.make(tmp_path / "tsa")

    async def work(url: str) -> None:
        plan = Plan(authority=Authority(url, (authority.root,)))
        async with upkept(tmp_path, plan) as session:
            await until(lambda: bool(stamped(tmp_path, authority.root)))
            session.work()

    with on_the_net(authority) as url:
        asyncio.run(work(url))
    last = max(_sizes(tmp_path))
    tamper(tmp_path / "ledger.db", f"UPDATE timestamp SET size = {last}")
    (moved,) = stamped(tmp_path, authority.root)
    assert (moved.size, moved.at) == (last, None)
    tamper(tmp_path / "ledger.db", "UPDATE timestamp SET size = 99")
    assert stamped(tmp_path, authority.root) == (Stamped(99, None, "Its checkpoint is missing."),)


def _sizes(folder: Path) -> list[int]:
    with closing(connect_reader(folder / "ledger.db")) as connection:
        return [size for (size,) in connection.execute("SELECT size FROM checkpoint")]


def test_an_authority_that_is_not_trusted_or_elsewhere_is_told_of(tmp_path: Path) -> None:
    authority = TestAuthority.make(tmp_path / "tsa")
    other = TestAuthority.make(tmp_path / "other", "other")

    async def work(url: str, code: ProblemCode) -> None:
        plan = Plan(authority=Authority(url, (other.root,)))
        async with upkept(tmp_path, plan) as session:
            await session.shown(code)
            session.work()

    with on_the_net(authority) as url:
        asyncio.run(work(url, ProblemCode.TIMESTAMP_FAILED))
    asyncio.run(work("http://192.0.2.1", ProblemCode.SIMULATED_NEVER_SYNCS))
    assert stamped(tmp_path, other.root) == ()


# ── backups ─────────────────────────────────────────────────────────────────────────────────────
def backups_in(folder: Path) -> list[BackupName]:
    names = [BackupName.parse(path.name) for path in folder.iterdir()] if folder.exists() else []
    return [name for name in names if name]


def test_a_backup_is_made_while_the_bench_works(tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()

    async def work() -> None:
        async with upkept(tmp_path, Plan(backups=BackupPlan(shelf))) as session:
            while not backups_in(shelf):
                session.work()
                await asyncio.sleep(0.005)
            assert session.board.stood == []

    asyncio.run(work())
    (name,) = backups_in(shelf)
    assert verify_file(shelf / str(name)).verifies


def test_a_backup_disk_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    async def work() -> None:
        async with upkept(tmp_path, Plan(backups=BackupPlan(tmp_path / "away"))) as session:
            await session.shown(ProblemCode.BACKUP_FAILED)
            session.work()

    asyncio.run(work())
    assert story(tmp_path)[-1] == "shift"


def test_a_proof_in_another_process_says_the_same(tmp_path: Path) -> None:
    path = fill(tmp_path, 50)
    form = apart(PLAIN)
    assert form.verify(path) == verify_file(path)
    assert form.verify(path, public_key=bytes(32)) == verify_file(path, public_key=bytes(32))
    tamper(path, "UPDATE event SET body = replace(body, 'A2', 'A3') WHERE seq = 9")
    verdict = form.verify(path)
    assert not verdict.verifies
    assert verdict == verify_file(path)


def test_a_proof_that_is_stopped_or_dies_leaves_nothing_that_passes_for_a_backup(
    tmp_path: Path,
) -> None:
    fill(tmp_path, 50)
    shelf = tmp_path / "shelf"
    shelf.mkdir()

    def made(form: Form) -> Backups:
        return Backups(
            tmp_path / "ledger.db", PLAIN_HEADER, shelf, CountingClock(), form=apart(form)
        )

    with pytest.raises(ProblemError, match="cut short"):
        made(replace(PLAIN, verify=_dies)).make()
    sleepy = made(replace(PLAIN, verify=_never_ends))
    asyncio.run(_stopped(sleepy, shelf))
    assert backups_in(shelf) == []
    assert not [path for path in shelf.iterdir() if path.name.endswith(".partial")]


async def _stopped(backups: Backups, shelf: Path) -> None:
    making = asyncio.ensure_future(asyncio.to_thread(backups.make))
    await until(lambda: any(path.name.endswith(".partial") for path in shelf.iterdir()))
    await asyncio.sleep(0.3)
    backups.stop()
    with pytest.raises(Stopped):
        await making


def _dies(path: Path, **_: object) -> Verdict:
    raise SystemExit(f"{path} is the last thing it saw")


def _never_ends(path: Path, **_: object) -> Verdict:
    while path.name:
        pass
    raise AssertionError


# ── dockets ─────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("kind", "magic"), [("pdf", b"%PDF-"), ("png", b"\x89PNG")])
def test_the_head_of_a_shift_is_written_as_a_docket(
    tmp_path: Path, kind: str, magic: bytes
) -> None:
    folder = tmp_path / "dockets"
    folder.mkdir()
    plan = Plan(docket=DocketPlan(folder, FONTS, kind))  # type: ignore[arg-type]

    async def work() -> None:
        async with upkept(tmp_path, plan) as session:
            session.work()

    asyncio.run(work())
    (docket,) = folder.iterdir()
    assert docket.name == f"docket-bench-07-e1-{max(_sizes(tmp_path))}.{kind}"
    assert docket.read_bytes().startswith(magic)


def test_a_docket_that_cannot_be_written_is_told_of_and_no_fault(tmp_path: Path) -> None:
    plan = Plan(docket=DocketPlan(tmp_path / "away", FONTS))

    async def work() -> None:
        async with upkept(tmp_path, plan) as session:
            left = session
        assert left.board.of(ProblemCode.DOCKET_UNWRITTEN)

    asyncio.run(work())
    assert story(tmp_path)[-1] == "shift"


# ── personal data ───────────────────────────────────────────────────────────────────────────────
UMBRELLA = PersonalText("note", "of a green umbrella", "p-0000")


def traces(folder: Path) -> bool:
    found = [folder / f"ledger.db{end}" for end in ("", "-wal")]
    return any(b"green umbrella" in path.read_bytes() for path in found if path.exists())


def test_an_erasure_that_was_cut_short_is_finished_before_work_begins(tmp_path: Path) -> None:
    ledger = open_record(tmp_path)
    ledger.append([Entry(CustodyKind.SESSION_OPENED, personal=(UMBRELLA,))])
    change = erase(ledger._connection, "p-0000")
    ledger.append(change.entries, besides=change.write)
    ledger.close()
    assert _is_pending(tmp_path)

    async def work() -> None:
        async with upkept(tmp_path) as session:
            assert not _is_pending(tmp_path)
            assert session.board.stood == []

    asyncio.run(work())
    assert not traces(tmp_path)


def _is_pending(folder: Path) -> bool:
    with closing(connect_reader(folder / "ledger.db")) as connection:
        return is_pending(connection)


def test_an_erasure_that_another_program_s_reading_holds_up_is_told_of(tmp_path: Path) -> None:
    ledger = open_record(tmp_path)
    ledger.append([Entry(CustodyKind.SESSION_OPENED, personal=(UMBRELLA,))])
    change = erase(ledger._connection, "p-0000")
    ledger.append(change.entries, besides=change.write)
    ledger._connection.execute("PRAGMA busy_timeout = 10")
    with closing(connect_reader(tmp_path / "ledger.db")) as reader:
        reader.execute("BEGIN").execute("SELECT * FROM event").fetchone()
        with pytest.raises(ProblemError) as told:
            ledger.scrub()
    assert told.value.problem.code is ProblemCode.ERASURE_UNFINISHED
    ledger.scrub()
    assert not _is_pending(tmp_path)
    ledger.close()


def test_what_is_past_its_date_is_asked_for_until_the_next_day_s_look(tmp_path: Path) -> None:
    ledger = open_record(tmp_path)
    ledger.append([Entry(CustodyKind.SESSION_OPENED, personal=(UMBRELLA,))])
    ledger.close()

    async def work() -> None:
        clock = set_clock(tmp_path)
        async with upkept(tmp_path, clock=clock) as session:
            assert "yearly" in (await session.shown(ProblemCode.RETENTION_DUE)).detail
            today = clock.moment().at.date()
            session.ledger.append([], besides=lambda each: review.answered(each, today))
            await asyncio.sleep(0.1)
            assert session.board.of(ProblemCode.RETENTION_DUE)
            clock.forward(DAY)
            await session.over(ProblemCode.RETENTION_DUE)
            clock.forward(400 * DAY)
            assert "past their date" in (await session.shown(ProblemCode.RETENTION_DUE)).detail

    asyncio.run(work())
    with closing(connect_reader(tmp_path / "ledger.db")) as connection:
        assert connection.execute("SELECT count(*) FROM retention_prompt").fetchone() == (1,)
