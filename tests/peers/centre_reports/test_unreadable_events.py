"""What nobody can read is stored, counted and listed, and stops nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.peers.centre.centre_room import CentreRoom, centre_room, chained
from tests.peers.centre_reports.benches_at_work import project, tables

IMEI, AT = "004400001234564", "2026-11-24T10:00:00.000Z"
DEVICE = {"uid": "u1", "imei": IMEI, "serial": "S1", "model": "M", "phase": "at-bench"}
GOOD: dict[str, Any] = {"type": "scanned", "at": AT, "dev": DEVICE}
ODD: tuple[tuple[str, dict[str, Any]], ...] = (
    ("characters", {"type": "held", "at": AT, "reason": "\x00"}),
    ("version", {"v": 2, "type": "scanned", "at": AT, "dev": DEVICE}),
    ("type", {"type": "teleported", "at": AT, "dev": DEVICE}),
    ("body", {"type": "scanned", "at": "2026-02-30T10:00:00.000Z"}),
    ("body", {"type": 7, "at": AT}),
    ("dev", {"type": "scanned", "at": AT, "dev": 7}),
    ("dev", {"type": "scanned", "at": AT, "dev": {**DEVICE, "uid": ["u1"]}}),
    ("dev", {"type": "scanned", "at": AT, "dev": {**DEVICE, "uid": "u" * 60_000}}),
    ("dev", {"type": "scanned", "at": AT, "dev": {**DEVICE, "imei": 4400001234564}}),
    ("dev", {"type": "scanned", "at": AT, "dev": {**DEVICE, "phase": "nowhere"}}),
    ("data", {"type": "scanned", "at": AT, "data": [1]}),
)
HARMLESS: tuple[dict[str, Any], ...] = (
    {**GOOD, "dev": {**DEVICE, "serial": "S" * 60_000}},
    {**GOOD, "data": {"run": 7, "label": [], "sims": {"iccid": 1}, "licences": {"vpn": 1}}},
    {**GOOD, "type": "staged", "data": {"run": {"id": 7}, "licences": [7, None, "x" * 50_000]}},
    {**GOOD, "data": {"sims": [7, {"iccid": "8" * 40_000}, {"iccid": None}]}},
    {"type": "corrected", "at": AT, "data": {"of": 7, "undo": True, "set": 7}},
    {"type": "signed_off", "at": AT, "data": {"of": "x"}, "second": 7},
    {"type": "conflict_resolved", "at": AT, "data": {"imei": [IMEI], "keeper": {}}},
    {"type": "carried", "at": AT, "data": {"carried": {"licences": "vpn", "outcome": []}}},
)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreRoom]:
    with centre_room(tmp_path_factory.mktemp("centre")) as running:
        running.add_bench("bench-01")
        running.add_service("projector")
        yield running


def bring(room: CentreRoom, said: list[dict[str, Any]]) -> None:
    events = chained("bench-01", said)
    with room.as_bench("bench-01") as bench:
        heard = bench.execute(
            "SELECT status, stored FROM custody.exchange(1, 1, %s, %s, NULL)",
            ([each.body.decode() for each in events], [each.signature for each in events]),
        ).fetchone()
    assert heard == ("ok", len(said))


def test_it_is_listed_and_what_follows_is_taken_in(
    room: CentreRoom, admin: psycopg.Connection[Any]
) -> None:
    bring(room, [*(said for _, said in ODD), GOOD])
    assert project(admin) == len(ODD) + 1
    found = admin.execute("SELECT why FROM custody.unprojected ORDER BY seq").fetchall()
    assert [why for (why,) in found] == [why for why, _ in ODD]
    assert admin.execute("SELECT imei, phase FROM custody.device").fetchall() == [
        (IMEI, "at-bench")
    ]
    assert project(admin) == 0


@pytest.mark.parametrize("number", range(len(HARMLESS)))
def test_members_of_other_types_are_passed_over(
    room: CentreRoom, admin: psycopg.Connection[Any], number: int
) -> None:
    bring(room, [HARMLESS[number], GOOD])
    assert project(admin) == 2
    assert admin.execute(
        "SELECT phase FROM custody.device WHERE imei = %s", (IMEI,)
    ).fetchone() == ("at-bench",)


def test_numbers_of_five_thousand_digits_stop_nothing(
    room: CentreRoom, admin: psycopg.Connection[Any]
) -> None:
    bring(room, [{**GOOD, "mono": int("9" * 4000), "data": {"copy": int("9" * 4000)}}, GOOD])
    assert project(admin) == 2
    assert tables(admin)["unprojected"] == []


def test_a_newer_reading_takes_in_what_an_older_one_could_not(
    room: CentreRoom, admin: psycopg.Connection[Any]
) -> None:
    new = {"v": 2, "kind": "scanned", "at": AT, "dev": DEVICE}
    bring(room, [new, {**GOOD, "type": "taken_out", "dev": {**DEVICE, "phase": "in-stock"}}])
    project(admin)
    before = tables(admin)
    assert len(before["unprojected"]) == 1
    admin.execute("BEGIN")
    admin.execute(
        "CREATE OR REPLACE FUNCTION custody.upcast(body text) RETURNS jsonb LANGUAGE sql AS"
        " $$ SELECT body::jsonb || jsonb_build_object('type', body::jsonb->'kind') $$"
    )
    admin.execute(
        "CREATE OR REPLACE FUNCTION custody.reading() RETURNS integer LANGUAGE sql AS"
        " $$ SELECT 2 $$"
    )
    assert project(admin) == 2
    after = tables(admin)
    assert after["unprojected"] == []
    events = admin.execute("SELECT first_seq, seq, events, phase FROM custody.holding").fetchall()
    assert events == [(1, 2, 2, "in-stock")]
    assert project(admin) == 0
    admin.execute("ROLLBACK")


def test_two_projectors_at_once_take_each_event_once(
    room: CentreRoom, admin: psycopg.Connection[Any]
) -> None:
    bring(room, [json.loads(json.dumps(GOOD)) for _ in range(600)])
    taken: list[int] = []

    def work() -> None:
        with room.as_bench("projector") as connection:
            while many := project(connection, 50):
                taken.append(many)

    both = [threading.Thread(target=work) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sum(taken) == 600
    assert admin.execute("SELECT events FROM custody.holding").fetchall() == [(600,)]
    assert admin.execute("SELECT sum(events) FROM custody.daily").fetchone() == (600,)


def test_a_projector_that_is_killed_loses_and_repeats_nothing(
    room: CentreRoom, admin: psycopg.Connection[Any]
) -> None:
    bring(room, [dict(GOOD) for _ in range(400)])
    project(admin, 100)
    with room.admin() as other:
        other.execute("BEGIN")
        project(other, 100)
        admin.execute("SELECT pg_terminate_backend(%s)", (other.info.backend_pid,))
        with pytest.raises(psycopg.OperationalError):
            other.execute("COMMIT")
        other.close()
    while project(admin, 100):
        pass
    assert admin.execute("SELECT events FROM custody.holding").fetchall() == [(400,)]
