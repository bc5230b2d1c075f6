from __future__ import annotations

import stat
from pathlib import Path

from app import crash
from bench.identity.identifiers import Imei


def test_a_report_names_no_handset() -> None:
    imei = str(Imei.with_check_digit("00440000000001"))
    told = crash.report("Fault", f"ImeiScanned('{imei}') RXX4A00B1CD BW-000017 line 12")
    assert imei not in told
    assert "RXX4A00B1CD" not in told
    assert "BW-000017" not in told
    assert f"(number …{imei[-2:]})" in told
    assert "line 12" in told


def test_a_report_is_kept_where_only_its_owner_reads_it(tmp_path: Path) -> None:
    kept = crash.keep(tmp_path / "reports", "what happened")
    assert kept.read_text(encoding="utf-8") == "what happened"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_two_reports_in_one_second_are_two_files(tmp_path: Path) -> None:
    assert crash.keep(tmp_path, "one") != crash.keep(tmp_path, "two")
