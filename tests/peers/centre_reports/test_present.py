"""What is looked up is of the present, or whoever tells others by it waits; nobody sees half."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from bench.inventory.projections import taking
from tests.peers.centre.centre_room import CentreRoom, centre_room, made_up
from tests.peers.centre_reports.benches_at_work import project, tables


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreRoom]:
    with centre_room(tmp_path_factory.mktemp("centre")) as running:
        running.add_bench("bench-01")
        running.add_bench("bench-02")
        running.add_service("projector")
        yield running


def brings(room: CentreRoom, bench: str, count: int) -> None:
    events = made_up(bench, count, imei="004400001234564")
    with room.as_bench(bench) as session:
        words = "SELECT status FROM custody.exchange(1, 1, %s, %s, NULL)"
        bodies = [each.body.decode() for each in events]
        values = (bodies, [each.signature for each in events])
        assert session.execute(words, values).fetchone() == ("ok",)


def test_a_bench_that_was_away_for_long_holds_up_who_tells_others(
    room: CentreRoom, admin: psycopg.Connection[Any]
) -> None:
    with room.as_bench("projector") as service:
        assert taking.is_caught_up(service)
        brings(room, "bench-01", 1500)
        assert not taking.is_caught_up(service)
        project(service, 1000)
        assert taking.is_caught_up(service)  # a few that came just now
        late = service.execute("SELECT custody.is_caught_up(interval '0')").fetchone()
        assert late == (False,)
        assert taking.project_all(service) == 500
        assert service.execute("SELECT custody.is_caught_up('0', 0)").fetchone() == (True,)
    assert admin.execute("SELECT count(*) FROM custody.behind").fetchone() == (0,)


def test_while_all_is_made_anew_everybody_reads_what_was_there(
    room: CentreRoom, admin: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "_ALL_AT_ONCE", 100)
    brings(room, "bench-01", 300)
    brings(room, "bench-02", 200)
    taking.project_all(admin)
    before, seen = tables(admin), []

    def told(_: int) -> None:
        with room.admin() as other:
            seen.append(tables(other))

    with room.admin() as connection:
        assert taking.project_anew(connection, told) == 500
    assert seen == [before] * 5
    assert tables(admin) == before


def test_making_all_anew_that_is_cut_short_changes_nothing(
    room: CentreRoom, admin: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "_ALL_AT_ONCE", 1)
    brings(room, "bench-01", 3)
    taking.project_all(admin)
    before = tables(admin)

    def told(_: int) -> None:
        raise KeyboardInterrupt

    with room.admin() as connection, pytest.raises(KeyboardInterrupt):
        taking.project_anew(connection, told)
    assert tables(admin) == before


def test_a_backup_that_reads_every_table_stops_no_projector(
    room: CentreRoom, admin: psycopg.Connection[Any]
) -> None:
    brings(room, "bench-01", 3)
    with room.admin() as backup:
        backup.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        tables_of = (
            "SELECT relname FROM pg_class WHERE relnamespace = 'custody'::regnamespace"
            " AND relkind IN ('r', 'p')"
        )
        for (name,) in backup.execute(tables_of).fetchall():
            backup.execute(f"LOCK TABLE custody.{name} IN ACCESS SHARE MODE")
        admin.execute("SET lock_timeout = '5s'")
        assert taking.project_all(admin) == 3
        assert taking.project_anew(admin) == 3
        backup.execute("COMMIT")


def test_a_table_that_somebody_else_laid_out_is_not_worked_in(
    room: CentreRoom, admin: psycopg.Connection[Any]
) -> None:
    brings(room, "bench-01", 2)
    with room.admin() as other:
        other.execute("CREATE TEMPORARY TABLE taken (a int)")
        with pytest.raises(psycopg.errors.DuplicateTable):
            project(other)
    assert taking.project_all(admin) == 2


def test_who_may_project_lays_out_nothing_that_the_owner_would_trip_over(room: CentreRoom) -> None:
    with room.as_bench("projector") as service:
        for name in ("taken", "touched"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                service.execute(f"CREATE TEMPORARY TABLE {name} (a int)")
