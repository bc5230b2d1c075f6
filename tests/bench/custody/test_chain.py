from __future__ import annotations

import hashlib
from enum import StrEnum

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from bench.custody.chain import (
    BODY_LIMIT,
    UnrecordableError,
    canonical,
    is_signed,
    leaf_hash,
    parse,
)
from bench.events.orders import Json

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
KEY = st.text(st.characters(codec="ascii", exclude_characters="\x00"))
JSON: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEY, inner, max_size=4),
)


class Colour(StrEnum):
    RED = "red"


@given(st.dictionaries(KEY, JSON))
def test_what_is_written_is_read_back_and_written_the_same(body: dict[str, Json]) -> None:
    written = canonical(body)
    assert canonical(parse(written)) == written


@given(st.dictionaries(KEY, JSON))
def test_another_implementation_of_rfc_8785_writes_the_same(body: dict[str, Json]) -> None:
    written = canonical(body)
    assert rfc8785.dumps(parse(written)) == written


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        2**53,
        -(2**53),
        "a\x00b",
        "half \ud83d",
        b"bytes",
        ("tuple",),
        {"deep": [{"er": 0.5}]},
        {"nul\x00": 1},
        {1: "number as key"},
        {"\u00e9": 1},
        {"\U0001f600": 1},
    ],
)
def test_what_another_language_would_read_differently_is_refused(value: Json) -> None:
    with pytest.raises(UnrecordableError):
        canonical({"data": value})


def test_the_largest_integers_and_an_enumerated_word_are_kept() -> None:
    body: dict[str, Json] = {"high": 2**53 - 1, "low": 1 - 2**53, "word": Colour.RED, "yes": True}
    assert canonical(body) == (
        b'{"high":9007199254740991,"low":-9007199254740991,"word":"red","yes":true}'
    )


def test_text_is_brought_into_one_normal_form() -> None:
    assert canonical({"note": "cafe\u0301"}) == canonical({"note": "caf\u00e9"})


def test_a_body_that_the_central_store_would_not_take_is_refused() -> None:
    room = BODY_LIMIT - len(canonical({"data": ""}))
    assert len(canonical({"data": "x" * room})) == BODY_LIMIT
    with pytest.raises(UnrecordableError, match="65537"):
        canonical({"data": "x" * (room + 1)})


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":1}}',
        b'{"a":1.5}',
        b'{"a":1e3}',
        b'{"a":NaN}',
        b"[1]",
        b'{"a":',
        b'{"a":"\xff"}',
        b'{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    ],
)
def test_bytes_that_the_bench_could_not_have_written_are_not_read(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(body)


def test_a_leaf_is_hashed_behind_a_zero_byte() -> None:
    # RFC 6962, clause 2.1; the hash of an empty leaf stands in many a test of such trees
    assert leaf_hash(b"").hex() == (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )
    assert leaf_hash(b"x") == hashlib.sha256(b"\0x").digest()


def test_nonsense_is_no_signature() -> None:
    assert not is_signed(b"\0" * 32, b"\0" * 64, b"\1" * 32)
    assert not is_signed(b"\0" * 32, b"short", b"short")
