"""What may come between a store and its benches, and who may do what there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest

from bench.problems import ProblemCode, ProblemError
from tests.peers.centre.centre_room import ORGANISATION
from tests.peers.releases.release_room import ReleaseRoom, everywhere, person


# ── who may what ────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "table",
    ["person", "order_line", "profile", "known_handset", "release_part", "tag_block", "tag_stray"],
)
def test_a_bench_reads_none_of_it_by_itself(room: ReleaseRoom, table: str) -> None:
    with (
        room.centre.as_bench("bench-01") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(f"SELECT * FROM custody.{table}")


def test_a_bench_gives_itself_no_tags(room: ReleaseRoom) -> None:
    with (
        room.centre.as_bench("bench-01") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT custody.allot_tags('bench-01', 'AST', 10)")


def test_the_publisher_gives_tags_only_by_the_function(room: ReleaseRoom) -> None:
    with room.service() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(
            "INSERT INTO custody.tag_block (prefix, first, last, bench_no) VALUES ('AST', 1, 2, 1)"
        )


# ── faults ──────────────────────────────────────────────────────────────────────────────────────
def test_a_part_that_somebody_edits_in_the_store_is_found(room: ReleaseRoom) -> None:
    room.people(everywhere(1))
    room.publish()
    room.take("bench-01")
    room.people(everywhere(2))
    room.publish()
    room.edit("UPDATE custody.part SET body = replace(body, 'technician', 'supervisor')")
    with pytest.raises(ProblemError) as refused:
        room.take("bench-01")
    assert refused.value.problem.code is ProblemCode.RELEASE_UNUSABLE
    assert refused.value.problem.where == "people"
    assert room.sent_to("bench-01") == [person(1).person]


def test_a_note_that_somebody_edits_in_the_store_is_found(room: ReleaseRoom) -> None:
    room.publish()
    room.edit("UPDATE custody.release SET note = replace(note, E'\\n1', E'\\n9')")
    with pytest.raises(ProblemError, match="changed on the way"):
        room.take("bench-01")


def test_another_benchs_release_put_in_its_place_is_found(room: ReleaseRoom) -> None:
    room.publish()
    room.edit(
        "UPDATE custody.release SET note = (SELECT note FROM custody.release JOIN custody.bench"
        " USING (bench_no) WHERE bench_id = 'bench-02')",
    )
    with pytest.raises(ProblemError, match="another bench"):
        room.take("bench-01")


def test_a_part_that_is_gone_is_named_and_had_with_the_next_release(room: ReleaseRoom) -> None:
    room.people(everywhere(1))
    room.publish()
    room.edit("DELETE FROM custody.part WHERE body LIKE '%Testperson%'")
    with pytest.raises(ProblemError, match="the next release"):
        room.take("bench-01")
    room.people(everywhere(2))
    room.publish()
    assert room.take("bench-01")


def test_a_note_that_can_be_read_no_more_stands_in_nobodys_way(room: ReleaseRoom) -> None:
    room.publish()
    room.edit("UPDATE custody.release SET note = 'nonsense' WHERE bench_no = 1")
    assert room.new_for() == ["bench-01"]
    assert room.take("bench-01")


def test_what_no_bench_would_take_is_not_published(room: ReleaseRoom) -> None:
    room.edit(
        "INSERT INTO custody.profile (organisation, name, body)"
        f" VALUES ('{ORGANISATION}', 'bad.toml', 'x')"
    )
    assert room.new_for() == ["bench-09"], "whose organisation has nothing to do with it"
    assert [each.where for each in room.remarks] == ["bench-01", "bench-02"]
    assert all("bad.toml" in each.what and each.is_refusal for each in room.remarks)
    room.edit("DELETE FROM custody.profile")
    assert room.new_for() == ["bench-01", "bench-02"]


def test_many_publishers_at_once_make_each_release_once(room: ReleaseRoom) -> None:
    room.people(everywhere(1))
    at_once = Barrier(4)

    def one(_: int) -> int:
        at_once.wait()
        return len(room.publish())

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(one, range(4))) == 3
    with room.service() as connection:
        rows = connection.execute("SELECT count(*) FROM custody.release").fetchone()
    assert rows == (3,)


def test_a_frozen_bench_still_gets_releases_and_a_retired_one_none(room: ReleaseRoom) -> None:
    room.edit("UPDATE custody.bench SET state = 'frozen' WHERE bench_id = 'bench-01'")
    room.edit("UPDATE custody.bench SET state = 'retired' WHERE bench_id = 'bench-02'")
    assert room.new_for() == ["bench-01", "bench-09"]
    assert room.take("bench-01")
