"""A central store as a peer: PostgreSQL with one bench that it knows, in a process of its own.

Says where it is and which files the bench signs in with; at the end, how many events arrived.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.peers.centre.centre_room import CentreRoom, centre_room


def introduction(room: CentreRoom, name: str) -> dict[str, object]:
    """Let the store know the bench; return what the settings of that need."""
    its = room.add_bench(name)
    return {
        "address": f"postgresql://localhost:{room.server.port}/{room.database}",
        "certificate": str(its.certificate),
        "key": str(its.key),
        "trust": str(its.trust),
    }


def arrived(room: CentreRoom) -> int:
    """Return how many events the store has."""
    with room.admin() as admin:
        row = admin.execute("SELECT count(*) FROM custody.event").fetchone()
    assert row
    return int(row[0])


def main() -> None:
    """Serve until the input ends."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.centre")
    parser.add_argument("--bench", required=True)
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="staging-bench-") as folder,
        centre_room(Path(folder), durable=True, simulated=True) as room,
    ):
        sys.stdout.write(json.dumps(introduction(room, asked.bench)) + "\n")
        sys.stdout.flush()
        sys.stdin.read()
        sys.stdout.write(json.dumps({"events": arrived(room)}) + "\n")


if __name__ == "__main__":
    main()
