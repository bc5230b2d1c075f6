from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.custody.backup.plan import USUAL, BackupName, Keep, due, late, to_remove

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def taken(at: datetime, seq: int = 1) -> BackupName:
    return BackupName("bench-07", 1, at, seq)


def daily(days: int) -> list[BackupName]:
    """Return one a day, the newest today; a record grows by a hundred events a day."""
    return [taken(NOON - day * DAY, (days - day) * 100) for day in range(days)]


def test_a_name_says_whose_when_and_how_far() -> None:
    name = BackupName("bench-07", 3, datetime(2026, 11, 24, 5, 40, 10, tzinfo=UTC), 41877)
    assert str(name) == "ledger-bench-07-e3-20261124T054010Z-41877.db"
    assert BackupName.parse(str(name)) == name


@pytest.mark.parametrize(
    "text",
    [
        "ledger.db",
        "ledger-bench-07-e1.1234.partial",
        "ledger-bench-07-e1-20261124T054010Z-5.db.partial",
        "ledger-bench-07-e1-20261324T054010Z-5.db",
        "ledger-bench-07-e0-20261124T054010Z-5.db",
        "ledger-bench-07-e1-20261124T054010Z-0.db",
        "ledger-bench-07-e1-20261124T054010Z-5.db\n",
        "ledger-../x-e1-20261124T054010Z-5.db",
        "ledger-bench-07-e1-20261124T054010Z-\u0665.db",
    ],
)
def test_other_names_are_no_backups(text: str) -> None:
    assert BackupName.parse(text) is None


def test_one_is_due_when_the_last_is_a_day_old_or_there_is_none() -> None:
    assert due(NOON, [], DAY)
    assert due(NOON, [taken(NOON - DAY)], DAY)
    assert not due(NOON, [taken(NOON - DAY + timedelta(seconds=1))], DAY)


def test_a_backup_from_the_future_does_not_stop_the_next_one() -> None:
    tomorrow = taken(NOON + 300 * DAY)
    assert due(NOON, [tomorrow], DAY)
    assert not due(NOON, [tomorrow, taken(NOON)], DAY)


def test_one_is_late_when_two_days_have_passed() -> None:
    assert late(NOON, [taken(NOON - 2 * DAY)], DAY, NOON) is None
    assert late(NOON, [taken(NOON - 3 * DAY)], DAY, NOON) == 3 * DAY
    assert late(NOON, [], DAY, NOON - DAY) is None
    assert late(NOON, [], DAY, NOON - 5 * DAY) == 5 * DAY


def test_a_year_of_daily_backups_is_thinned_to_days_weeks_and_months() -> None:
    backups = daily(400)
    kept = sorted(set(backups) - set(to_remove(backups, USUAL)), key=lambda each: each.at)
    assert kept[-7:] == backups[:7][::-1]
    assert {each.at.strftime("%G-%V") for each in kept} >= {"2026-48", "2026-47", "2026-46"}
    assert len({each.at.strftime("%Y-%m") for each in kept}) == 12
    assert len(kept) == 7 + 2 + 11


def test_a_bench_that_lay_in_store_for_a_year_keeps_its_backups() -> None:
    old = [taken(each.at - 365 * DAY, each.seq) for each in daily(5)]
    assert to_remove(old, USUAL) == ()


def test_what_was_copied_before_a_person_was_erased_goes_once_there_is_a_later_copy() -> None:
    backups = daily(5)
    assert to_remove(backups, USUAL, erased=350) == tuple(backups[:1:-1])
    assert to_remove(backups, USUAL, erased=501) == ()


def test_only_the_last_one_stays_where_none_are_to_be_kept() -> None:
    backups = daily(5)
    assert set(to_remove(backups, Keep(0, 0, 0))) == set(backups[1:])
    assert to_remove([], USUAL) == ()


@given(
    days=st.lists(st.tuples(st.integers(0, 800), st.integers(1, 10**6)), max_size=60),
    keep=st.builds(Keep, st.integers(0, 9), st.integers(0, 9), st.integers(0, 14)),
    erased=st.integers(0, 10**6),
)
def test_whatever_goes_the_longest_record_stays_and_thinning_again_takes_nothing_more(
    days: list[tuple[int, int]], keep: Keep, erased: int
) -> None:
    backups = {taken(NOON - day * DAY, seq) for day, seq in days}
    left = backups - set(to_remove(backups, keep, erased))
    assert bool(left) == bool(backups)
    assert max((each.seq for each in left), default=0) == max((s for _, s in days), default=0)
    assert to_remove(left, keep, erased) == ()
