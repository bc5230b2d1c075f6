"""A code for a handset's camera, held before a scanner: nothing of it reaches view or record."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.identity.scans import HIDDEN
from tests.bench.staging.workplace import workplace

CANARY = "canary-wifi-password"


@pytest.mark.parametrize(
    "text",
    [
        f'{{"android.app.extra.PROVISIONING_WIFI_PASSWORD":"{CANARY}"}}',
        f"]Q1WIFI:T:WPA;S:bench;P:{CANARY};;",
    ],
)
def test_what_is_scanned_off_the_screen_is_neither_shown_nor_recorded(
    tmp_path: Path, text: str
) -> None:
    with workplace(tmp_path) as bench:
        bench.plug(1)
        bench.scan(text)
        scan = bench.views[-1].scan
        assert scan
        assert scan.text == HIDDEN
        assert "for a handset's camera" in " ".join(scan.reasons)
        assert CANARY not in repr(bench.views)
        assert CANARY not in repr(bench.orders)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert CANARY.encode() not in kept
