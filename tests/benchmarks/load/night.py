"""A night of thousands of benches: each connects, brings its events, and hangs up.

`python -m tests.benchmarks.load.night --benches 2000 --at-once 50 --way pooler`. The benches are
roles with certificates of their own; all go through the door that a real one uses. They share the
processors with the server, so what is measured is the least that a server alone would do.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.inventory.central.certificates import utc_now
from bench.inventory.centre import Asks, Status
from bench.inventory.doors.postgres import PostgresDoor
from bench.inventory.training_centre.store import Keys, TrainingStore, training_store
from bench.problems import ProblemError
from tests.benchmarks.figures import Figure, quantile
from tests.benchmarks.load import pooler
from tests.peers.centre.centre_room import chained

WAYS = ("direct", "pooler", "pooler-transaction")
_FEWEST, _MOST = 50, 137
"""Events of a bench's night."""
_PROCESSES = 2
_USUAL, _AT_ONCE = 120, 16
_MS = 1000.0
_SAID: dict[str, Any] = {
    "type": "step_finished", "at": "2026-11-24T10:00:00.000Z", "boot": "0123456789ab",
    "mono": 123_456_789, "clock": {"unsync": False, "maxerror_us": 500}, "sim": True,
    "actor": {"id": "p-000000000001", "how": "badge+pin"},
    "app": {"ver": "0.1.0", "build_hash": "A" * 22}, "policy_hash": "B" * 22,
    "dev": {"imei": "004400070000018", "uid": "b" * 26, "phase": "at-bench"},
    "dprev": "0" * 64, "dseq": 1,
    "data": {"step": "device-check", "result": "pass", "run": {"id": "c" * 26, "slot": "A1"}},
}  # fmt: skip
"""What an event of a bench says beside its place: some 700 bytes with it."""


@dataclass(frozen=True)
class Night:
    """How many benches, how many of them at once, and by which of `WAYS`."""

    benches: int
    at_once: int
    way: str = "direct"
    seed: int = 1


@dataclass(frozen=True)
class Bench:
    """One bench of the night: its name, keys, and how many events it brings each time."""

    name: str
    keys: Keys
    events: int


def bench_syncs(times: int) -> Iterator[Figure]:
    """Have a modest number of benches sync at once, with a certificate each, and hang up."""
    ways = [way for way in WAYS[:2] if way == "direct" or pooler.is_there()]
    for way in ways:
        words = ("--benches", str(_USUAL), "--at-once", str(_AT_ONCE), "--way", way)
        runs = [_apart(words)["nights"][0] for _ in range(times)]
        name = f"{_USUAL} benches' nights, {_AT_ONCE} at once, {way}"
        yield Figure(f"{name}: bench-syncs", "1/s", [run["rate"] for run in runs])
        yield Figure(
            f"{name}: p99 of a sync", "ms", [run["p99"] for run in runs],
            [run["p50"] for run in runs], "median sync", notes={"runs": runs},
        )  # fmt: skip


def _apart(words: Sequence[str]) -> dict[str, Any]:
    program = [sys.executable, "-m", "tests.benchmarks.load.night", *words]
    told = subprocess.run(program, check=True, capture_output=True, text=True).stdout
    found: dict[str, Any] = json.loads(told)
    return found


# ── in a process of its own ─────────────────────────────────────────────────────────────────────
def measure(night: Night, nights: int) -> dict[str, Any]:
    """Run that many nights, one after the other, against one store; return what they took."""
    began = time.perf_counter()
    direct = night.way == "direct"
    options = {"max_connections": str(night.at_once + 20), "shared_buffers": "256MB"}
    with (
        tempfile.TemporaryDirectory(prefix="staging-bench-night-") as folder,
        training_store(
            Path(folder), durable=True, options=options, asks_certificate=direct
        ) as store,
    ):
        benches = _enrolled(store, night)
        set_up = time.perf_counter() - began
        with _reached(store, night, benches) as port:
            found = [_night(store, night, benches, port, number) for number in range(nights)]
        stored, most = _stored(store)
    expected = nights * sum(bench.events for bench in benches)
    facts = {"set_up_s": round(set_up, 2), "stored": stored, "expected": expected}
    return {**night.__dict__, **facts, "sessions_seen": most, "nights": found}


