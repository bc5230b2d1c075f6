"""A desk in a room of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.inventory.desk.desk_room import Room, at_rest


@pytest.fixture(autouse=True)
def _of_others() -> None:
    at_rest()


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)
