"""One store for all that is tried between a bench and the centre."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.centre.centre_room import CentreRoom, centre_room
from tests.peers.sync.sync_room import BenchRoom, new_bench, own_database


@pytest.fixture(scope="session")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreRoom]:
    with centre_room(tmp_path_factory.mktemp("centre"), simulated=True) as room:
        yield room


@pytest.fixture
def bench(centre: CentreRoom, tmp_path: Path) -> BenchRoom:
    return new_bench(centre, tmp_path, events=120)


@pytest.fixture
def own(centre: CentreRoom, tmp_path: Path) -> Iterator[BenchRoom]:
    """A bench whose store may be broken."""
    with own_database(centre) as store:
        yield new_bench(store, tmp_path, events=120)
