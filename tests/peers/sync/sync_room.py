"""Benches with records, and what carries them to a store for tests."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import StringIO
from pathlib import Path

import psycopg
from psycopg import sql
from pysqlite3 import dbapi2

from bench.clock import SystemClock
from bench.custody.entries import Entry, LedgerHeader
from bench.custody.ledger import Ledger
from bench.events.orders import CustodyKind
from bench.inventory.centre import Centre
from bench.inventory.doors.postgres import PostgresDoor
from bench.inventory.outbox import Outbox
from bench.inventory.sync.engine import Done
from bench.inventory.sync.greeting import PROTOCOL
from bench.inventory.sync.inbox import Inbox
from bench.inventory.sync.sending import Limits, Outcome, Sending, Sent
from bench.inventory.sync.site import Session, Site, session
from bench.ports import Clock, Moment
from bench.problems import ProblemCode
from main import main
from tests.bench.custody.record import ROOT, open_ledger
from tests.peers.centre.centre_room import CentreRoom, Enrolled

SOON = Limits(try_for=0.0)
_numbers = itertools.count()


class ShiftedClock:
    """The computer's clock, by so much ahead."""

    def __init__(self, ahead: timedelta) -> None:
        self._clock = SystemClock()
        self._ahead = ahead

    def moment(self) -> Moment:
        now = self._clock.moment()
        return replace(now, at=now.at + self._ahead)

    def elapsed(self) -> float:
        return self._clock.elapsed()


@dataclass
class BenchRoom:
    """A bench that a store knows, with its folder; it reaches the store at `port`."""

    centre: CentreRoom
    its: Enrolled
    folder: Path
    port: int
    clock: Clock = field(default_factory=SystemClock)
    newest: int = PROTOCOL
    deadline: float = 20.0
    host: str = "localhost"

    @property
    def name(self) -> str:
        return self.its.name

    @property
    def record(self) -> Path:
        return self.folder / "ledger.db"

    @property
    def header(self) -> LedgerHeader:
        return LedgerHeader(self.name, simulated=True)

    def ledger(self) -> Ledger:
        return open_ledger(self.folder, self.header)

    def record_events(self, count: int) -> None:
        """Let this bench record so many events, as a bench does."""
        with closing(self.ledger()) as ledger:
            ledger.append([noted(number) for number in range(count)])

    def door(self, _: LedgerHeader | None = None) -> PostgresDoor:
        address = f"postgresql://{self.host}:{self.port}/{self.centre.database}"
        its = self.its
        return PostgresDoor(address, its.certificate, its.key, its.trust, self.name, self.deadline)

    def site(self, door: Callable[[LedgerHeader], Centre] | None = None) -> Site:
        return Site(
            self.record,
            lambda: Outbox.open(self.record),
            door or self.door,
            lambda *_: None,
            self.clock,
            self.newest,
        )

    @contextmanager
    def session(self, door: Callable[[LedgerHeader], Centre] | None = None) -> Iterator[Session]:
        with session(self.site(door)) as has:
            yield has

    def sync(
        self, limits: Limits = SOON, door: Callable[[LedgerHeader], Centre] | None = None
    ) -> Sent:
        """Send all that waits, in this process; without patience unless it is given."""
        with self.session(door) as has:
            return Sending(has, self.clock, limits, lambda _: None, Inbox()).send()

    def rush(self, times: int = 200) -> None:
        """Send all that waits, whatever is in the way, without a pause."""
        with self.session() as has:
            for _ in range(times):
                if isinstance(has.courier.go(), Done):
                    return
                has.courier.resume()
        raise AssertionError(f"it ends with {has.courier.step}")

    def stored(self) -> list[tuple[int, str]]:
        """Return what the store has of this bench: number and body, in order."""
        with self.centre.admin() as admin:
            return admin.execute(
                "SELECT seq, body FROM custody.event JOIN custody.bench USING (bench_no)"
                " WHERE bench_id = %s ORDER BY event.epoch, seq",
                (self.name,),
            ).fetchall()

    def recorded(self) -> list[tuple[int, str]]:
        """Return what the record holds: number and body, in order."""
        with closing(dbapi2.connect(f"file:{self.record}?mode=ro", uri=True)) as connection:
            return list(connection.execute("SELECT seq, body FROM event ORDER BY seq"))

    def alarms(self) -> list[str]:
        with self.centre.admin() as admin:
            rows = admin.execute(
                "SELECT kind FROM custody.alarm JOIN custody.bench USING (bench_no)"
                " WHERE bench_id = %s ORDER BY alarm_no",
                (self.name,),
            ).fetchall()
        return [kind for (kind,) in rows]

    def state(self) -> str:
        """Return how the store holds this bench: active, frozen, retired."""
        with self.centre.admin() as admin:
            row = admin.execute(
                "SELECT state FROM custody.bench WHERE bench_id = %s", (self.name,)
            ).fetchone()
        assert row
        return str(row[0])

    @property
    def number(self) -> int:
        """Return the number that the store gave this bench."""
        with self.centre.admin() as admin:
            row = admin.execute(
                "SELECT bench_no FROM custody.bench WHERE bench_id = %s", (self.name,)
            ).fetchone()
        assert row
        return int(row[0])

    @property
    def partition(self) -> str:
        """Return the table that holds what the store has of this bench."""
        with self.centre.admin() as admin:
            row = admin.execute(
                "SELECT DISTINCT tableoid::regclass::text FROM custody.event WHERE bench_no = %s",
                (self.number,),
            ).fetchone()
        assert row
        return str(row[0])

    # ── as the command ──────────────────────────────────────────────────────────────────────────
    def settings(self, **central: str | int) -> Path:
        words: dict[str, str | int] = {
            "address": f"postgresql://{self.host}:{self.port}/{self.centre.database}",
            "certificate": str(self.its.certificate), "key": str(self.its.key),
            "trust": str(self.its.trust), **central,
        }  # fmt: skip
        lines = [f"{name} = {json.dumps(value)}" for name, value in words.items()]
        path = self.folder / "settings.toml"
        path.write_text(
            f"[station]\nname = {json.dumps(self.name)}\nledger = {json.dumps(str(self.record))}\n"
            "[central]\n" + "\n".join(lines) + "\n"
        )
        return path

    def words(self, *more: str, **central: str | int) -> list[str]:
        """Return the command `sync` for this bench."""
        settings = str(self.settings(**central))
        return [sys.executable, str(ROOT / "main.py"), "--settings", settings, "sync", *more]

    def run(self, *more: str, **central: str | int) -> Ran:
        """Run the command in this process."""
        words = self.words(*more, **central)[2:]
        with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
            code = main(words)
        return Ran(code, out.getvalue(), err.getvalue())


