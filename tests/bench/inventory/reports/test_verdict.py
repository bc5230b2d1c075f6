from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bench.inventory.reports.benches import BenchStanding, CentreStanding
from bench.inventory.reports.verdict import Bounds, Level, level, remarks

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
WELL = BenchStanding(
    bench="bench-01", organisation="staging-bench.localhost", state="active", epoch=1, head=9,
    heard_at=NOW - timedelta(hours=9), lag=0, of_late=9, alarms=0, alarm_kinds=(), unread=0,
    added_at=NOW - timedelta(days=90), certificate_ends=NOW + timedelta(days=200),
)  # fmt: skip


def judged(bench: BenchStanding, *, known: bool = True, conflicts: int = 0) -> tuple[Level, str]:
    centre = CentreStanding("centre", False, 2, NOW, conflicts, known, (bench,))
    found = remarks(centre, Bounds())
    return level(found), found[0].text if found else ""


def test_a_bench_that_came_last_night_is_well() -> None:
    assert judged(WELL) == (Level.WELL, "")


@pytest.mark.parametrize(
    ("changed", "worst", "word"),
    [
        ({"state": "frozen"}, Level.WRONG, "frozen"),
        ({"heard_at": NOW - timedelta(days=2)}, Level.LOOK, "no word for 2.0 days"),
        ({"heard_at": NOW - timedelta(days=7)}, Level.WRONG, "no word for 7.0 days"),
        ({"heard_at": None}, Level.WRONG, "no word for 90.0 days"),
        ({"certificate_ends": NOW + timedelta(days=30)}, Level.LOOK, "ends in 30 days"),
        ({"certificate_ends": NOW}, Level.WRONG, "has ended"),
        ({"certificate_ends": None}, Level.LOOK, "no certificate"),
        ({"alarms": 1, "alarm_kinds": ("broken_chain",)}, Level.LOOK, "broken_chain"),
        ({"lag": 100_001}, Level.LOOK, "wait to be looked up"),
        ({"unread": 1}, Level.LOOK, "could not be read"),
        ({"behind_since": NOW - timedelta(minutes=29)}, Level.WELL, ""),
        ({"behind_since": NOW - timedelta(minutes=30)}, Level.LOOK, "wait for 30 minutes"),
        ({"behind_since": NOW - timedelta(hours=6)}, Level.WRONG, "wait for 360 minutes"),
    ],
)
def test_what_is_not_well_is_said(changed: dict[str, object], worst: Level, word: str) -> None:
    found, text = judged(replace(WELL, **changed))  # type: ignore[arg-type]
    assert found is worst
    assert word in text


def test_of_a_bench_that_was_retired_nothing_is_expected() -> None:
    gone = replace(WELL, state="retired", heard_at=None, certificate_ends=None, alarms=3)
    assert judged(gone) == (Level.WELL, "")


def test_who_may_not_know_certificates_is_not_told_that_there_are_none() -> None:
    assert judged(replace(WELL, certificate_ends=None), known=False) == (Level.WELL, "")


def test_open_conflicts_are_for_somebody_to_look_at() -> None:
    assert judged(WELL, conflicts=2) == (
        Level.LOOK,
        "2 open conflicts between benches: central report",
    )
