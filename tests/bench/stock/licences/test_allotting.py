"""Which purchase a licence belongs to: the oldest that is valid first."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.stock.licences.allotting import Purchase, is_low, pool, purchase_of

DAY = date(2026, 11, 24)
FIRST = Purchase("vpn", "R-1", 2, "2025-01-01", "2026-12-31")
SECOND = Purchase("vpn", "R-2", 3, "2026-01-01")
ENDED = Purchase("vpn", "R-0", 5, "2020-01-01", "2026-11-23")
TO_COME = Purchase("vpn", "R-9", 5, "2026-11-25")


def held(*purchases: Purchase, count: int, day: date = DAY) -> list[tuple[str, int]]:
    return [(a.purchase.reference, a.held) for a in pool("vpn", purchases, count, day).allotments]


def test_the_oldest_purchase_is_used_up_before_the_next() -> None:
    assert held(SECOND, FIRST, count=3) == [("R-1", 2), ("R-2", 1)]


def test_what_ended_yesterday_or_begins_tomorrow_covers_nothing() -> None:
    assert held(ENDED, FIRST, TO_COME, count=2) == [("R-0", 0), ("R-1", 2), ("R-9", 0)]
    assert pool("vpn", (ENDED, TO_COME), 1, DAY).uncovered == 1


def test_on_its_last_day_a_purchase_still_covers_and_then_its_licences_move_on() -> None:
    assert held(FIRST, SECOND, count=2, day=date(2026, 12, 31)) == [("R-1", 2), ("R-2", 0)]
    assert held(FIRST, SECOND, count=2, day=date(2027, 1, 1)) == [("R-1", 0), ("R-2", 2)]


def test_more_that_are_held_than_were_bought_are_named() -> None:
    known = pool("vpn", (FIRST,), 5, DAY)
    assert (known.bought, known.free, known.uncovered) == (2, 0, 3)
    assert purchase_of(known, 3) is None


def test_each_licence_has_its_purchase_by_the_order_in_which_it_was_taken() -> None:
    known = pool("vpn", (SECOND, FIRST), 4, DAY)
    found = [purchase_of(known, rank) for rank in (1, 2, 3, 4, 5)]
    assert found == [FIRST, FIRST, SECOND, SECOND, None]


@pytest.mark.parametrize(
    ("free", "of", "low"), [(5, 100, True), (6, 100, False), (0, 3, True), (1, 3, False)]
)
def test_a_pool_is_low_when_a_twentieth_is_left(free: int, of: int, low: bool) -> None:
    assert is_low(free, of) is low


_PURCHASE = st.builds(
    Purchase,
    st.just("vpn"),
    st.text("ABC123", min_size=1, max_size=3),
    st.integers(0, 50),
    st.sampled_from(["", "2025-01-01", "2026-11-24", "2026-11-25"]),
    st.sampled_from(["", "2026-11-23", "2026-11-24", "2030-01-01"]),
)


@given(st.lists(_PURCHASE, max_size=6), st.integers(0, 200))
def test_none_is_lost_and_none_is_counted_twice(purchases: list[Purchase], count: int) -> None:
    known = pool("vpn", purchases, count, DAY)
    assert sum(each.held for each in known.allotments) + known.uncovered == count
    assert sum(each.free for each in known.allotments) == known.free
    assert all(0 <= each.held <= each.purchase.quantity for each in known.allotments)
    covered = [purchase_of(known, rank) for rank in range(1, count + 1)]
    assert covered.count(None) == known.uncovered
