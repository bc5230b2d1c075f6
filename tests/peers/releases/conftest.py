"""One store for the tests of releases; each begins anew in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.releases.release_room import OTHER, ReleaseRoom, release_room


@pytest.fixture(scope="session")
def store_of_releases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReleaseRoom]:
    with release_room(tmp_path_factory.mktemp("store")) as room:
        for bench in ("bench-01", "bench-02"):
            room.centre.add_bench(bench)
        room.centre.add_bench("bench-09", OTHER)
        yield room


@pytest.fixture
def room(store_of_releases: ReleaseRoom, tmp_path: Path) -> ReleaseRoom:
    store_of_releases.clear()
    return ReleaseRoom(store_of_releases.centre, tmp_path)
