"""A handset's condition in words: warnings first, and nothing of what it does not say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.events.condition import HandsetCondition
from bench.events.modem import Firmware
from bench.staging.condition_words import condition_words, foreseen_words
from tests.bench.staging.bench_talk import foreseen, handset

NEW = HandsetCondition(
    sdk=33, battery=63, charging=True, encryption_state="encrypted", verified_boot="green",
    bootloader_locked=True, knox_tripped=False, oem_unlock_allowed=False, sales_code="EUX",
    accounts=0, users=1, device_owner=False, setup_complete=False,
)  # fmt: skip


def test_a_new_handset_says_its_battery_software_and_that_it_is_not_set_up() -> None:
    new = replace(handset(), android="13", patch="2023-05-01", condition=NEW)
    assert condition_words(new) == (
        "battery 63 %, charging", "Android 13", "patch 2023-05-01", "region EUX", "not set up",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("knox_tripped", True, "Knox fuse blown"),
        ("bootloader_locked", False, "bootloader unlocked"),
        ("verified_boot", "orange", "boot chain orange"),
        ("encryption_state", "unencrypted", "storage not encrypted"),
        ("oem_unlock_allowed", True, "OEM unlock allowed"),
        ("device_owner", True, "has an owner"),
        ("accounts", 1, "1 account"),
        ("users", 2, "2 users"),
    ],
)
def test_what_is_amiss_comes_first(field: str, value: object, word: str) -> None:
    amiss = replace(NEW, **{field: value})  # type: ignore[arg-type]
    assert condition_words(replace(handset(), condition=amiss))[0] == word


def test_a_handset_known_by_its_modem_says_what_locks_it_first() -> None:
    locked = replace(foreseen(), lock="SIM", reactivation_locked=True)
    assert foreseen_words(replace(locked, firmware=Firmware("A325FXXU1AAA1"))) == (
        "locked by its last owner", "network lock SIM", "region EUX", "software A325FXXU1AAA1",
    )  # fmt: skip
    assert foreseen_words(replace(foreseen(), lock="NONE")) == ("region EUX",)


def test_a_handset_that_says_nothing_of_its_state_has_no_words() -> None:
    assert condition_words(handset()) == ()
