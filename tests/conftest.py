"""What every test needs: Qt without a screen, and no home but its own."""

from __future__ import annotations

import gc
import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def pytest_collection_finish() -> None:
    """Have collections look at what tests make and at nothing that was loaded: half the time."""
    gc.collect()
    gc.freeze()
