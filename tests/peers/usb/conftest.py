from __future__ import annotations

import pytest

from tests.peers.usb.room import ADBS
from tests.peers.usb.scene import Played, play


@pytest.fixture(scope="module", params=ADBS)
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """What came of the module's scenes, with either adb server."""
    return play(request.module.__name__, request.param, tmp_path_factory.mktemp("room"))
