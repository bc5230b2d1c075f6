"""What the store makes of events: the same as benches make of theirs, whatever comes when."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bench.inventory.projections import rows, rule
from tests.peers.centre.centre_room import CentreRoom, centre_room
from tests.peers.centre_reports.benches_at_work import (
    BENCHES,
    Record,
    empty,
    of_the_bench,
    project,
    put,
    recorded,
    tables,
)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreRoom]:
    with centre_room(tmp_path_factory.mktemp("centre"), simulated=True) as running:
        for bench in BENCHES:
            running.add_bench(bench)
        running.add_service("projector")
        yield running


def work(folder: Path, seed: int) -> list[Record]:
    luck = random.Random(seed)
    return [recorded(folder / f"{seed}-{bench}", bench, luck) for bench in BENCHES]


def all_of(admin: psycopg.Connection[Any], records: list[Record]) -> dict[str, list[Any]]:
    for record in records:
        put(admin, record.bench, record.events)
    while project(admin):
        pass
    return tables(admin)


def interleaved(
    admin: psycopg.Connection[Any], records: list[Record], luck: random.Random
) -> dict[str, list[Any]]:
    waiting = {record.bench: list(record.events) for record in records}
    while any(waiting.values()):
        bench = luck.choice([name for name, events in waiting.items() if events])
        some = luck.randint(5, 30)
        put(admin, bench, waiting[bench][:some])
        del waiting[bench][:some]
        if luck.random() < 0.6:
            project(admin, luck.randint(1, 40))
    while project(admin, luck.randint(20, 90)):
        pass
    return tables(admin)


def check_any_order(admin: psycopg.Connection[Any], folder: Path, seed: int) -> None:
    records, luck = work(folder, seed), random.Random(seed)
    once = all_of(admin, records)
    assert rows.findings(admin) == rule.find(rows.holdings(admin), rows.resolutions(admin))
    admin.execute("SELECT custody.project_anew()")
    assert tables(admin)["holding"] == []
    while project(admin, luck.randint(20, 90)):
        pass
    assert tables(admin) == once
    empty(admin)
    assert interleaved(admin, records, luck) == once


@pytest.mark.parametrize("seed", [14])
def test_any_order_in_which_benches_come_gives_the_same(
    admin: psycopg.Connection[Any], tmp_path: Path, seed: int
) -> None:
    check_any_order(admin, tmp_path, seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 140))
def test_any_order_in_which_benches_come_gives_the_same_many_times(
    admin: psycopg.Connection[Any], tmp_path: Path, seed: int
) -> None:
    check_any_order(admin, tmp_path, seed)


def check_as_the_bench_says(admin: psycopg.Connection[Any], folder: Path, seed: int) -> None:
    record = recorded(folder / str(seed), BENCHES[0], random.Random(seed), batches=15)
    for epoch in (1, 2):
        all_of(admin, [Record(record.bench, [each for each in record.events if each[0] == epoch])])
        ours, at_centre = of_the_bench(record, epoch), _of_the_store(admin)
        assert at_centre["device"] == ours["device"]
        assert at_centre["licence"] == ours["licence"]
        # runs that ended in an earlier epoch are not carried over, but are not forgotten here
        assert [run for run in at_centre["run"] if epoch == 1 or run in ours["run"]] == ours["run"]


def test_the_store_says_of_a_bench_what_its_own_record_says(
    admin: psycopg.Connection[Any], tmp_path: Path
) -> None:
    check_as_the_bench_says(admin, tmp_path, 5)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(200, 240))
def test_the_store_says_of_a_bench_what_its_own_record_says_many_times(
    admin: psycopg.Connection[Any], tmp_path: Path, seed: int
) -> None:
    check_as_the_bench_says(admin, tmp_path, seed)


def _of_the_store(admin: psycopg.Connection[Any]) -> dict[str, list[Any]]:
    asked = {
        "device": "SELECT uid, imei, imei2, serial, model, asset_tag, coalesce(phase, ''),"
        " coalesce(run, '') FROM custody.holding",
        "run": "SELECT run, uid, slot, state, is_open::int, coalesce(outcome, '')"
        " FROM custody.run WHERE slot IS NOT NULL",
        "licence": "SELECT pool, uid FROM custody.licence",
    }
    return {
        name: sorted(map(tuple, admin.execute(sql).fetchall()), key=repr)
        for name, sql in asked.items()
    }
