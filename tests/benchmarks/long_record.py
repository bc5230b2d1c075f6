"""A record of a million events, as a bench would have after years: verify it, ask it, open it.

In a process of its own; prints seconds and bytes as JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bench.custody import queries
from bench.custody.chain import leaf_hash
from bench.custody.database import connect_reader
from bench.custody.entries import DeviceRef, Entry, LabelJob, RunPosition
from bench.custody.ledger import Ledger
from bench.custody.verification import verify_file
from bench.events.orders import CustodyKind, Json
from bench.identity.identifiers import AssetTag, Imei, SerialNumber
from tests.benchmarks.wave_bench import ledger_in

_STEPS = (
    ("Install the agent", "com.example.agent 1.0"),
    ("Copy the notice", "/sdcard/Download/notice.txt"),
    ("Stay awake", "stay_on_while_plugged_in=3"),
    ("Set the language", "en-GB"),
    ("Boot chain is green", "ro.boot.verifiedbootstate=green"),
)
_PER_CHECKPOINT = 500
_ASKED = 400
_OPENINGS = 5
_K = CustodyKind


def device(number: int) -> DeviceRef:
    """Return a made-up handset; of the range that simulated ones have."""
    tacs = (f"004{number // 1_000_000:05d}", f"005{number // 1_000_000:05d}")
    imeis = tuple(Imei.with_check_digit(f"{tac}{number % 1_000_000:06d}") for tac in tacs)
    tag = AssetTag.numbered("SIM", number + 1)
    return DeviceRef(f"{number:032x}", imeis, SerialNumber(f"R58N{number:07d}"), "SM-A325F", tag)


def life(number: int, turn: int) -> Iterator[Entry]:
    """Yield what one handset goes through from its box scan until it leaves its slot."""
    handset, run = device(number), f"{number:011x}{turn:05x}"
    slot = f"{'ABCDEFGH'[number % 8]}{number // 8 % 8 + 1}"
    place = f"benchmark/{slot}"

    def entry(kind: CustodyKind, state: str, data: dict[str, Json], **position: int) -> Entry:
        where = RunPosition(run, slot, state, kind is not _K.TAKEN_OUT, dict(position))
        label = kind in (_K.LABEL_QUEUED, _K.LABELLED, _K.STAGED)
        job = LabelJob(run, 1) if label else None
        before, after = {
            _K.SCANNED: ("benchmark/goods-in", place), _K.TAKEN_OUT: (place, "benchmark/out"),
        }.get(kind, (None, None))  # fmt: skip
        return Entry(kind, handset, where, data, None, before, after, label_job=job)

    yield entry(_K.SCANNED, "staging", {"box": handset.imeis[0].digits}, box=1)
    for step, (name, note) in enumerate(_STEPS):
        data: dict[str, Json] = {"step": step, "name": name, "result": "pass", "note": note}
        yield entry(_K.STEP_FINISHED, "staging", data, box=1, step=step + 1)
    yield entry(_K.LABEL_QUEUED, "labelling", {"copy": 1}, box=1, step=5, copy=1)
    yield entry(_K.LABELLED, "awaiting-label", {"copy": 1}, box=1, step=5, copy=1)
    read = str(handset.asset_tag)
    yield entry(_K.STAGED, "staged", {"result": "pass", "read_back": read}, box=1, step=5, copy=1)
    yield entry(_K.TAKEN_OUT, "gone", {}, box=1, step=5, copy=1)


def fill(ledger: Ledger, events: int) -> None:
    """Stage handset after handset, each twice in its life, with a checkpoint now and then."""
    batch: list[Entry] = []
    written, number = 1, 0
    while written < events:
        batch += life(number // 2, number % 2)
        number += 1
        if len(batch) >= _PER_CHECKPOINT:
            ledger.append(batch)
            ledger.checkpoint("shift")
            written += len(batch) + 1
            batch.clear()


def floor(path: Path) -> float:
    """Read every row, hash its body and parse it, and nothing else."""
    began, after = time.perf_counter(), 0
    with closing(connect_reader(path)) as connection:
        while batch := queries.events(connection, after, 500):
            for event in batch:
                leaf_hash(event.body)
                json.loads(event.body)
            after = batch[-1].seq
    return time.perf_counter() - began


def verified(path: Path) -> float:
    """Verify the file as `ledger verify` does."""
    began = time.perf_counter()
    verdict = verify_file(path)
    if not verdict.verifies:
        raise RuntimeError(f"event {verdict.first_bad}: {verdict.reason}")
    return time.perf_counter() - began


def histories(path: Path, devices: int) -> list[float]:
    """Ask for the whole history of handsets all over the record."""
    took = []
    with closing(connect_reader(path)) as connection:
        for number in range(_ASKED):
            uid = f"{number * 7919 % devices:032x}"
            began = time.perf_counter()
            found = queries.history(connection, uid)
            took.append(time.perf_counter() - began)
            if len(found) != 20:
                raise RuntimeError(f"{len(found)} events of {uid}")
    return took


def openings(folder: Path, imei: Imei) -> list[float]:
    """Open the record for writing and ask it about one handset."""
    took = []
    for _ in range(_OPENINGS):
        began = time.perf_counter()
        with closing(ledger_in(folder, "benchmark", "0" * 64)) as ledger:
            known = ledger.open_runs(), ledger.device_by_imei(imei)
            took.append(time.perf_counter() - began)
        if known[1] is None:
            raise RuntimeError("a handset of the record is not known")
    return took


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.long_record")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--turns", type=int, default=3, help="how often to verify")
    parser.add_argument("--disk", type=Path, help="a folder on the disk that is meant")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="long-record-", dir=asked.disk) as folder:
        home = Path(folder)
        with closing(ledger_in(home, "benchmark", "0" * 64)) as ledger:
            fill(ledger, asked.events)
            events = ledger.tail().seq
        path = home / "ledger.db"
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        turns = [(floor(path), verified(path)) for _ in range(asked.turns)]
        result = {
            "events": events,
            "bytes": path.stat().st_size,
            "floor": [one for one, _ in turns],
            "verify": [other for _, other in turns],
            "grown_mib": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
            "history": histories(path, asked.events // 21),
            "open": openings(home, device(7).imeis[0]),
        }
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
