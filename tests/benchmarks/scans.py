"""From a scan to its commit and its view, beside a bare commit of the same bytes on the same disk.

Through the scanner's line the floor is a bare reader on such a line that makes the bare commit: the
kernel takes its time to hand a frame over, and that is nobody's figure.

The two take turns, so that whatever else the computer does meets both. In a process of its own;
prints seconds as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite3

from bench.clock import SystemClock
from bench.custody.database import WRITER
from bench.custody.ledger import Ledger
from bench.enrolment.profiles.load import load_profile
from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.events.device import (
    HandsetAttached,
    HandsetDetached,
    HandsetIdentified,
    HandsetIdentity,
    HandsetOnline,
)
from bench.events.person import RunVoided, TextScanned
from bench.events.views import BenchView, ScanTone, ScanView
from bench.identity.identifiers import Imei, SerialNumber, UsbPath
from bench.staging.board import Board
from bench.staging.ports_desk import PortsDesk
from bench.staging.recognition import Recognition
from bench.staging.shelf import shelf_of
from bench.staging.showing import Show
from bench.staging.station import Station
from bench.staging.tags import Tags
from hardware.scanners.serial import SerialScanner
from hardware.simulator.scanner import SimulatedScanner
from tests.benchmarks.wave_bench import PROFILE, hub, ledger_in

_HUB = hub(64)
_TACS = ("00440000", "00440001")
_LIMIT = 5.0
_SETTLE = 0.1


class Eyes:
    """Sees when a scan was answered."""

    def __init__(self) -> None:
        self.at = 0.0
        self.scan: ScanView | None = None
        self.news = asyncio.Event()

    def see(self, view: BenchView) -> None:
        """Look at what is shown now."""
        if view.scan is not self.scan:
            self.at = time.perf_counter()
            self.scan = view.scan
            self.news.set()


@dataclass(frozen=True)
class Handset:
    """A handset that is plugged in and says who it is."""

    path: UsbPath
    number: int

    @property
    def imeis(self) -> tuple[Imei, ...]:
        """What it reports; the first is on its box."""
        return tuple(Imei.with_check_digit(f"{tac}{self.number:06d}") for tac in _TACS)

    def arrive(self, station: Station) -> None:
        """Come as far as to wait for the scan of the box."""
        serial = SerialNumber(f"R58N{self.number:05d}XY")
        identity = HandsetIdentity(serial, self.imeis, "SM-A325F")
        station.post(HandsetAttached(self.path))
        station.post(HandsetOnline(self.path, self.number + 1))
        station.post(HandsetIdentified(self.path, self.number + 1, identity))

    def leave(self, station: Station) -> None:
        """Make room for the next."""
        station.post(RunVoided(_HUB.ports[self.path], "benchmark"))
        station.post(HandsetDetached(self.path))


def boxes(station: Station, rounds: int) -> Iterator[str]:
    """Yield the IMEI on each box, the handsets of a round plugged in before it."""
    for number in range(rounds):
        first = number * len(_HUB.ports)
        handsets = [Handset(path, first + n) for n, path in enumerate(_HUB.ports)]
        for handset in handsets:
            handset.arrive(station)
        yield from (str(handset.imeis[0]) for handset in handsets)
        for handset in handsets:
            handset.leave(station)


def station_on(ledger: Ledger, eyes: Eyes, profile: EnrolmentProfile) -> Station:
    """Open a station of sixty-four slots that gives no work out."""
    board = Board()
    show = Show(board, eyes.see)
    recognition = Recognition(ledger, SystemClock(), simulated=True)
    ports = PortsDesk(_HUB, board, recognition, show, shelf_of(profile, {}))
    station = Station(
        board, ports, ledger, show, lambda _order: None, SystemClock(),
        bench="benchmark", tags=Tags(ledger, "SIM"),
    )  # fmt: skip
    station.open()
    return station


class BareRecord:
    """The floor: one row, one commit, with the same settings, and nothing else."""

    def __init__(self, path: Path) -> None:
        self.took: list[float] = []
        self._connection = sqlite3.connect(str(path), isolation_level=None)
        for name, value in WRITER.items():
            self._connection.execute(f"PRAGMA {name} = {value}")
        self._connection.execute("CREATE TABLE event (seq INTEGER PRIMARY KEY, body BLOB)")

    def commit(self, body: bytes) -> None:
        """Write a row and note what it took until it was on the disk."""
        began = time.perf_counter()
        self._connection.execute("INSERT INTO event (body) VALUES (?)", (body,))
        self.took.append(time.perf_counter() - began)


class BareLine:
    """The floor through the line: a reader that commits what it is told when a frame has ended."""

    def __init__(self, folder: Path, record: BareRecord) -> None:
        self._scanner = SimulatedScanner(folder / "bare-scanner")
        self._record = record
        self._descriptor = os.open(self._scanner.device, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        self._body, self._done = b"", asyncio.Event()
        asyncio.get_running_loop().add_reader(self._descriptor, self._read)

    async def commit(self, box: str, body: bytes) -> None:
        """Scan and commit, and note what it took from the one to the other."""
        self._body = body
        self._done.clear()
        began = time.perf_counter()
        self._scanner.scan(box)
        await self._done.wait()
        self._record.took[-1] = self._at - began

    def close(self) -> None:
        """Take the line down."""
        asyncio.get_running_loop().remove_reader(self._descriptor)
        os.close(self._descriptor)
        self._scanner.unplug()

    def _read(self) -> None:
        if os.read(self._descriptor, 4096).endswith(b"\r"):
            self._record.commit(self._body)
            self._at = time.perf_counter()
            self._done.set()


async def measure(folder: Path, rounds: int, *, line: bool) -> dict[str, list[float]]:
    """Scan every box of every round."""
    profile = load_profile(PROFILE)
    eyes, bare, took = Eyes(), BareRecord(folder / "bare.db"), []
    with closing(ledger_in(folder, "benchmark", profile.fingerprint)) as ledger:
        ledger.lay_out()  # as a bench does before it begins
        station = station_on(ledger, eyes, profile)
        scanner = SimulatedScanner(folder / "scanner")
        reading = asyncio.create_task(SerialScanner(scanner.device).follow(station.post))
        bare_line = BareLine(folder, bare)
        await asyncio.sleep(_SETTLE)
        scan = scanner.scan if line else lambda box: station.post(TextScanned(box, "Scanner"))
        for box in boxes(station, rounds):
            before = ledger.tail().seq
            took.append(await _answered(eyes, scan, box))
            body = b"".join(event.body for event in ledger.events(before, 9))
            if line:
                await bare_line.commit(box, body)
            else:
                bare.commit(body)
        reading.cancel()
        await asyncio.wait([reading])
        scanner.unplug()
        bare_line.close()
    return {"scan": took, "bare": bare.took}


async def _answered(eyes: Eyes, scan: Callable[[str], None], box: str) -> float:
    eyes.news.clear()
    began = time.perf_counter()
    scan(box)
    async with asyncio.timeout(_LIMIT):
        await eyes.news.wait()
    if eyes.scan is None or (eyes.scan.text, eyes.scan.tone) != (box, ScanTone.GOOD):
        raise RuntimeError(f"the scan of {box} was not taken: {eyes.scan}")
    return eyes.at - began


def main() -> None:
    """Measure one way of scanning."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.scans")
    parser.add_argument("--line", action="store_true", help="through the scanner's line")
    parser.add_argument("--rounds", type=int, default=5, help="of 64 scans")
    parser.add_argument("--disk", type=Path, help="a folder on the disk that is meant")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scans-", dir=asked.disk) as folder:
        took = asyncio.run(measure(Path(folder), asked.rounds, line=asked.line))
    sys.stdout.write(json.dumps(took) + "\n")


if __name__ == "__main__":
    main()