@dataclass(frozen=True)
class Ran:
    """How the command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


def noted(number: int) -> Entry:
    """An event about no handset."""
    return Entry(CustodyKind.EXPORTED, data={"number": number, "note": "made up for a test"})


def new_bench(centre: CentreRoom, folder: Path, events: int = 0) -> BenchRoom:
    """A bench that nobody met before, with a record of so many events."""
    its = centre.add_bench(f"bench-{next(_numbers):04}")
    room = BenchRoom(centre, its, folder / its.name, centre.server.port)
    room.folder.mkdir()
    if events:
        room.record_events(events - 1)
    return room


@contextmanager
def own_database(centre: CentreRoom) -> Iterator[CentreRoom]:
    """The store in a database of its own, to do things to."""
    name = f"custody_{next(_numbers)}"
    with psycopg.connect(centre.server.admin, autocommit=True) as admin:
        words = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        admin.execute(words.format(sql.Identifier(name), sql.Identifier(centre.database)))
        admin.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO staging_bench").format(sql.Identifier(name))
        )
    yield replace(centre, database=name, benches={})


# ── what comes of it ──────────────────────────────────────────────────────────────────────────────
def done(bench: BenchRoom, statement: str) -> None:
    """Do something to a bench's store."""
    with bench.centre.admin() as admin:
        admin.execute("SET default_transaction_read_only = off")
        admin.execute(statement.encode())


@contextmanager
def on_each_event(bench: BenchRoom, does: str) -> Iterator[None]:
    """Let the store do that with each event of this bench."""
    function = f"custody.on_each_{bench.number}"
    done(bench, f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS"
         f" $body$BEGIN {does}; END$body$")  # fmt: skip
    done(bench, f"CREATE TRIGGER on_each BEFORE INSERT ON custody.event FOR EACH ROW"
         f" WHEN (NEW.bench_no = {bench.number}) EXECUTE FUNCTION {function}()")  # fmt: skip
    try:
        yield
    finally:
        done(bench, "DROP TRIGGER on_each ON custody.event")


def stopped(bench: BenchRoom, code: ProblemCode) -> str:
    """Sync in vain: nothing went, and a person is asked; return what was said."""
    sent = bench.sync()
    assert sent.problem is not None
    assert (sent.outcome, sent.problem.code) == (Outcome.STOPPED, code), sent
    return str(sent.problem)


def away(bench: BenchRoom, code: ProblemCode) -> str:
    """Sync in vain for now; return what was said."""
    sent = bench.sync()
    assert sent.problem is not None
    assert (sent.outcome, sent.problem.code) == (Outcome.AWAY, code), sent
    return str(sent.problem)


def is_whole(bench: BenchRoom) -> None:
    """The store has each event once, as recorded, and nobody was alarmed."""
    assert bench.stored() == bench.recorded()
    assert bench.alarms() == []
