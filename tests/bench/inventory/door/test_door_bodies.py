"""What becomes of a request's body, without a door."""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import re
import tracemalloc
from typing import Any

import pytest
from starlette.requests import Request

from bench.inventory.door.bodies import Inflating, Shelf, read_body
from bench.inventory.door.limits import Limits
from bench.inventory.door.refusals import Code, DoorError
from bench.inventory.door.structure import MOST, Structure

LIMITS = Limits()


def request(body: bytes, *, shrunk: bool = False, size: int = 1 << 20) -> Request:
    """A request whose body comes in chunks of that size."""
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    headers = [(b"content-type", b"application/json")]
    headers += [(b"content-encoding", b"gzip")] if shrunk else []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": chunks.pop(0), "more_body": bool(chunks)}

    return Request({"type": "http", "headers": headers}, receive)


def read(its: Request, limits: Limits = LIMITS, shelf: Shelf | None = None) -> bytes:
    async def whole() -> bytes:
        with (shelf or Shelf(limits.bodies_bytes)).place() as place:
            return bytes(await read_body(its, limits, place))

    return asyncio.run(whole())


def test_a_gzip_bomb_is_not_inflated_before_it_is_refused() -> None:
    bomb = request(gzip.compress(b" " * 30_000_000), shrunk=True)
    tracemalloc.start()
    try:
        with pytest.raises(DoorError) as refused:
            read(bomb, Limits(body_bytes=100_000))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refused.value.code is Code.TOO_MUCH
    assert peak < 1_000_000


NESTED = {
    "lists": b"[],", "objects": b"{},", "numbers": b"1,", "lists of one": b"[1],", "texts": b'"",',
    "texts and no commas": b'""', "open lists": b"[", "keys": b'{"":',
}  # fmt: skip


@pytest.mark.parametrize("part", NESTED.values(), ids=NESTED)
def test_a_small_request_does_not_become_a_mountain_of_values(part: bytes) -> None:
    body = b'{"x":[' + part * (16_000_000 // len(part)) + b"[]]}"
    bomb = request(gzip.compress(body, 1), shrunk=True)
    tracemalloc.start()
    try:
        with pytest.raises(DoorError) as refused:
            read(bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refused.value.code is Code.MALFORMED
    assert peak < 3_000_000


def test_others_have_their_turn_while_a_large_body_is_read() -> None:
    body = json.dumps({"bodies": ["x" * 60_000] * 100}).encode()
    turns = 0

    async def whole() -> None:
        with Shelf(LIMITS.bodies_bytes).place() as place:
            reading = asyncio.create_task(
                read_body(request(gzip.compress(body, 1), shrunk=True, size=1 << 30), LIMITS, place)
            )
            nonlocal turns
            while not reading.done():
                turns += 1
                await asyncio.sleep(0)
            assert bytes(reading.result()) == body

    asyncio.run(whole())
    assert turns > len(body) // 20_000


def test_a_body_that_is_inflated_to_just_what_is_borne_is_taken() -> None:
    text = b'"' + b"x" * 99_998 + b'"'
    shrunk = request(gzip.compress(text), shrunk=True, size=7)
    assert read(shrunk, Limits(body_bytes=100_000)) == text
    with pytest.raises(DoorError):
        read(request(gzip.compress(text + b" "), shrunk=True), Limits(body_bytes=100_000))


def test_whatever_a_gzip_holds_comes_out_a_little_at_a_time() -> None:
    dice = random.Random(6)
    for size in (0, 1, 16_383, 16_384, 16_385, 200_000):
        text = dice.randbytes(size // 2) + bytes(size - size // 2)
        for chunk in (1 << 20, 1000):
            shrunk, its = gzip.compress(text), Inflating()
            pieces = [
                piece
                for at in range(0, len(shrunk), chunk)
                for piece in its.pieces(shrunk[at : at + chunk])
            ]
            its.end()
            assert b"".join(pieces) == text
            assert max(map(len, pieces)) <= 16_384


def test_the_bodies_of_all_requests_have_so_much_room_and_give_it_back() -> None:
    shelf, body = Shelf(2500), b"[" + b" " * 998 + b"]"
    with shelf.place() as place:
        place.take(2000)
        with pytest.raises(DoorError) as refused:
            read(request(body), shelf=shelf)
        assert refused.value.code is Code.CENTRE_BUSY
    for _ in range(5):
        assert read(request(body), shelf=shelf) == body


def test_structure_is_counted_the_same_wherever_a_text_is_cut() -> None:
    dice = random.Random(9)
    for _ in range(300):
        text = "".join(dice.choices('"\\[{,:x]} \n', k=dice.randrange(60))).encode()
        its, at = Structure(), 0
        while at < len(text):
            size = dice.randrange(1, 8)
            its.add(text[at : at + size])
            at += size
        assert its._count == counted(text), text


def counted(text: bytes) -> int:
    """Texts, commas and brackets, letter by letter."""
    many, inside, escaped = 0, False, False
    for letter in text.decode():
        if inside:
            inside = escaped or letter != '"'
            escaped = letter == "\\" and not escaped
        else:
            many += letter in '",[{'
            inside = letter == '"'
    return many


def test_all_that_a_bench_may_say_at_once_is_taken() -> None:
    event = json.dumps({"a": [{"b": [1, 2, {}]}] * 50})
    asks = {"hello": True, "imeis": ["004400000000008"] * 100, "release": 1, "part": "0" * 64}
    said = {"epoch": 1, "from_seq": 1, "bodies": [event] * 5000, "sigs": ["A" * 88] * 5000}
    body = json.dumps(said | {"asks": asks}).encode()
    assert read(request(body)) == body
    assert len(re.findall(rb"[\[{,]", body)) > 50 * MOST
