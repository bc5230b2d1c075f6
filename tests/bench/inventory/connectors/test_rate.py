"""How fast an inventory is asked."""

from __future__ import annotations

import asyncio
import random

import pytest

from bench.inventory.connectors.pace import Pace
from bench.inventory.connectors.rate import Bucket, hours


def _run(bucket: Bucket, seconds: float, now: float = 1000.0) -> int:
    made, until = 0, now + seconds
    while (now := now + bucket.wait(now)) < until:
        bucket, made = bucket.taken(now), made + 1
    return made


@pytest.mark.parametrize("per_minute", [1, 30, 120, 6000])
def test_in_a_minute_no_more_is_asked_than_that_and_a_little_at_first(per_minute: int) -> None:
    made = _run(Bucket(per_minute, at=1000.0), 60)
    assert per_minute <= made <= per_minute * 1.05 + 2


def test_a_burst_after_a_rest_is_small() -> None:
    assert _run(Bucket(120, tokens=0, at=0.0), 1.0, now=10_000.0) <= 120 / 20 + 3


def test_too_many_without_more_words_is_a_minute_and_then_longer() -> None:
    bucket, now, pauses = Bucket(120), 0.0, []
    for _ in range(9):
        bucket = bucket.refused(None, now)
        pauses.append(bucket.wait(now))
        now += bucket.wait(now)
    assert pauses[:4] == [60, 60, 180, 420]
    assert pauses[-1] == 3600


def test_who_says_how_long_is_left_alone_so_long() -> None:
    assert Bucket(120).refused(300.0, 0.0).wait(0.0) == 300.0


def test_after_an_answer_the_next_refusal_is_the_first_again() -> None:
    bucket = Bucket(120).refused(None, 0.0).refused(None, 60.0).refused(None, 120.0)
    assert bucket.went_well().refused(None, 500.0).wait(500.0) == 60.0


def test_the_last_request_of_its_minute_waits_for_the_next_one() -> None:
    bucket = Bucket(120, tokens=6, at=0.0)
    for left, now in ((2, 0.0), (1, 5.0), (0, 10.0)):
        bucket = bucket.taken(now).told(left, now)
    assert bucket.wait(10.0) == 50.0
    assert bucket.told(119, 61.0).window == 61.0


def test_a_service_that_has_few_left_is_asked_no_more_than_those() -> None:
    assert Bucket(1200, tokens=50, at=0.0).told(2, 0.0).tokens == 2


@pytest.mark.parametrize("now", [1.0, 5000.0, 1e9])
def test_a_clock_that_jumped_holds_nothing_up_for_long(now: float) -> None:
    assert Bucket(120, tokens=0.0, at=1000.0).wait(now) <= 0.5
    assert Bucket(120, tokens=0.0, at=1e6, quiet_until=1e6 + 60).wait(now) <= 3600


def test_by_a_service_of_fixed_minutes_nothing_is_refused() -> None:
    chance = random.Random(6)
    bucket, now, window, left, refused = Bucket(120), 0.0, -60.0, 0, 0
    for _ in range(2000):
        now += bucket.wait(now) + chance.random() * 0.2
        bucket = bucket.taken(now)
        if now - window >= 60:
            window, left = now, 120
        if left == 0:
            refused += 1
            bucket = bucket.refused(None, now)
            continue
        left -= 1
        bucket = bucket.told(left, now)
    assert refused == 0


def test_the_shortest_wait_ends_by_a_clock_as_coarse_as_the_epochs() -> None:
    now = 1_800_000_000.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    async def many_turns() -> None:
        pace = Pace(
            "x", Bucket(1_000_000, tokens=0.9999999, at=now), clock=lambda: now, sleep=sleep
        )
        for _ in range(100_000):
            await pace.turn()

    asyncio.run(asyncio.wait_for(many_turns(), 60))


def test_thirty_thousand_at_a_hundred_and_twenty_take_four_hours_and_more() -> None:
    assert f"{hours(30_000, 120):.1f}" == "4.2"
