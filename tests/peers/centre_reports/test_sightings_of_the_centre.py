"""Where other benches have a handset: told at once, of records as benches really write them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bench.custody import queries
from bench.custody.database import connect_reader
from bench.custody.entries import DeviceRef, Entry, LedgerHeader, SealedEvent
from bench.custody.phases import IN_HAND, Phase
from bench.events.orders import CustodyKind
from bench.inventory.training_centre.records import RECORD, Batch, open_record, stage
from tests.bench.custody.record import device, imei, open_ledger
from tests.peers.centre.centre_room import CentreRoom, centre_room
from tests.peers.centre_reports.benches_at_work import SECOND, project
from tests.peers.centre_reports.outspoken_bench import IMEI, Bench

_K = CustodyKind
ELSEWHERE = "other.localhost"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreRoom]:
    with centre_room(tmp_path_factory.mktemp("centre"), simulated=True) as running:
        for name in ("bench-01", "bench-02", "bench-03"):
            running.add_bench(name)
        running.add_bench("bench-09", ELSEWHERE)
        yield running


class Simulated(Bench):
    """Says of all it says that it is of training, as this store wants it."""

    def says(self, kind: str, **said: Any) -> SealedEvent:
        return super().says(kind, sim=True, **said)


@pytest.fixture
def benches(
    room: CentreRoom,
    admin: psycopg.Connection[Any],  # noqa: ARG001 - it empties the store
) -> Iterator[tuple[Bench, Bench, Bench, Bench]]:
    names = ("bench-01", "bench-02", "bench-03", "bench-09")
    one, other, third, elsewhere = (Simulated(room, name) for name in names)
    yield one, other, third, elsewhere
    for each in (one, other, third, elsewhere):
        each.close()


def asked(room: CentreRoom, by: str, number: str) -> list[tuple[str, str]]:
    """Return the benches and phases that a bench is told of."""
    with room.as_bench(by) as session:
        row = session.execute(
            "SELECT answers->'sightings' FROM custody.exchange(1, 1, NULL, NULL, %s)",
            (json.dumps({"imeis": [number]}),),
        ).fetchone()
    assert row is not None
    return [(each["bench"], each["phase"]) for each in row[0]]


def events_of(record: Path, after: int = 0) -> list[SealedEvent]:
    with closing(connect_reader(record)) as connection:
        return list(queries.events(connection, after, 10_000))


def send(room: CentreRoom, bench: str, events: Sequence[SealedEvent]) -> None:
    with room.as_bench(bench) as session:
        row = session.execute(
            "SELECT status FROM custody.exchange(1, %s, %s::text[], %s::bytea[], NULL)",
            (events[0].seq, [each.body.decode() for each in events],
             [each.signature for each in events]),
        ).fetchone()  # fmt: skip
    assert row == ("ok",)


@pytest.mark.parametrize("projected", [False, True, None])
def test_a_handset_is_found_from_its_first_event_on_whatever_was_taken_up(
    room: CentreRoom, admin: psycopg.Connection[Any], tmp_path: Path, projected: bool | None
) -> None:
    """A real record, sent event by event; None: taken up now and then."""
    with closing(open_record(tmp_path, "bench-01")) as ledger:
        stage(ledger, Batch("00440001", "SIM").handsets(1, 3), at_a_time=3)
    phases: dict[str, str] = {}
    silent = 0
    for event in events_of(tmp_path / RECORD):
        send(room, "bench-01", [event])
        if projected or (projected is None and event.seq % 5 == 0):
            project(admin)
        said = json.loads(event.body).get("dev")
        if said is None:
            continue
        silent += "phase" not in said
        phases[said["imei"]] = said.get("phase", phases.get(said["imei"]))
        assert asked(room, "bench-02", said["imei"]) == [("bench-01", phases[said["imei"]])]
        assert phases[said["imei"]] in IN_HAND
    assert silent
    assert asked(room, "bench-01", next(iter(phases))) == []


def test_a_correction_a_second_imei_and_a_handset_given_away_are_told_as_they_are(
    room: CentreRoom, admin: psycopg.Connection[Any], tmp_path: Path
) -> None:
    before = replace(device(1), imeis=(imei(1), imei(2)))
    after = replace(before, imeis=(imei(3), imei(4)))
    with closing(open_ledger(tmp_path, LedgerHeader("bench-01", simulated=True))) as ledger:
        told = events_of(tmp_path / "ledger.db")
        send(room, "bench-01", told)

        def goes_on(kind: CustodyKind, its: DeviceRef, phase: Phase | None = None) -> None:
            ledger.append([Entry(kind, its, override="to try it", phase=phase)], second=SECOND)
            fresh = events_of(tmp_path / "ledger.db", told[-1].seq)
            told.extend(fresh)
            send(room, "bench-01", fresh)

        goes_on(_K.SCANNED, before)
        for number in (1, 2):
            assert asked(room, "bench-02", imei(number).digits) == [("bench-01", "at-bench")]
        goes_on(_K.IDENTITY_CHANGED, after)
        for number in (3, 4):
            assert asked(room, "bench-02", imei(number).digits) == [("bench-01", "at-bench")]
        project(admin)
        for number, found in ((1, []), (2, []), (3, ["at-bench"]), (4, ["at-bench"])):
            assert [phase for _, phase in asked(room, "bench-02", imei(number).digits)] == found
        goes_on(_K.DISPATCHED, after, Phase.DISPATCHED)
        for _ in range(2):
            for number in (3, 4):
                assert asked(room, "bench-02", imei(number).digits) == [("bench-01", "dispatched")]
            project(admin)


def test_who_keeps_it_is_told_nothing_of_a_conflict_that_was_resolved(
    room: CentreRoom, benches: tuple[Bench, Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    one, other, *_ = benches
    one.has()
    other.has()
    assert asked(room, "bench-01", IMEI) == [("bench-02", "at-bench")]
    one.signs(one.resolves("bench-01"))
    project(admin)
    assert asked(room, "bench-01", IMEI) == []
    assert asked(room, "bench-02", IMEI) == [("bench-01", "at-bench")]
    assert asked(room, "bench-03", IMEI) == [("bench-01", "at-bench")]
    words = "SELECT bench, in_hand, in_conflict FROM custody.known_elsewhere ORDER BY 1"
    assert admin.execute(words).fetchall() == [
        ("bench-01", True, False),
        ("bench-02", False, False),
    ]
    one.has("dispatched", "dispatched")
    project(admin)
    assert asked(room, "bench-03", IMEI) == [("bench-01", "dispatched")]
    other.has()
    assert asked(room, "bench-01", IMEI) == [("bench-02", "at-bench")]


def test_a_bench_that_was_retired_has_nothing_in_hand(
    room: CentreRoom, benches: tuple[Bench, Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    benches[1].has()
    project(admin)
    admin.execute("UPDATE custody.bench SET state = 'retired' WHERE bench_id = 'bench-02'")
    assert asked(room, "bench-01", IMEI) == []
    words = "SELECT bench, phase, in_hand FROM custody.known_elsewhere"
    assert admin.execute(words).fetchall() == [("bench-02", "at-bench", False)]


def test_a_bench_of_another_organisation_is_not_named(
    room: CentreRoom, benches: tuple[Bench, Bench, Bench, Bench], admin: psycopg.Connection[Any]
) -> None:
    benches[3].has()
    for _ in range(2):
        assert asked(room, "bench-01", IMEI) == [("another organisation", "at-bench")]
        project(admin)


def test_a_hundred_imeis_are_looked_for_and_no_more(
    room: CentreRoom, benches: tuple[Bench, Bench, Bench, Bench]
) -> None:
    benches[1].has()
    with room.as_bench("bench-01") as session:
        for before, found in ((99, 1), (100, 0)):
            imeis = [*(f"{number:015d}" for number in range(before)), IMEI]
            row = session.execute(
                "SELECT jsonb_array_length(answers->'sightings')"
                " FROM custody.exchange(1, 1, NULL, NULL, %s)", (json.dumps({"imeis": imeis}),),
            ).fetchone()  # fmt: skip
            assert row == (found,)
