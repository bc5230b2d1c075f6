"""How much the door bears, without a door."""

from __future__ import annotations

import asyncio

import pytest

from bench.inventory.door.callers import Caller, caller_of
from bench.inventory.door.entrance import Entrance
from bench.inventory.door.guests import Guests, site
from bench.inventory.door.limits import Buckets, Limits
from bench.inventory.door.refusals import DoorError

LIMITS = Limits()


def test_connections_are_counted_by_address_until_their_caller_is_known() -> None:
    guests = Guests(6, 2)
    assert [guests.admit(("10.0.0.1", port)) for port in (1, 2, 3)] == [True, True, False]
    assert guests.admit(("10.0.0.2", 1))
    guests.vouch(("10.0.0.1", 1))
    assert [guests.admit(("10.0.0.1", port)) for port in (4, 5)] == [True, False]
    guests.leave(("10.0.0.1", 2))
    guests.leave(("10.0.0.1", 2))
    assert [guests.admit(("10.0.0.1", port)) for port in (6, 7)] == [True, False]
    assert guests.admit(("10.0.0.3", 1))
    assert guests.admit(("10.0.0.4", 1))
    assert not guests.admit(("10.0.0.5", 1))
    for peer in [("10.0.0.1", port) for port in (1, 4, 6)]:
        guests.leave(peer)
    assert guests.admit(("10.0.0.5", 1))
    assert guests._of_site.keys() == {f"10.0.0.{n}" for n in (2, 3, 4, 5)}


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
    ],
)
def test_all_addresses_of_one_site_are_counted_as_one(address: str, counted_as: str) -> None:
    assert site(address) == counted_as


TOKEN = b"0" * 32
STRANGER = Caller("bench-07", None, TOKEN)


@pytest.mark.parametrize(
    "honest",
    [Caller("bench-08", 5), Caller("bench-07", 5), Caller("bench-08", None, b"1" * 32)],
    ids=["with a certificate", "whose name is claimed", "with a token of its own"],
)
def test_a_stranger_keeps_no_bench_out_that_comes_from_the_same_place(honest: Caller) -> None:
    now = [0.0]

    async def knows(caller: Caller) -> bool:
        return caller == honest

    async def hour() -> tuple[int, int]:
        entrance, inside = Entrance(LIMITS, knows, lambda: now[0]), [0, 0]
        for second in range(3600):
            now[0] += 1.0
            inside[1] += await let_in(entrance, STRANGER)
            inside[0] += second % 61 == 0 and await let_in(entrance, honest)
        return inside[0], inside[1]

    assert asyncio.run(hour()) == (60, 0)


async def let_in(entrance: Entrance, caller: Caller, address: str = "10.0.0.1") -> bool:
    try:
        async with entrance.admitted(caller, address):
            return True
    except DoorError:
        return False


@pytest.mark.parametrize("caller", [STRANGER, Caller("bench-07", 9)])
def test_a_stranger_is_asked_for_at_the_store_no_more_often_than_is_borne(caller: Caller) -> None:
    asked = 0

    async def knows(_: Caller) -> bool:
        nonlocal asked
        asked += 1
        return False

    async def often() -> None:
        entrance = Entrance(LIMITS, knows, lambda: 0.0)
        for host in range(200):
            assert not await let_in(entrance, caller, f"2001:db8::{host:x}")

    asyncio.run(often())
    assert asked == LIMITS.stranger_burst


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
