"""An example of a roll-out that a newcomer can open: published sums, made-up handsets.

The record it makes is simulated, and dated as the roll-out was: its clock is walked on by days.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench import __version__
from bench.command_line.late_stock import opened
from bench.command_line.program import NO_POLICY
from bench.custody.body import utc
from bench.custody.entries import DeviceRef, Entry, LedgerHeader, RunPosition
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from bench.events.orders import CustodyKind, Json
from bench.identity.identifiers import AssetTag, Imei, SerialNumber
from bench.ports import Moment
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.acceptance.page import SOURCE
from bench.stock.book.book import Book
from bench.stock.intake.kinds import FileKind
from bench.stock.intake.looking import look
from bench.stock.intake.taking import Source, take
from bench.stock.programme.years import working_days

if TYPE_CHECKING:
    from bench.command_line.program import Program

DAYS = 60
"""Working days that the example is through: about the middle."""
FLEET = 10_000
"""Handsets that were bought before."""
FULL = 280
"""Handsets that are staged on a usual day; the first weeks and Fridays have fewer."""
BEGINS = date(2022, 11, 7)
_FILES = (FileKind.PROGRAMME, FileKind.BUDGET, FileKind.ORDER, FileKind.FLEET)
_BENCH, _ORDER = "example", "PO-EXAMPLE-1"
_WARM_UP, _FRIDAY, _LATER = 15, 4, 5
_STEPS = (("Install the agent", 95), ("Seen by the service", 210), ("Screen is locked", 20))
_K = CustodyKind
_MON_TO_FRI = range(5)
_ODDS = 0.015
"""That a step fails once; at slot B2 four times as often, so that there is one to be found."""
_FLEET_FROM = 9_000_000_000


@dataclass
class _Calendar:
    """A clock that the example walks on."""

    at: datetime = datetime(2022, 11, 7, 8, tzinfo=UTC)
    passed: int = 0

    def moment(self) -> Moment:
        boot = "00000000-0000-4000-8000-000000001323"
        return Moment(self.at, boot, self.passed, unsynchronised=False, max_error=900)

    def elapsed(self) -> float:
        return self.passed / 1000

    def walk(self, to: datetime) -> None:
        self.passed += int((to - self.at).total_seconds() * 1000)
        self.at = to


@dataclass
class _RollOut:
    """The days of the example, written into its record."""

    ledger: Ledger
    calendar: _Calendar
    full: int
    staged: list[int] = field(default_factory=list)
    """How many were staged by the end of each day."""
    months: int = 0
    """Months whose services were accepted."""

    def day(self, number: int, at: datetime) -> None:
        if self.staged and at.month != self.calendar.at.month:
            self.months += 1
            self._write(0, [_rendered(self.months)])
        self.calendar.walk(at)
        before = self.staged[-1] if self.staged else 0
        today = [*range(before, before + self._count(number, at))]
        self._write(60, [_came(n) for n in today])
        self._write(60, [_at_slot(n, _K.SCANNED, {"box": _imei(n).digits}) for n in today])
        for step, (_, took) in enumerate(_STEPS):
            self._write(took, [each for n in today for each in _step(n, step)])
        self._write(30, [_at_slot(n, _K.STAGED, {"result": "pass"}) for n in today])
        self.staged.append(before + len(today))
        if number >= _LATER:
            since = self.staged[number - _LATER - 1] if number > _LATER else 0
            self._write(3600, [_issue(n) for n in range(since, self.staged[number - _LATER])])

    def _count(self, number: int, at: datetime) -> int:
        share = min(1.0, (number + 3) / _WARM_UP) * (0.7 if at.weekday() == _FRIDAY else 1.0)
        return int(self.full * share * (0.85 + number * 7 % 11 / 33))

    def _write(self, seconds: int, entries: Sequence[Entry]) -> None:
        self.calendar.walk(self.calendar.at + timedelta(seconds=seconds))
        if entries:
            self.ledger.append(entries)


def make(
    name: str,
    folder: Path,
    program: Program,
    days: int = DAYS,
    full: int = FULL,
    fleet: int = FLEET,
) -> int:
    """Make the example of that name in `folder`; `ProblemError` where a record is there already."""
    record = folder / "ledger.db"
    if record.exists():
        detail = "a record is there already"
        raise ProblemError(Problem(ProblemCode.LEDGER_UNUSABLE, str(record), detail))
    folder.mkdir(parents=True, exist_ok=True)
    calendar = _Calendar()
    with closing(_record(record, calendar, program)) as ledger:
        _live(_RollOut(ledger, calendar, full), days)
        with closing(opened(ledger)) as book:
            _take_files(book, program.resources / "programmes" / name, folder, fleet)
            book.catch_up(ledger.events)
    sys.stdout.write(f"{record}: `look {record}` opens the window on it, Ctrl+5 its roll-out;\n")
    sys.stdout.write(f"`stock roll-out {record}` tells it here\n")
    return 0


def _live(roll_out: _RollOut, days: int) -> None:
    last = BEGINS + timedelta(days=2 * days + 7)
    each = [*working_days(BEGINS, last, _MON_TO_FRI)][:days]
    for number, day in enumerate(each):
        roll_out.day(number, datetime(day.year, day.month, day.day, 8, tzinfo=UTC))
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{day}: {roll_out.staged[-1]:,} staged")


def _record(path: Path, calendar: _Calendar, program: Program) -> Ledger:
    return Ledger.open(
        path,
        BenchKey.open(path.with_suffix(".key")),
        LedgerHeader(_BENCH, simulated=True),
        calendar,
        app_version=__version__,
        policy_hash=NO_POLICY,
        build_hash=program.build_hash(),
    )


def _take_files(book: Book, files: Path, folder: Path, fleet: int) -> None:
    written = folder / "fleet.csv"
    written.write_text("".join(_fleet(fleet)), encoding="utf-8")
    for kind in _FILES:
        file = written if kind is FileKind.FLEET else files / f"{kind.value}.csv"
        found = look(book.connection, file).as_kind(kind)
        source = Source(found.name, found.seen.sha256, utc(datetime.now(UTC)))
        with book.writer() as connection:
            take(connection, found, source, folder)


def _fleet(count: int) -> Iterator[str]:
    """Yield the file of the handsets that were bought before, issued in 2021/22."""
    yield "IMEI,Model,Issue date\n"
    for number in range(count):
        issued = date(2021, 6, 1) + timedelta(days=number % 240)
        yield f"{_imei(_FLEET_FROM + number)},SM-A325F,{issued}\n"


# ── its events ──────────────────────────────────────────────────────────────────────────────────
def _imei(number: int) -> Imei:
    return Imei.with_check_digit(f"0044{number:010d}")


def _device(number: int, *, tagged: bool = False) -> DeviceRef:
    tag = AssetTag.numbered("SIM", number + 1) if tagged else None
    serial = SerialNumber(f"RZ8N{number:07d}")
    return DeviceRef(f"example{number:019d}", (_imei(number),), serial, "SM-A325F", tag)


def _came(number: int) -> Entry:
    said: dict[str, Json] = {"despatch": f"DN-{number // 500:04d}", "pallet": "",
                             "source": "despatch"}  # fmt: skip
    return Entry(
        _K.GOODS_IN, _device(number), None, said, None, "supplier:EXAMPLE", f"{_BENCH}/stock",
        order=_ORDER, lot=f"CTN{number // 20:06d}",
    )  # fmt: skip


def _rendered(months: int) -> Entry:
    said: dict[str, Json] = {"source": SOURCE, "line": 2, "received": months, "before": months - 1}
    return Entry(_K.GOODS_IN, None, None, said, order=_ORDER)


def _at_slot(number: int, kind: CustodyKind, said: dict[str, Json]) -> Entry:
    where = RunPosition(f"{number:016x}", _slot(number), "staging", open=kind is not _K.STAGED)
    return Entry(kind, _device(number, tagged=kind is _K.STAGED), where, said)


def _slot(number: int) -> str:
    return f"{'ABCD'[number % 4]}{number // 4 % 4 + 1}"


def _step(number: int, step: int) -> Iterator[Entry]:
    said: dict[str, Json] = {"step": step, "name": _STEPS[step][0], "result": "pass", "note": ""}
    odds = _ODDS * (4 if _slot(number) == "B2" else 1)
    if random.Random(number * len(_STEPS) + step).random() < odds:  # noqa: S311 - an example's luck
        yield _at_slot(number, _K.STEP_FINISHED, said | {"result": "fail", "note": "no answer"})
    yield _at_slot(number, _K.STEP_FINISHED, said)


def _issue(number: int) -> Entry:
    return Entry(
        _K.HANDED_OVER, _device(number, tagged=True), None, {}, None, f"{_BENCH}/staged",
        f"person:EXAMPLE-{number:06d}",
    )  # fmt: skip
