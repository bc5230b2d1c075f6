"""A bench's record for tests: a clock that counts, made-up handsets, entries about them."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pysqlite3 import dbapi2

from bench.custody import queries
from bench.custody.database import connect_reader
from bench.custody.entries import DeviceRef, Entry, LabelJob, LedgerHeader, RunPosition
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from bench.custody.schema import EVENT
from bench.events.orders import CustodyKind
from bench.identity.identifiers import AssetTag, Imei, SerialNumber
from bench.ports import Moment

HEADER = LedgerHeader("bench-07", simulated=True)
ROOT = Path(__file__).parents[3]
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class CountingClock:
    """Each moment is a second after the one before."""

    def __init__(self, boot: str = "boot-1", mono: int = 0, start: datetime = START) -> None:
        self.boot = boot
        self.mono = mono
        self.start = start

    def moment(self) -> Moment:
        self.mono += 1000
        at = self.start + timedelta(milliseconds=self.mono)
        return Moment(at, self.boot, self.mono, unsynchronised=False, max_error=500)

    def elapsed(self) -> float:
        return self.mono / 1000


def open_ledger(folder: Path, header: LedgerHeader = HEADER, name: str = "ledger.db") -> Ledger:
    """Open the record of a folder; each opening is a boot of its own, later than the last event."""
    clock = CountingClock(boot=uuid.uuid4().hex, start=last_time(folder / name))
    return Ledger.open(
        folder / name,
        BenchKey.open(folder / "bench.key"),
        header,
        clock,
        app_version="0.1.0",
        policy_hash="ab" * 32,
    )


def last_time(path: Path) -> datetime:
    """Return when the last event of a record was written; `START` where none can be read."""
    try:
        with closing(connect_reader(path)) as connection:
            at = queries.tail(connection).at
    except (dbapi2.Error, UnicodeDecodeError):
        return START
    return datetime.fromtimestamp(at / 1000, UTC) if at else START


def imei(number: int, tac: str = "00440000") -> Imei:
    return Imei.with_check_digit(f"{tac}{number:06d}")


def device(number: int, tag: int | None = None) -> DeviceRef:
    asset_tag = None if tag is None else AssetTag.numbered("MP", tag)
    serial = SerialNumber(f"RTEST{number:06d}")
    return DeviceRef(f"device-{number}", (imei(number),), serial, "SM-A325F", asset_tag)


def position(number: int, state: str, *, is_open: bool = True) -> RunPosition:
    return RunPosition(f"run-{number}", f"A{number % 9 + 1}", state, is_open, {"step": number})


def scanned(number: int) -> Entry:
    return Entry(
        CustodyKind.SCANNED,
        device(number, number),
        position(number, "staging"),
        {"box": str(imei(number))},
    )


def queued(number: int, copy: int = 1) -> Entry:
    job = LabelJob(f"run-{number}", copy)
    entry = replace(scanned(number), kind=CustodyKind.LABEL_QUEUED, label_job=job)
    return replace(entry, run=position(number, "labelling"))


def fill(folder: Path, events: int) -> Path:
    """Make a closed record of that many events about a few handsets."""
    ledger = open_ledger(folder)
    ledger.append([scanned(number % 7 + 1) for number in range(events - 1)])
    ledger.close()
    return folder / "ledger.db"


def tamper(path: Path, *statements: str, values: Iterable[object] = ()) -> None:
    """Do what the triggers forbid and leave no trace of it in the tables' text."""
    connection = dbapi2.connect(str(path), isolation_level=None)
    triggers = [name for name, sql in EVENT.items() if "TRIGGER" in sql]
    for name in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement, tuple(values))
    for name in triggers:
        connection.execute(EVENT[name])
    connection.close()


def program(name: str, *arguments: object) -> list[str]:
    """Return the command that runs a program of this folder, from `ROOT`."""
    return [sys.executable, "-m", f"tests.bench.custody.{name}", *map(str, arguments)]
