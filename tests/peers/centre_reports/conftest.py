"""A store that each test finds empty, and three benches of it; the modules set the store up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.peers.centre.centre_room import CentreRoom
from tests.peers.centre_reports.benches_at_work import empty
from tests.peers.centre_reports.outspoken_bench import Bench


@pytest.fixture
def admin(room: CentreRoom) -> Iterator[psycopg.Connection[Any]]:
    with room.admin() as connection:
        empty(connection)
        yield connection


@pytest.fixture
def benches(
    room: CentreRoom,
    admin: psycopg.Connection[Any],  # noqa: ARG001 - it empties the store
) -> Iterator[tuple[Bench, Bench, Bench]]:
    three = Bench(room, "bench-01"), Bench(room, "bench-02"), Bench(room, "bench-03")
    yield three
    for each in three:
        each.close()
