"""Records that are not what the centre has."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bench.custody.chain import leaf_hash
from bench.inventory.doors import door_of
from bench.inventory.sync.sending import Outcome
from bench.problems import ProblemCode, ProblemError
from bench.settings import CentralSettings
from tests.bench.custody.record import tamper
from tests.peers.centre.centre_room import CentreRoom
from tests.peers.sync.long_records import lengthen
from tests.peers.sync.sync_room import (
    BenchRoom,
    done,
    is_whole,
    new_bench,
    stopped,
)


def forked(bench: BenchRoom) -> str:
    """Sync a record of which the store has another history; return why it is to freeze."""
    sent = bench.sync()
    assert sent.problem is not None
    assert (sent.outcome, sent.problem.code) == (Outcome.STOPPED, ProblemCode.CENTRE_FORKED)
    return sent.freeze


def image(bench: BenchRoom, tmp_path: Path) -> Path:
    return shutil.copytree(bench.folder, tmp_path / "image")


def restored(bench: BenchRoom, image: Path) -> None:
    shutil.rmtree(bench.folder)
    shutil.copytree(image, bench.folder)


def test_a_bench_restored_from_an_image_that_works_on_is_frozen_at_both_ends(
    bench: BenchRoom, tmp_path: Path
) -> None:
    bench.sync()
    old = image(bench, tmp_path)
    bench.record_events(30)
    bench.sync()
    right = bench.stored()
    restored(bench, old)
    bench.record_events(10)
    assert forked(bench) == "the central store has 150 events, 130 are here"
    assert (bench.stored(), bench.state(), bench.alarms()) == (right, "frozen", ["fork"])
    assert forked(bench)
    assert bench.alarms() == ["fork"]


def test_a_bench_restored_from_an_image_that_did_nothing_yet_hears_of_it_too(
    bench: BenchRoom, tmp_path: Path
) -> None:
    old = image(bench, tmp_path)
    bench.record_events(30)
    bench.sync()
    restored(bench, old)
    assert forked(bench) == "the central store has 150 events, 120 are here"


def test_a_restored_bench_that_has_grown_past_the_centre_is_frozen(
    bench: BenchRoom, tmp_path: Path
) -> None:
    old = image(bench, tmp_path)
    bench.record_events(5)
    bench.sync()
    restored(bench, old)
    bench.record_events(40)
    assert forked(bench) == "event 125 is another one in the central store"
    assert (bench.state(), bench.alarms()) == ("frozen", ["fork"])


def test_events_that_were_edited_after_the_chain_are_not_taken_and_what_is_before_them_is(
    bench: BenchRoom,
) -> None:
    (body,) = [body for seq, body in bench.recorded() if seq == 71]
    edited = body.replace("made up", "made on")
    tamper(
        bench.record,
        "UPDATE event SET body = ?1, hash = ?2 WHERE seq = 71",
        values=(edited, leaf_hash(edited.encode())),
    )
    said = stopped(bench, ProblemCode.EVENTS_NOT_TAKEN)
    assert "event 72: broken chain" in said
    assert [seq for seq, _ in bench.stored()] == list(range(1, 72))
    assert set(bench.alarms()) == {"broken_chain"}
    assert bench.state() == "active"


def test_events_in_another_order_are_not_taken(bench: BenchRoom) -> None:
    rows = dict(bench.recorded())
    for seq, body in ((90, rows[91]), (91, rows[90])):
        tamper(
            bench.record,
            "UPDATE event SET body = ?1, hash = ?2 WHERE seq = ?3",
            values=(body, leaf_hash(body.encode()), seq),
        )
    assert "event 90" in stopped(bench, ProblemCode.EVENTS_NOT_TAKEN)
    assert len(bench.stored()) == 89


def test_events_of_another_bench_are_not_taken(bench: BenchRoom) -> None:
    lengthen(bench.record, "bench-99", 130)
    assert "event 121" in stopped(bench, ProblemCode.EVENTS_NOT_TAKEN)
    assert len(bench.stored()) == 120


def test_the_record_of_another_bench_is_not_sent(
    bench: BenchRoom, centre: CentreRoom, tmp_path: Path
) -> None:
    other = new_bench(centre, tmp_path, events=5)
    shutil.copy(other.record, bench.record)
    assert f"the record is of {other.name}" in stopped(bench, ProblemCode.CENTRE_REFUSED)
    assert bench.stored() == other.stored() == []


def test_a_bench_frozen_at_the_centre_is_not_frozen_here(bench: BenchRoom) -> None:
    bench.sync()
    bench.record_events(2)
    with bench.centre.admin() as admin:
        admin.execute(
            "UPDATE custody.bench SET state = 'frozen' WHERE bench_id = %s", (bench.name,)
        )
    sent = bench.sync()
    assert sent.problem is not None
    assert (sent.problem.code, sent.freeze) == (ProblemCode.CENTRE_FROZEN, "")


def test_what_a_centre_lost_is_sent_again_and_said(bench: BenchRoom) -> None:
    bench.sync()
    its = f"bench_no = {bench.number}"
    done(
        bench,
        "SET session_replication_role = replica;"
        f" DELETE FROM custody.event WHERE {its} AND seq > 50;"
        " UPDATE custody.head SET last_seq = 50, last_hash = (SELECT hash FROM custody.event"
        f" WHERE {its} AND seq = 50) WHERE {its}",
    )
    with bench.session() as has:
        has.courier.go()
        (warning,) = has.courier.warnings.values()
        assert warning.code is ProblemCode.CENTRE_FORGOT
        assert warning.detail == "120 before, 50 now"
        has.courier.go()
        assert not has.courier.warnings
    is_whole(bench)


def test_a_simulated_record_goes_to_no_other_computer(bench: BenchRoom) -> None:
    central = CentralSettings("postgresql://centre.invalid/custody", "c", "k", "t")
    with pytest.raises(ProblemError) as refused:
        door_of(central, bench.header, lambda name: name)
    assert refused.value.problem.code is ProblemCode.SIMULATED_NEVER_SYNCS
