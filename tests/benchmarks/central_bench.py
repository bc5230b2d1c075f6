"""One bench that brings many events to a centre, or one session that copies as many rows in.

In a process of its own. Says a line of JSON when it is ready, begins at a line on its input, and
says when it began and ended (seconds of the system's monotonic clock).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from bench.custody.entries import SealedEvent
from bench.inventory.centre import Status
from bench.inventory.doors.postgres import PostgresDoor

_SIGNATURE = bytes(range(64))
_PER_HANDSET = 20
_PIECE = 1 << 16


def events(bench: str, count: int) -> list[SealedEvent]:
    """Return events of a bench as it writes them: handset after handset, 600 bytes each."""
    before, found = "0" * 64, []
    offset = sum(bench.encode()) % 100
    for seq in range(1, count + 1):
        handset, step = divmod(seq, _PER_HANDSET)
        said: dict[str, Any] = {
            "v": 1, "id": f"019ac3d2-{offset:04x}-7000-8000-{seq:012x}", "bench": bench, "epoch": 1,
            "seq": seq, "prev": before, "type": "step_finished", "mono": seq * 1000,
            "at": f"2026-{seq % 12 + 1:02d}-{seq % 28 + 1:02d}T10:00:00.{seq % 1000:03d}Z",
            "boot": "0c1d2e3f4a5b", "clock": {"unsync": False, "maxerror_us": 2500},
            "actor": {"id": "p-7f3a", "how": "badge_pin"},
            "app": {"ver": "1.0", "build_hash": "a1" * 8}, "policy_hash": "c3" * 8,
            "dev": {
                "uid": f"{handset:032x}", "phase": "at-bench",
                "imei": f"00440{offset:03d}{handset:06d}0",
            },
            "dseq": step, "data": {"step": step, "name": "Install the agent", "result": "pass"},
        }  # fmt: skip
        body = json.dumps(said, separators=(",", ":"), sort_keys=True).encode()
        leaf = hashlib.sha256(b"\0" + body).digest()
        found.append(SealedEvent(seq, body, leaf, _SIGNATURE))
        before = leaf.hex()
    return found


def bringing(asked: argparse.Namespace) -> Callable[[], None]:
    """Be a bench, through the door that a real one uses."""
    brought = events(asked.bench, asked.events)

    def bring() -> None:
        with closing(
            PostgresDoor(asked.address, asked.certificate, asked.key, asked.trust, asked.bench)
        ) as door:
            for after in range(0, len(brought), asked.batch):
                answer = door.exchange(1, after + 1, brought[after : after + asked.batch])
                if answer.status is not Status.OK:
                    raise RuntimeError(str(answer))

    return bring


def copying(asked: argparse.Namespace) -> Callable[[], None]:
    """Copy rows in that were copied out, as an administrator, with no check at all."""

    def copy() -> None:
        with psycopg.connect(asked.dsn) as admin, asked.rows.open("rb") as rows:
            words = "COPY custody.event FROM STDIN (FORMAT binary)"
            with admin.cursor() as cursor, cursor.copy(words) as line:
                while piece := rows.read(_PIECE):
                    line.write(piece)

    return copy


def main() -> None:
    """Do one of the two when told to."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.central_bench")
    parser.add_argument("--bench", default="")
    parser.add_argument("--events", type=int, default=0)
    parser.add_argument("--batch", type=int, default=1000)
    parser.add_argument("--address", default="")
    for name in ("certificate", "key", "trust", "rows"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--dsn", default="")
    asked = parser.parse_args()
    work = copying(asked) if asked.rows else bringing(asked)
    _say({"ready": True})
    sys.stdin.readline()
    began = time.monotonic()
    work()
    _say({"began": began, "ended": time.monotonic()})


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
