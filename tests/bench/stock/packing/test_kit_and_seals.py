"""Kits and the numbers of seals, without a desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.custody.body import short
from bench.identity.scans import read_scan
from bench.stock.packing import fitness
from bench.stock.packing.kit import Kit, profile_of, recorded
from bench.stock.packing.seals import read_seal
from tests.bench.stock.counter import made_up, made_up_imei
from tests.bench.stock.packing.boxes_talk import PROFILE, PROFILES


@pytest.mark.parametrize(
    "text",
    [
        str(made_up_imei(9)), "SIM-000009", str(made_up(9).serial), "A1", "8944000000000000008",
        "004400000000091", "abc", "-LEADS", "TRAILS-", "A--B-C", "X" * 33, "=1+1+1", "ZL 001",
        "ÄÖÜ-001", "ZL-0\u06601", "ZL-001\n;DROP TABLE seal", "", "~CHOOSE:1",
    ],
)  # fmt: skip
def test_what_lies_about_on_the_table_is_no_seal(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(it|so) "):
        read_seal(read_scan(text), text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("zl-00123", "ZL-00123"), ("]C012345678", "12345678"), ("  GB/77.1 ", "GB/77.1")],
)
def test_a_seal_is_read_as_it_is_compared(text: str, number: str) -> None:
    assert read_seal(read_scan(text), text) == number


def test_a_staging_in_what_is_the_future_now_is_of_today() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    assert fitness.days_ago(round(now.timestamp() * 1000) + 3 * 86_400_000, now) == 0
    assert fitness.days_ago(round(datetime(2026, 2, 28, tzinfo=UTC).timestamp() * 1000), now) == 1


@given(st.text(max_size=60))
def test_no_text_makes_a_seal_that_is_not_plain(text: str) -> None:
    try:
        number = read_seal(read_scan(text), text)
    except ValueError:
        return
    assert number.isascii()
    assert set(number) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-/.")


def test_a_kit_counts_what_stands_twice_or_with_a_number() -> None:
    kit = Kit.of(("Handset", "2 x cable", "cable", "3 × pin", "2x4 adapter"))  # noqa: RUF001
    assert kit.wanted == (("Handset", 1), ("cable", 3), ("pin", 3), ("2x4 adapter", 1))
    assert kit.missing == ("cable", "pin", "2x4 adapter")
    assert kit.whole().missing == ()


def test_a_kit_takes_no_piece_twice_and_none_of_another() -> None:
    kit = Kit.of(("cable",)).with_one("cable")
    for item in ("cable", "charger"):
        with pytest.raises(ValueError, match=item):
            kit.with_one(item)


def test_names_of_items_are_spelled_out_for_the_record() -> None:
    assert recorded(Kit.of(("câble",)).whole()) == {r"c\xe2ble": 1}


def test_a_profile_and_its_variant_are_found_by_what_an_event_says_of_them() -> None:
    variant = replace(PROFILE, fingerprint="c" * 64, variant="B")
    whole = {PROFILE.fingerprint: replace(PROFILE, variants=(variant,))}
    assert profile_of(whole, short("c" * 64)) == variant
    assert profile_of(PROFILES, short("a" * 64)) == PROFILE
    assert profile_of(PROFILES, "") is None