def _enrolled(store: TrainingStore, night: Night) -> list[Bench]:
    chance = random.Random(night.seed)
    with store.connect() as admin:
        names = (f"night-{number:05d}" for number in range(night.benches))
        return [
            Bench(name, store.add_bench(admin, name), chance.randint(_FEWEST, _MOST))
            for name in names
        ]


@contextmanager
def _reached(store: TrainingStore, night: Night, benches: Sequence[Bench]) -> Iterator[int]:
    if night.way == "direct":
        yield store.server.port
        return
    authority = store._authority
    identity = authority.server(["localhost"], utc_now())
    mode = "transaction" if night.way == "pooler-transaction" else "session"
    roles = [bench.name for bench in benches]
    pem = authority.identity.certificate
    with pooler.pooled(store, pem, identity, roles, most=night.at_once, mode=mode) as port:
        yield port


def _night(
    store: TrainingStore, night: Night, benches: Sequence[Bench], port: int, number: int
) -> dict[str, Any]:
    """Let all benches sync, spread over processes and threads; the first failure ends it."""
    threads = -(-night.at_once // _PROCESSES)
    shares = [list(benches[part::_PROCESSES]) for part in range(_PROCESSES)]
    words = [(share, store.address(port), threads, number) for share in shares]
    with multiprocessing.get_context("spawn").Pool(_PROCESSES) as pool:
        parts = pool.starmap(_share, words)
    took = [seconds * _MS for part in parts for seconds in part["took"]]
    wall = max(part["ended"] for part in parts) - min(part["began"] for part in parts)
    failed = [reason for part in parts for reason in part["failed"]]
    return {
        "wall_s": round(wall, 3), "rate": round(len(took) / wall, 1),
        "events_per_s": round(sum(bench.events for bench in benches) / wall),
        **{f"p{share}": round(quantile(took, share / 100), 1) for share in (50, 90, 99)},
        "worst": round(max(took), 1), "failed": len(failed), "reasons": sorted(set(failed))[:5],
    }  # fmt: skip


def _share(benches: Sequence[Bench], address: str, threads: int, number: int) -> dict[str, Any]:
    prepared = [(bench, _events(bench, number)) for bench in benches]
    failed: list[str] = []

    def sync(bench: Bench, events: Any) -> float:
        began = time.perf_counter()
        keys = bench.keys
        door = PostgresDoor(address, keys.certificate, keys.key, keys.trust, bench.name)
        try:
            answer = door.exchange(1, 1 + number * bench.events, events, Asks(hello=True))
            assert answer.status is Status.OK, answer.status
            assert answer.stored == bench.events
        except (ProblemError, AssertionError) as error:
            failed.append(str(error))
        finally:
            door.close()
        return time.perf_counter() - began

    began = time.time()
    with ThreadPoolExecutor(threads) as pool:
        took = list(pool.map(lambda each: sync(*each), prepared))
    return {"began": began, "ended": time.time(), "took": took, "failed": failed}


def _events(bench: Bench, number: int) -> Any:
    """Return the events of night `number`: a record that only grows."""
    said = [dict(_SAID) for _ in range((number + 1) * bench.events)]
    return chained(bench.name, said)[number * bench.events :]


def _stored(store: TrainingStore) -> tuple[int, int]:
    with store.connect() as admin:
        row = admin.execute(
            "SELECT (SELECT count(*) FROM custody.event), (SELECT sessions FROM pg_stat_database"
            " WHERE datname = current_database())"
        ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def main(words: Sequence[str] | None = None) -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.load.night")
    parser.add_argument("--benches", type=int, default=_USUAL, metavar="N")
    parser.add_argument("--at-once", type=int, default=_AT_ONCE, metavar="N")
    parser.add_argument("--way", choices=WAYS, default="direct")
    parser.add_argument("--nights", type=int, default=1, metavar="N")
    asked = parser.parse_args(words)
    found = measure(Night(asked.benches, asked.at_once, asked.way), asked.nights)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
