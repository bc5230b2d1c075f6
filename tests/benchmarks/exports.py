"""Upload files: five thousand handsets from the record to files that are on the disk and proven."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bench.clock import SystemClock
from bench.custody.database import connect_reader
from bench.custody.entries import DeviceRef, Entry, LedgerHeader
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from bench.enrolment.exports.batches import hand_in, keep, next_name, read
from bench.enrolment.exports.checking import Rules
from bench.enrolment.exports.handsets import HandsetRow
from bench.enrolment.exports.load import load_format
from bench.enrolment.exports.manifest import Made, Manifest
from bench.enrolment.exports.planning import Source, plan
from bench.enrolment.exports.preview import preview
from bench.enrolment.exports.recording import Told, entry_of, from_record
from bench.enrolment.exports.register import UploadRegister
from bench.events.orders import CustodyKind
from bench.identity.identifiers import Imei, SerialNumber
from tests.benchmarks.figures import Figure

_FORMATS = Path(__file__).parents[2] / "resources" / "uploads"
_ROWS, _ALL, _ASKED = 5_000, 40_000, 200
_RULES = Rules(tacs=("00440000",), simulated=True)
_MADE = Made(datetime(2026, 11, 24, tzinfo=UTC), "p-3f9a12ab34cd", "localhost/bench/e1")


def exports(times: int) -> Iterator[Figure]:
    """Make a file of five thousand handsets that the record knows; find some among forty thousand.

    The floor writes the same number of rows by Python's csv, hashes and syncs them: nothing else.
    """
    with _on_this_disk() as disk:
        folder = Path(disk)
        ledger = _filled(folder)
        with closing(ledger):
            whole = [_seconds_to_export(folder / f"made-{n}", ledger) for n in range(times)]
        bare = [_seconds_to_write(folder / f"bare-{n}.csv") for n in range(times)]
        name = f"export of {_ROWS} handsets, record to proven file"
        yield Figure(name, "s", whole, bare, "csv, SHA-256, sync", limit=1.0)
        register, read_in = _register(folder / "uploads")
        yield Figure(f"register of {_ALL} handsets read and compared", "s", [read_in])
        yield Figure("which file a handset is in", "ms", _asked(register), limit=5.0)


def _on_this_disk() -> tempfile.TemporaryDirectory[str]:
    Path("out").mkdir(exist_ok=True)
    return tempfile.TemporaryDirectory(prefix="benchmark-", dir=Path("out").resolve())


def _device(number: int) -> DeviceRef:
    imei = Imei.with_check_digit(f"00440000{number:06d}")
    return DeviceRef(f"device-{number}", (imei,), SerialNumber(f"R58N{number:06d}XY"), "SM-A325F")


def _filled(folder: Path) -> Ledger:
    ledger = Ledger.open(
        folder / "ledger.db", BenchKey.open(folder / "ledger.key"),
        LedgerHeader("bench", simulated=True), SystemClock(),
        app_version="0", policy_hash="0" * 64,
    )  # fmt: skip
    ledger.append([Entry(CustodyKind.GOODS_IN, _device(n)) for n in range(1, _ROWS + 1)])
    return ledger


def _seconds_to_export(folder: Path, ledger: Ledger) -> float:
    """Do what `upload make` does, but for reading words and signing in."""
    began = time.perf_counter()
    form = load_format(_FORMATS / "intune-imei.toml")
    name = next_name(folder, form.service)
    with closing(connect_reader(ledger.path)) as connection:
        source = from_record(connection)
    earlier = UploadRegister(folder).placed(form.service)
    drawn = plan(form, source, _RULES, earlier, name=name, method="adb")
    said = preview(drawn, most=20)
    manifest = Manifest.of(name, drawn, _MADE)
    digest = keep(folder, manifest, drawn.files)
    ledger.append((entry_of(manifest, digest, Told.MADE),))
    took = time.perf_counter() - began
    assert len(drawn.files[0].rows) == _ROWS, said
    return took


def _seconds_to_write(path: Path) -> float:
    rows = [[str(_device(n).imeis[0]), "SM-A325F"] for n in range(1, _ROWS + 1)]
    began = time.perf_counter()
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    data = out.getvalue().encode()
    hashlib.sha256(data)
    with path.open("wb") as file:
        file.write(data)
        os.fsync(file.fileno())
    return time.perf_counter() - began


def _register(folder: Path) -> tuple[UploadRegister, float]:
    form = load_format(_FORMATS / "knox.toml")
    for start in range(0, _ALL, 10_000):
        devices = (_row(number) for number in range(start + 1, start + 10_001))
        name = next_name(folder, form.service)
        drawn = plan(form, Source("", tuple(devices)), _RULES, UploadRegister(folder).placed("x"),
                     name=name)  # fmt: skip
        keep(folder, Manifest.of(name, drawn, _MADE), drawn.files)
        hand_in(folder, read(folder / name), _MADE.at, _MADE.by)
    register, began = UploadRegister(folder), time.perf_counter()
    assert register.listed("knox", _device(1).imeis, None)
    return register, time.perf_counter() - began


def _row(number: int) -> HandsetRow:
    device = _device(number)
    return HandsetRow(device.imeis, device.serial, device.model, uid=device.uid)


def _asked(register: UploadRegister) -> list[float]:
    took = []
    for number in range(1, _ALL + 1, _ALL // _ASKED):
        began = time.perf_counter()
        assert register.listed("knox", _device(number).imeis, None)
        took.append((time.perf_counter() - began) * 1000)
    return took
