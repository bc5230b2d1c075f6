"""The attack matrix: every cell is tried, also those that say "no"."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bench.custody import queries
from bench.custody.body import utc
from bench.custody.chain import parse
from bench.custody.proof.checkpoint import Checkpoint, cosigned_at
from bench.custody.verification import Verdict, verify_file
from tests.bench.custody.attacks import deeds
from tests.bench.custody.attacks.matrix import (
    ATTACKS,
    COSIGNED,
    Attack,
    Column,
    Found,
    Scene,
    markdown,
    reading,
    scene,
    tried,
)
from tests.bench.witness.standing import VKEY


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return scene(tmp_path_factory.mktemp("bench"))


@pytest.fixture(scope="module")
def matrix() -> Iterator[dict[Attack, dict[Column, Found]]]:
    found: dict[Attack, dict[Column, Found]] = {}
    yield found
    print(f"\n{markdown(found)}")  # noqa: T201 - the table is what this test is read for


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_is_found_by_whom_the_matrix_says_and_no_sooner(
    attack: Attack, bench: Scene, matrix: dict[Attack, dict[Column, Found]]
) -> None:
    matrix[attack] = tried(attack, bench)
    assert matrix[attack] == attack.expected


def test_without_an_attack_nothing_is_found(bench: Scene) -> None:
    honest = Attack("none", lambda _: None, (Found.NO,) * 4)
    assert tried(honest, bench) == honest.expected
    assert verify_file(bench.crime(None).record) == Verdict(400)


def test_the_matrix_as_a_table_has_a_line_for_each_attack() -> None:
    lines = markdown({attack: attack.expected for attack in ATTACKS}).splitlines()
    assert len(lines) == 2 + len(ATTACKS)
    assert {line.count(" | ") for line in lines} == {len(Column) + 1}


def test_a_backdated_event_is_held_between_the_cosignatures_around_it(bench: Scene) -> None:
    """Its own time is a claim; that it follows what was cosigned is none."""
    crime = bench.crime(bench.key)
    deeds.backdated_and_hushed(crime)
    before = cosigned_at(bench.cosigned, VKEY)
    assert before is not None
    assert Checkpoint.parse(bench.cosigned.text).size == COSIGNED
    with reading(crime.record) as connection:
        (backdated, _) = queries.events(connection, 400, 10)
    assert str(parse(backdated.body)["at"]) < utc(datetime.fromtimestamp(before, UTC))
