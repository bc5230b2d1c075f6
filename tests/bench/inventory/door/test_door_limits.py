"""How much the door bears, without a door."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest

from bench.inventory.door.bodies import _Inflated
from bench.inventory.door.callers import caller_of
from bench.inventory.door.limits import Buckets
from bench.inventory.door.refusals import Code, DoorError


def test_a_gzip_bomb_is_not_inflated_before_it_is_refused() -> None:
    bomb = gzip.compress(bytes(30_000_000))
    intake = _Inflated(100_000)
    tracemalloc.start()
    try:
        with pytest.raises(DoorError) as refused:
            intake.add(bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refused.value.code is Code.TOO_MUCH
    assert peak < 1_000_000


def test_a_body_that_is_inflated_to_just_what_is_borne_is_taken() -> None:
    intake = _Inflated(100_000)
    body = gzip.compress(b"x" * 100_000)
    for at in range(0, len(body), 7):
        intake.add(body[at : at + 7])
    assert intake.whole() == b"x" * 100_000


def test_a_bucket_gives_what_it_holds_and_then_what_time_brings() -> None:
    now = [0.0]
    buckets = Buckets(2.0, 3, lambda: now[0])
    assert [buckets.take("bench-07") for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert buckets.take("bench-08") == 0.0
    now[0] = 0.5
    assert [buckets.take("bench-07") for _ in range(2)] == [0.0, 0.5]
    now[0] = 1000.0
    assert [buckets.take("bench-07") for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]


def test_buckets_of_any_number_of_names_take_no_more_memory() -> None:
    buckets = Buckets(1.0, 1, lambda: 0.0, most=10)
    for number in range(1000):
        buckets.take(f"192.0.2.{number}")
    assert len(buckets._levels) == 10


def test_a_token_is_known_by_its_digest_alone_from_the_first() -> None:
    headers = [
        (b"staging-bench", b"bench-07"),
        (b"authorization", b"Bearer canary-of-a-token-7f3a"),
    ]
    caller = caller_of({"headers": headers})
    assert caller.token_sha256 is not None
    assert "canary" not in repr(caller)
    assert caller.token_sha256.hex()[:8] not in repr(caller)
    with pytest.raises(DoorError):
        caller_of({"headers": [*headers, headers[1]]})
