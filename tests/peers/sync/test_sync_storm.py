"""Benches that send all at once while sessions are ended and lines cut at random: exactly once."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.peers.centre.centre_room import CentreRoom
from tests.peers.sync.long_records import lengthen
from tests.peers.sync.shears import Shears
from tests.peers.sync.sync_room import BenchRoom, is_whole, new_bench

_MANY = 20_000


@dataclass
class Killer:
    """How many sessions the server was made to end."""

    kills: int = 0


@contextmanager
def killing(centre: CentreRoom, every: float, seed: int) -> Iterator[Killer]:
    """End a session of some bench now and then, on a thread of its own."""
    ended, killer, chance = threading.Event(), Killer(), random.Random(seed)

    def kill() -> None:
        with centre.admin() as admin:
            while not ended.wait(chance.uniform(0, 2 * every)):
                rows = admin.execute(
                    "SELECT pid FROM pg_stat_activity WHERE usename LIKE 'bench-%' ORDER BY pid"
                ).fetchall()
                if rows:
                    (pid,) = chance.choice(rows)
                    admin.execute("SELECT pg_terminate_backend(%s)", (pid,))
                    killer.kills += 1

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killer
    finally:
        ended.set()
        thread.join()


def storm(
    centre: CentreRoom, tmp_path: Path, benches: int, events: int, every: float, mean: float
) -> None:
    rooms = [new_bench(centre, tmp_path, events=1) for _ in range(benches)]
    for room in rooms:
        lengthen(room.record, room.name, events)
    with Shears(centre.server.port, mean, seed=6) as shears, killing(centre, every, 6) as killer:
        for room in rooms:
            room.port = shears.port

        def rush(room: BenchRoom) -> None:
            room.rush(_MANY)

        with ThreadPoolExecutor(benches) as pool:
            list(pool.map(rush, rooms))
    for room in rooms:
        assert len(room.recorded()) == events
        is_whole(room)
        assert room.state() == "active"
    assert killer.kills
    assert shears.cuts


def test_a_sample_of_a_storm_loses_nothing_and_repeats_nothing(
    centre: CentreRoom, tmp_path: Path
) -> None:
    storm(centre, tmp_path, benches=3, events=2_000, every=0.1, mean=1_000_000)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_eight_benches_send_240_000_events_through_a_storm(
    centre: CentreRoom, tmp_path: Path
) -> None:
    storm(centre, tmp_path, benches=8, events=30_000, every=0.15, mean=1_500_000)
