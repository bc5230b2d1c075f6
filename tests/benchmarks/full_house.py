"""A record and its book as they are when the roll-out is nearly through.

40,000 handsets and 800,000 events, day after day: counted in, staged in waves, married to their
SIMs, packed, sealed, sent, received and handed over, with the mishaps that there are. All of it
is made up and simulated. It takes minutes, so whoever measures names a folder and finds it there
again.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.late_stock import opened
from bench.custody.database import transaction
from bench.custody.entries import Actor, DeviceRef, Entry, LabelJob, LedgerHeader, RunPosition
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from bench.events.orders import CustodyKind, Json
from bench.identity.identifiers import AssetTag, Imei, SerialNumber
from bench.ports import Moment
from bench.stock.book.book import Book

if TYPE_CHECKING:
    import sqlite3

HANDSETS = 40_000
"""With the events below, some 800,000 of them."""
BENCH = "bench-07"
WAVE = 80
"""Handsets that go together through everything: a carton, a wave at the slots, a consignment."""
WAVES_A_DAY = 5
ORDERS = 10
POLICY = "5" * 64
BEGINS = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""A Monday."""
STEPS = (
    "Install the agent", "Copy the notice", "Stay awake", "Set the language", "Marry the SIM",
    "Boot chain is green", "Seen by Intune", "Screen is locked",
)  # fmt: skip
_FORM = 1
"""Raise it with whatever makes another house of the same arguments."""
_K = CustodyKind
_CODES = (_K.PACKED, _K.SEALED, _K.CONSIGNED)


