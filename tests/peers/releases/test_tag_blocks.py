"""Blocks of asset tags in a real store: no two benches ever have a number in common."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import psycopg
import pytest

from bench.inventory.releases.making import taking_over
from bench.inventory.releases.making.publishing import Cadence
from bench.inventory.releases.taking.delivered import delivered
from bench.problems import ProblemCode, ProblemError
from tests.peers.releases.release_room import ReleaseRoom, labelled


# ── asset tags ──────────────────────────────────────────────────────────────────────────────────
def test_blocks_of_many_at_once_never_overlap(room: ReleaseRoom) -> None:
    at_once = Barrier(8)

    def many(number: int) -> list[range]:
        at_once.wait()
        return [room.allot(f"bench-0{number % 2 + 1}", 7) for _ in range(6)]

    with ThreadPoolExecutor(8) as pool:
        blocks = [block for found in pool.map(many, range(8)) for block in found]
    given = [number for block in blocks for number in block]
    assert len(given) == len(set(given)) == 8 * 6 * 7
    assert max(given) == len(given), "and nothing is left out"


@pytest.mark.parametrize(
    "values",
    [
        "('AST', 5, 20, 10, 1)",
        "('AST', 1, 5, NULL, 1)",
        "('AST', 15, 20, 12, 1)",
        "('AST', 3, 9, NULL, 2)",
        "('AST', 11, 10, 10, 1)",
        "('AST', 21, 30, 10, 1), ('AST', 22, 31, 10, 2)",
    ],
)
def test_no_writer_at_all_can_make_blocks_overlap(room: ReleaseRoom, values: str) -> None:
    room.allot("bench-01")
    with room.centre.admin() as admin, pytest.raises(psycopg.IntegrityError):
        admin.execute(
            f"INSERT INTO custody.tag_block (prefix, first, last, after, bench_no) VALUES {values}"
        )


def test_a_block_is_never_changed_or_taken_back(room: ReleaseRoom) -> None:
    room.allot("bench-01")
    with room.centre.admin() as admin:
        for words in ("UPDATE custody.tag_block SET last = 99", "DELETE FROM custody.tag_block"):
            with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
                admin.execute(words)


def test_no_block_lies_over_a_tag_that_was_given_before_there_were_blocks(
    room: ReleaseRoom,
) -> None:
    room.send("bench-02", labelled("bench-02", ["AST-000004", "AST-000017"]))
    assert room.allot("bench-01", 10) == range(5, 15)
    assert room.allot("bench-01", 10) == range(18, 28)
    assert room.allot("bench-02", 3, beginning=1000) == range(1000, 1003)


def test_a_bench_gets_another_block_before_the_last_is_used_up(room: ReleaseRoom) -> None:
    room.allot("bench-01", 10)
    room.publish()
    events = labelled("bench-01", [f"AST-{n:06d}" for n in range(1, 8)])
    room.send("bench-01", events)
    assert room.new_for() == []
    room.send("bench-01", labelled("bench-01", ["AST-000008"], after=events[-1]))
    assert room.new_for() == ["bench-01"]
    assert room.new_for() == [], "once"
    room.take("bench-01")
    with delivered(room.record("bench-01")) as found:
        assert found.blocks("AST") == (range(1, 11), range(11, 21))


def test_no_more_blocks_are_given_where_nobody_wants_it(room: ReleaseRoom) -> None:
    room.allot("bench-01", 2)
    room.publish()
    room.send("bench-01", labelled("bench-01", ["AST-000001", "AST-000002"]))
    assert room.new_for(cadence=Cadence(top_up=0)) == []


def test_a_bench_that_came_back_from_an_image_gives_no_tag_again(room: ReleaseRoom) -> None:
    room.allot("bench-01", 100)
    room.send("bench-01", labelled("bench-01", ["AST-000001", "AST-000031"]))
    room.edit("UPDATE custody.bench SET epoch = 2 WHERE bench_id = 'bench-01'")
    room.publish()
    room.take("bench-01")
    with delivered(room.record("bench-01")) as found:
        assert found.blocks("AST") == (range(32, 101),)


def test_a_bench_that_writes_wild_tags_takes_none_from_others(room: ReleaseRoom) -> None:
    room.send("bench-02", labelled("bench-02", ["AST-99999999", "AST-000002"]))
    assert room.allot("bench-01", 10) == range(3, 13)


@pytest.mark.parametrize(
    ("bench", "prefix", "count", "first"),
    [
        ("nobody", "AST", 1, 1),
        ("bench-01", "ast", 1, 1),
        ("bench-01", "AST", 0, 1),
        ("bench-01", "AST", 1_000_001, 1),
        ("bench-01", "AST", 2, 99_999_999),
        ("bench-01", "'; DROP TABLE custody.event; --", 1, 1),
    ],
)
def test_a_block_that_cannot_be_is_refused_with_words(
    room: ReleaseRoom, bench: str, prefix: str, count: int, first: int
) -> None:
    with room.service() as connection, pytest.raises(ProblemError) as refused:
        taking_over.allot(connection, bench, prefix, count, first)
    assert refused.value.problem.code is ProblemCode.CENTRE_UNUSABLE


# ── what may stand on a label ───────────────────────────────────────────────────────────────────
def blocks_of(room: ReleaseRoom, bench: str) -> object:
    room.publish(cadence=Cadence(top_up=0))
    room.take(bench)
    with delivered(room.record(bench)) as found:
        return found.blocks("AST")


def test_a_number_that_another_bench_gave_is_cut_out_of_a_block(room: ReleaseRoom) -> None:
    assert room.allot("bench-01", 10) == range(1, 11)
    assert blocks_of(room, "bench-01") == (range(1, 11),)
    room.send("bench-02", labelled("bench-02", ["AST-000004", "AST-000007"]))
    assert blocks_of(room, "bench-01") == (range(1, 4), range(5, 7), range(8, 11))
    room.send("bench-01", labelled("bench-01", ["AST-000005"]))
    assert blocks_of(room, "bench-01") == (range(5, 7), range(8, 11)), "below it may be labels"


def test_in_a_new_epoch_all_blocks_are_cut_up_to_the_highest_that_was_seen(
    room: ReleaseRoom,
) -> None:
    room.allot("bench-01", 4)
    room.allot("bench-01", 10)
    room.send("bench-01", labelled("bench-01", ["AST-000001", "AST-000006"]))
    room.edit("UPDATE custody.bench SET epoch = 2 WHERE bench_id = 'bench-01'")
    assert blocks_of(room, "bench-01") == (range(7, 15),), "3 and 4 may have been lost"


def test_at_the_end_of_a_prefix_the_others_get_their_releases(room: ReleaseRoom) -> None:
    room.allot("bench-01", 10, beginning=99_999_990)
    room.send("bench-01", labelled("bench-01", ["AST-99999998"]))
    assert room.new_for() == ["bench-01", "bench-02", "bench-09"]
    (remark,) = room.remarks
    assert (remark.where, remark.is_refusal) == ("bench-01 AST", True)
    assert "no such block left" in str(remark)


def test_benches_that_count_by_themselves_under_one_prefix_are_told_of(room: ReleaseRoom) -> None:
    room.send("bench-01", labelled("bench-01", ["AST-000001"]))
    room.send("bench-09", labelled("bench-09", ["AST-000001"]))
    room.publish()
    assert not room.remarks, "each is the only one of its organisation"
    room.send("bench-02", labelled("bench-02", ["AST-000001"]))
    room.publish()
    (remark,) = room.remarks
    assert "bench-01, bench-02 give asset tags under AST" in str(remark)
    assert not remark.is_refusal
    room.allot("bench-01", 10)
    room.publish()
    assert not room.remarks, "from now on no bench gives one but from its blocks"


# ── a store that was restored ───────────────────────────────────────────────────────────────────
def test_after_a_restore_by_the_book_no_two_benches_have_a_number_in_common(
    room: ReleaseRoom,
) -> None:
    assert room.allot("bench-01", 10) == range(1, 11)
    room.publish()
    room.publish(cadence=Cadence(anew=True))
    room.take("bench-01")
    for lost in ("tag_block", "release_part", "release"):
        room.edit(f"DELETE FROM custody.{lost}")
    with pytest.raises(ProblemError, match="restored from a backup"):
        room.take("bench-01")
    room.allot("bench-02", 10, beginning=1001)
    room.publish(later=timedelta(minutes=10), cadence=Cadence(anew=True))
    assert room.take("bench-01"), "although the store forgot the numbers that it gave"
    with delivered(room.record("bench-01")) as found:
        assert found.blocks("AST") == ()
    assert blocks_of(room, "bench-02") == (range(1001, 1011),)
