"""One store for all that is tried with inventories; each test begins with an empty one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.centre.centre_room import CentreRoom
from tests.peers.connectors.connectors_room import Centre, connectors_room, emptied


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreRoom]:
    with connectors_room(Path(tmp_path_factory.mktemp("centre"))) as opened:
        yield opened


@pytest.fixture
def centre(room: CentreRoom) -> Centre:
    return emptied(room)
