from __future__ import annotations

import re
from pathlib import Path

import bench.inventory
from bench.custody.phases import IN_HAND, Phase
from bench.events.orders import CustodyKind

FORM = Path(bench.inventory.__file__).parent / "migrations" / "0002-projections.sql"


def body_of(name: str) -> str:
    text = FORM.read_text("utf-8")
    return text.split(f"CREATE FUNCTION custody.{name}(", 1)[1].split("$$")[1]


def test_the_store_knows_the_kinds_of_events_that_the_record_knows() -> None:
    listed = re.findall(r"[a-z_]+", body_of("kinds").split("'")[1])
    assert set(listed) == set(CustodyKind)


def test_the_store_knows_the_phases_of_the_record() -> None:
    listed = re.findall(r"[a-z-]+", body_of("phases").split("'")[1])
    assert set(listed) == set(Phase)


def test_in_hand_means_the_same_in_both_languages() -> None:
    assert set(re.findall(r"'([a-z-]+)'", body_of("in_hand"))) == set(IN_HAND)
