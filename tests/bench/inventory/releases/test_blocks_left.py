"""How many asset tags are left."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bench.inventory.releases.blocks import left, low

BLOCKS = (range(1, 101), range(501, 601))


def test_what_is_below_the_highest_of_a_block_is_not_left() -> None:
    assert left(BLOCKS, {50, 7, 501, 9000}) == 50 + 99
    assert left(BLOCKS, {100, 600}) == 0
    assert left((), {4}) == 0


def test_it_is_low_when_fewer_than_a_tenth_are_left() -> None:
    assert not low(BLOCKS, set())
    assert not low(BLOCKS, {100, 590})
    assert low(BLOCKS, {100, 591})
    assert not low(BLOCKS, {590})
    assert low(BLOCKS, {100, 600})
    assert not low((), {4})


@given(st.sets(st.integers(1, 700)))
def test_more_given_is_never_more_left(given_: set[int]) -> None:
    assert 0 <= left(BLOCKS, given_) <= left(BLOCKS, given_ - {max(given_, default=0)}) <= 200
