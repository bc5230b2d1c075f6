"""What every test needs: Qt without a screen, and no home but its own."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
