"""Custody events a second, one a transaction, beside bare commits of the same bytes.

The two take turns on the same disk. In a process of its own; prints seconds as JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from bench.custody.entries import DeviceRef, Entry, RunPosition
from bench.events.orders import CustodyKind, Json
from bench.identity.identifiers import AssetTag, Imei, SerialNumber
from tests.benchmarks.scans import BareRecord
from tests.benchmarks.wave_bench import ledger_in

_HANDSETS = 64


def entry(number: int) -> Entry:
    """Return what the bench writes most often: a step that was done."""
    handset = number % _HANDSETS
    imeis = tuple(Imei.with_check_digit(f"{tac}{handset:06d}") for tac in ("00440000", "00440001"))
    device = DeviceRef(
        f"{handset:032x}", imeis, SerialNumber(f"R58N{handset:05d}XY"), "SM-A325F",
        AssetTag.numbered("SIM", handset + 1),
    )  # fmt: skip
    position = RunPosition(f"{handset:032x}", "A1", "staging", open=True)
    data: dict[str, Json] = {"step": 1, "result": "pass", "note": "stay-awake"}
    return Entry(CustodyKind.STEP_FINISHED, device, position, data)


def measure(folder: Path, events: int) -> dict[str, list[float]]:
    """Append, and commit bare, so many events."""
    bare, took = BareRecord(folder / "bare.db"), []
    with closing(ledger_in(folder, "benchmark", "0" * 64)) as ledger:
        ledger.lay_out()
        for number in range(events):
            one = (entry(number),)
            began = time.perf_counter()
            (written,) = ledger.append(one)
            took.append(time.perf_counter() - began)
            bare.commit(ledger.events(written.seq - 1, 1)[0].body)
    return {"append": took, "bare": bare.took}


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.appends")
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--disk", type=Path, help="a folder on the disk that is meant")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="appends-", dir=asked.disk) as folder:
        took = measure(Path(folder), asked.events)
    sys.stdout.write(json.dumps(took) + "\n")


if __name__ == "__main__":
    main()
