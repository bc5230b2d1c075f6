"""A record of three handsets, and `upload …` typed at it by somebody who may have to sign in."""

from __future__ import annotations

import argparse
import sys
import uuid
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.command_line.errands import uploads
from bench.command_line.people_desk import PeopleDesk
from bench.command_line.program import Program
from bench.custody.entries import DeviceRef, Entry, LedgerHeader
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from bench.custody.people import pin
from bench.custody.people.pin import Pin
from bench.custody.people.roles import Role
from bench.custody.phases import Phase
from bench.events.orders import CustodyKind
from bench.identity.identifiers import AssetTag, Imei, SerialNumber
from tests.bench.command_line.answering import Answers
from tests.bench.custody.people.enrolled import PEPPER, TODAY, enrol
from tests.bench.custody.record import ROOT, CountingClock, imei, last_time

PIN = "482915"
RESOURCES = ROOT / "resources"
TRAINING = LedgerHeader("bench-07", simulated=True)


@dataclass(frozen=True)
class Manned(Program):
    """The program with somebody at its terminal."""

    answers: Answers = field(default_factory=Answers)

    def desk(self, ledger: Ledger) -> PeopleDesk:
        return PeopleDesk(ledger, PEPPER, self.answers, TODAY, ledger.opener)


def known(number: int) -> DeviceRef:
    serial = SerialNumber(f"R58N{number:06d}XY")
    tag = AssetTag.numbered("PHN", number)
    return DeviceRef(f"device-{number}", (imei(number),), serial, "SM-A325F", tag)


def open_it(record: Path, header: LedgerHeader) -> Ledger:
    return Ledger.open(
        record, BenchKey.open(record.with_suffix(".key")), header,
        CountingClock(boot=uuid.uuid4().hex, start=last_time(record)), app_version="0.1.0",
        policy_hash="ab" * 32,
    )  # fmt: skip


def take_in(ledger: Ledger, number: int, phase: Phase) -> None:
    entry = Entry(CustodyKind.GOODS_IN, known(number))
    ledger.append((entry, replace(entry, kind=CustodyKind.CARRIED, phase=phase)))


def training_record(folder: Path) -> Path:
    """Make a training record of three handsets in stock."""
    path = folder / "ledger.db"
    with closing(open_it(path, TRAINING)) as ledger:
        for number in (1, 2, 3):
            take_in(ledger, number, Phase.IN_STOCK)
    return path


def put(record: Path, number: int, phase: Phase) -> None:
    with closing(open_it(record, TRAINING)) as ledger:
        take_in(ledger, number, phase)


def run(*words: str | Path, answers: Answers | None = None) -> int:
    parser = argparse.ArgumentParser()
    uploads.add(parser.add_subparsers())
    asked = parser.parse_args(["upload", *map(str, words)])
    program = Manned(RESOURCES, lambda: "00" * 32, answers=answers or Answers())
    return int(asked.make(asked).work(program))


def shelf(record: Path) -> Path:
    return record.parent / "uploads"


def real_record(folder: Path) -> tuple[Path, str]:
    """Make a real record of one handset of the standard's worked example, and its supervisor."""
    path = folder / "real.db"
    with closing(open_it(path, LedgerHeader("bench-07", simulated=False))) as ledger:
        encoded = pin.encode(Pin.parse(PIN), PEPPER)
        boss = enrol(ledger, Role.SUPERVISOR, 1, pin=encoded)
        enrol(ledger, Role.TECHNICIAN, 2, pin=encoded, by=boss)
        one = replace(known(1), imeis=(Imei("490154203237518"),))
        ledger.append((Entry(CustodyKind.GOODS_IN, one),), by=boss)
    return path, boss.id


def hold(record: str) -> None:
    with closing(open_it(Path(record), TRAINING)):
        sys.stdout.write("open\n")
        sys.stdout.flush()
        sys.stdin.read()