@dataclass
class Calendar:
    """A clock that a day's work moves on: of this very boot, always forwards."""

    at: datetime = BEGINS
    passed: int = 0
    boot: str = "00000000-0000-4000-8000-000000000007"

    def moment(self) -> Moment:
        return Moment(self.at, self.boot, self.passed, unsynchronised=False, max_error=900)

    def elapsed(self) -> float:
        return self.passed / 1000

    def on(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.passed += int(seconds * 1000)

    def until(self, at: datetime) -> None:
        self.on(max((at - self.at).total_seconds(), 0))


@lru_cache(maxsize=2 * HANDSETS)
def device(number: int, tag: bool = False) -> DeviceRef:
    """Return a handset that nobody has, with its label or before it has one."""
    return DeviceRef(
        f"uid{number:023d}",
        (imei(number),),
        SerialNumber(f"RZ8N{number:07d}"),
        "SM-A325F" if number % 4 else "SM-A346B",
        AssetTag.numbered("SIM", number + 1) if tag else None,
    )


def imei(number: int) -> Imei:
    """Return an IMEI of the reporting body for tests: no handset has it."""
    return Imei.with_check_digit(f"0044{number:010d}")


def iccid(number: int) -> str:
    """Return the number of a SIM that nobody made (ITU-T E.118)."""
    payload = f"894499{number:012d}"
    doubled = "0246813579"
    total = sum(int(doubled[int(d)] if i % 2 == 0 else d) for i, d in enumerate(reversed(payload)))
    return f"{payload}{-total % 10}"


def msisdn(number: int) -> str:
    """Return one of the thousand numbers that are nobody's (Ofcom, numbers for drama)."""
    return f"447700900{number % 1000:03d}"


def order(number: int, handsets: int) -> str:
    """Return the order that a handset was bought under."""
    return f"PO-{2600 + number * ORDERS // handsets}"


def carton(number: int) -> str:
    """Return the carton that a handset came in."""
    return f"CTN{number // WAVE:06d}"


def docket(number: int) -> str:
    """Return the consignment that a handset leaves in."""
    return f"C-{number // WAVE:06d}"


@dataclass
class House:
    """The days of a roll-out, written into a record."""

    ledger: Ledger
    calendar: Calendar
    handsets: int = HANDSETS
    gone: set[int] = field(default_factory=set)
    """Dead on arrival or in quarantine: nothing more is done with them."""

    def live(self) -> None:
        """Let each day count in what arrived and take what was there before a day further."""
        waves = -(-self.handsets // WAVE)
        days = -(-waves // WAVES_A_DAY)
        for day in range(days):
            self.calendar.until(_workday(day))
            for of, doing in enumerate((self._arrive, self._stage, self._leave, self._reach)):
                for wave in range((day - of) * WAVES_A_DAY, (day - of + 1) * WAVES_A_DAY):
                    if 0 <= wave < waves:
                        doing(wave)

    def _arrive(self, wave: int) -> None:
        supplier, stock = "supplier:EXAMPLE", f"{BENCH}/stock"
        data: dict[str, Json] = {
            "despatch": f"DN-{wave // WAVES_A_DAY:05d}", "pallet": f"PAL{wave // WAVES_A_DAY:05d}",
            "source": "despatch",
        }  # fmt: skip
        self._write(300, [
            Entry(_K.GOODS_IN, device(n), None, data, None, supplier, stock,
                  order=order(n, self.handsets), lot=carton(n))
            for n in self._of(wave)
        ])  # fmt: skip
        dead = [n for n in self._of(wave) if n % 400 == 11]
        self._write(20, [Entry(_K.DOA, device(n), data={"problem": "no-power"}) for n in dead])
        self.gone.update(dead)

    def _stage(self, wave: int) -> None:
        here = self._of(wave)
        self._write(60, [
            self._at_slot(n, _K.SCANNED, "staging", {"box": imei(n).digits},
                          (f"{BENCH}/stock", f"{BENCH}/{_slot(n)}")) for n in here
        ])  # fmt: skip
        for step in range(len(STEPS)):
            self._step(here, step)
        self._married(here)
        self._write(15, [self._at_slot(n, _K.LABEL_QUEUED, "labelling", {"copy": 1}) for n in here])
        self._write(20, [self._at_slot(n, _K.LABELLED, "awaiting-label", {}) for n in here])
        self._write(40, [
            self._at_slot(n, _K.STAGED, "staged", {"result": "pass", "licences": ["vpn"]})
            for n in here
        ])  # fmt: skip
        self._write(
            30,
            [
                self._at_slot(
                    n, _K.TAKEN_OUT, "gone", {}, (f"{BENCH}/{_slot(n)}", f"{BENCH}/staged")
                )
                for n in here
            ],
        )
        bad = [n for n in here if n % 300 == 13]
        held: dict[str, Json] = {"problem": "screen", "detail": "cracked"}
        self._write(20, [
            Entry(_K.QUARANTINED, device(n, True), None, held, "damaged", f"{BENCH}/staged",
                  f"{BENCH}/quarantine") for n in bad
        ])  # fmt: skip
        self.gone.update(bad)

    def _step(self, here: Sequence[int], step: int) -> None:
        slow = [n for n in here if n % 50 == 7 and step == 3]
        said: dict[str, Json] = {"step": step, "name": STEPS[step], "result": "pass", "note": "ok"}
        if slow:
            failed: dict[str, Json] = {**said, "result": "fail", "note": "no answer"}
            self._write(40, [self._at_slot(n, _K.STEP_FINISHED, "staging", failed) for n in slow])
            self._write(1, [self._at_slot(n, _K.HELD, "held", {"problem": "STEP_FAILED"})
                            for n in slow])  # fmt: skip
            self._write(90, [self._at_slot(n, _K.RESUMED, "staging", {}) for n in slow])
        took = 30 + 20 * (step % 3)
        self._write(took, [self._at_slot(n, _K.STEP_FINISHED, "staging", said) for n in here])

    def _married(self, here: Sequence[int]) -> None:
        self._write(5, [
            Entry(_K.SIM_MARRIED, device(n), data={"sim": {
                "iccid": iccid(n), "supplier": "EXAMPLE MOBILE", "contract": f"AIR-{n % 2 + 1}",
            }}) for n in here
        ])  # fmt: skip

    def _leave(self, wave: int) -> None:
        here, paper = self._of(wave), docket(wave * WAVE)
        packed = f"{BENCH}/packed"
        for kind in _CODES:
            self._write(120, [
                Entry(kind, device(n, True), None, _packing(kind, n), None,
                      f"{BENCH}/staged" if kind is _K.PACKED else None,
                      packed if kind is _K.PACKED else None,
                      docket=paper if kind is _K.CONSIGNED else None) for n in here
            ])  # fmt: skip
        sealed: dict[str, Json] = {
            "destination": _site(wave), "count": len(here), "seal": f"K{wave:07d}",
            "manifest": f"{wave:064x}",
        }  # fmt: skip
        self._write(30, [Entry(_K.CONSIGNMENT_SEALED, data=sealed, docket=paper)])
        self._write(60, [
            Entry(_K.DISPATCHED, device(n, True), from_=packed, to=_site(wave), docket=paper)
            for n in here
        ])  # fmt: skip

    def _reach(self, wave: int) -> None:
        here, paper, site = self._of(wave), docket(wave * WAVE), _site(wave)
        self._write(
            60,
            [Entry(_K.RECEIVED, device(n, True), from_=site, to=site, docket=paper) for n in here],
        )
        self._write(
            600,
            [
                Entry(_K.HANDED_OVER, device(n, True), from_=site, to=f"person:{_person(n)}")
                for n in here
            ],
        )
        back: dict[str, Json] = {"scenario": "unknown-history", "sim": "removed", "card": "none"}
        self._write(60, [
            Entry(_K.RETURNED, device(n, True), None, back, "broken", f"person:{_person(n)}",
                  f"{BENCH}/returns") for n in here if n % 97 == 5
        ])  # fmt: skip

    def _of(self, wave: int) -> Sequence[int]:
        every = range(wave * WAVE, min((wave + 1) * WAVE, self.handsets))
        return [n for n in every if n not in self.gone]

    def _at_slot(
        self, n: int, kind: CustodyKind, state: str, data: dict[str, Json],
        way: tuple[str, str] | None = None,
    ) -> Entry:  # fmt: skip
        run = f"{n:016x}"
        tagged = kind in (_K.LABELLED, _K.STAGED, _K.TAKEN_OUT)
        label = LabelJob(run, 1) if kind in (_K.LABEL_QUEUED, _K.LABELLED) else None
        where = RunPosition(run, _slot(n), state, kind is not _K.TAKEN_OUT, {"box": 1})
        before, after = way or (None, None)
        return Entry(
            kind, device(n, tagged or kind is _K.LABEL_QUEUED), where, data, None, before, after,
            label_job=label,
        )  # fmt: skip

    def _write(self, seconds: float, entries: Sequence[Entry]) -> None:
        """Write what was done in so many seconds by whoever is on shift."""
        self.calendar.on(seconds)
        if entries:
            self.ledger.append(entries, by=Actor(f"p-{self.calendar.at.day % 4}"))


def _workday(day: int) -> datetime:
    weeks, weekday = divmod(day, 5)
    return BEGINS + timedelta(days=7 * weeks + weekday)


def _slot(number: int) -> str:
    return f"{'ABCDEFGH'[number % 8]}{number // 8 % 10 + 1}"


def _site(wave: int) -> str:
    return f"site:SITE-{wave % 40:02d}"


def _person(number: int) -> str:
    return f"P{number:08d}"


def _packing(kind: CustodyKind, number: int) -> dict[str, Json]:
    match kind:
        case CustodyKind.PACKED:
            return {"kit": {"case": 1, "cable": 1}}
        case CustodyKind.SEALED:
            return {"seal": f"S{number:08d}"}
        case _:
            return {}


# ── what files said ─────────────────────────────────────────────────────────────────────────────
def say_files(book: sqlite3.Connection, handsets: int) -> None:
    """Write what the files of such a roll-out would have said."""
    at = BEGINS.isoformat()
    every = range(handsets)
    with transaction(book):
        book.execute(
            "INSERT INTO import VALUES (1, 'order', 'orders.csv', ?, ?, 0, ?, 'p-1')",
            ("0" * 64, handsets, at),
        )
        each = handsets // ORDERS
        for number in range(ORDERS):
            name = f"PO-{2600 + number}"
            book.execute(
                "INSERT INTO purchase VALUES (?, 'EXAMPLE', 'FRAME-1', ?, 1)", (name, at[:10])
            )
            book.execute(
                """INSERT INTO purchase_line VALUES (?, 1, 'Handset', 'handset', 'SM-A325F', '', ?,
                  19900, '2025/26', 'capital', '')""",
                (name, each),
            )
        book.executemany(
            """INSERT INTO expected VALUES (?, '', ?, ?, ?, ?, ?, ?, 'despatch', '', '', 1)""",
            (
                (
                    imei(n).digits, str(device(n).serial), device(n).model, order(n, handsets),
                    f"DN-{n // WAVE // WAVES_A_DAY:05d}", f"PAL{n // WAVE // WAVES_A_DAY:05d}",
                    carton(n),
                )
                for n in every
            ),
        )  # fmt: skip
        book.executemany(
            "INSERT INTO sim VALUES (?, '', ?, 'EXAMPLE MOBILE', ?, 'PO-2600', 1)",
            ((iccid(n), msisdn(n), f"AIR-{n % 2 + 1}") for n in every),
        )
        book.execute(
            "INSERT INTO licence_purchase VALUES ('vpn', 'L-1', ?, ?, '2028-03-31', 'PO-2600', 1)",
            (handsets, at[:10]),
        )
        book.execute("INSERT INTO budget VALUES ('2025/26', 'capital', 'Handsets', 860000000, 1)")
        book.execute(
            """INSERT INTO programme VALUES (1, 'Full house', ?, ?, ?, 40000, 0, 36, 1, 1)""",
            (
                handsets,
                at[:10],
                _workday(-(-handsets // WAVE // WAVES_A_DAY) + 20).date().isoformat(),
            ),
        )


def standing_house() -> Path:
    """Return where measurements look for one, and leave the one that they had to make."""
    return Path(tempfile.gettempdir()) / f"staging-bench-full-house-{os.getuid()}-{_FORM}"


@contextmanager
def full_house(folder: Path, handsets: int = HANDSETS) -> Iterator[tuple[Ledger, Book]]:
    """Give the record in `folder` and its book, read up to its end; they are made if need be."""
    calendar = Calendar()
    done = folder / "full"
    if done.exists():
        calendar.until(datetime.fromisoformat(done.read_text(encoding="ascii")))
    with closing(_record(folder, calendar)) as ledger:
        if not done.exists():
            House(ledger, calendar, handsets).live()
        with closing(opened(ledger)) as book:
            if not done.exists():
                say_files(book.connection, handsets)
                done.write_text(calendar.at.isoformat(), encoding="ascii")
            book.catch_up(ledger.events)
            yield ledger, book


def _record(folder: Path, calendar: Calendar) -> Ledger:
    folder.mkdir(parents=True, exist_ok=True)
    return Ledger.open(
        folder / "ledger.db",
        BenchKey.open(folder / "ledger.key"),
        LedgerHeader(BENCH, simulated=True),
        calendar,
        app_version="benchmark",
        policy_hash=POLICY,
    )


def main() -> None:
    """Make one, and say how long it took and how much there is."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.full_house")
    parser.add_argument("folder", type=Path, nargs="?", default=standing_house())
    parser.add_argument("--handsets", type=int, default=HANDSETS)
    asked = parser.parse_args()
    began = time.monotonic()
    with full_house(asked.folder, asked.handsets) as (ledger, _):
        events = ledger.tail().seq
    sys.stdout.write(f"{events} events in {time.monotonic() - began:.0f} s\n")


if __name__ == "__main__":
    main()
