"""Which processes are none of a desk's."""

from __future__ import annotations

import pytest

from tests.bench.inventory.desk.desk_room import at_rest


@pytest.fixture(autouse=True)
def _of_others() -> None:
    at_rest()
