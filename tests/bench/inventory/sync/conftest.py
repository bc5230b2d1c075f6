"""A bench with a store of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.inventory.sync.sync_floor import Floor


@pytest.fixture
def floor(tmp_path: Path) -> Floor:
    made = Floor(tmp_path)
    made.record_events(9)
    return made
