"""What was still on its way when the next epoch was opened: taken, but never a second history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bench.custody.entries import SealedEvent
from bench.inventory.central import benches
from tests.peers.centre.centre_room import CentreRoom, centre_room, chained, made_up, sealed_event
from tests.peers.centre.test_exchange import AT, Bench


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreRoom]:
    with centre_room(tmp_path_factory.mktemp("centre")) as made:
        yield made


@pytest.fixture
def bench(room: CentreRoom) -> Iterator[Bench]:
    its = Bench(room, f"bench-{len(room.benches):03d}")
    yield its
    its.session.close()


def opened(bench: Bench, epoch: int = 2) -> None:
    with bench.room.admin() as admin:
        benches.open_epoch(admin, bench.name, epoch)


def begins(bench: Bench, follows: SealedEvent, **other: Any) -> list[SealedEvent]:
    """The first event of the next epoch, as a record that is opened anew writes it."""
    said = {"epoch": 1, "seq": follows.seq, "hash": follows.hash.hex(), **other}
    its = {"type": "epoch_opened", "at": AT, "data": {"continues": said}}
    return chained(bench.name, [its], epoch=2)


def alarms(bench: Bench) -> list[tuple[Any, ...]]:
    return bench.asked(
        "SELECT a.epoch, a.kind FROM custody.open_alarm a JOIN custody.bench b USING (bench_no)"
        " WHERE bench_id = %s AND a.kind = 'fork'"
    )


def test_what_was_not_sent_before_the_next_epoch_was_opened_is_taken_whatever_the_order(
    bench: Bench,
) -> None:
    events = bench.made_up(6)
    bench.bring(events[:2])
    opened(bench)
    assert bench.bring(events[2:4])[:2] == ("ok", 4)
    assert bench.bring(begins(bench, events[-1]), epoch=2).status == "ok"
    assert bench.bring(events[3:]) == ("ok", 6, events[-1].hash, 2, {})
    assert bench.bring(events).stored == 0


def test_an_epoch_of_which_nothing_came_at_all_is_taken_late(bench: Bench) -> None:
    events = bench.made_up(3)
    opened(bench)
    assert bench.bring(begins(bench, events[-1]), epoch=2).status == "ok"
    assert bench.bring(events)[:2] == ("ok", 3)


def test_beyond_where_the_next_epoch_says_that_it_ended_nothing_is_taken(bench: Bench) -> None:
    events = bench.made_up(5)
    bench.bring(events[:3])
    opened(bench)
    bench.bring(begins(bench, events[2]), epoch=2)
    assert bench.bring(events[3:])[:2] == ("frozen", 3)
    assert bench.bring(events[2:4])[:2] == ("frozen", 3)
    assert bench.state() == "active"


def test_where_the_next_epoch_names_another_history_nothing_is_taken(bench: Bench) -> None:
    events = bench.made_up(4)
    bench.bring(events[:2])
    opened(bench)
    bench.bring(begins(bench, events[3], hash="0" * 64), epoch=2)
    assert bench.bring(events[2:3]).status == "ok"
    assert bench.bring(events[3:]).status == "fork"
    assert bench.bring(events[3:]).status == "frozen"
    assert (bench.state(), alarms(bench)) == ("active", [(1, "fork")])


@pytest.mark.parametrize("other", [{"epoch": 7}, {"epoch": "1"}, {"seq": -1}, {"seq": "x"}])
def test_where_the_next_epoch_does_not_say_what_it_follows_nothing_is_taken(
    bench: Bench, other: dict[str, Any]
) -> None:
    events = bench.made_up(2)
    opened(bench)
    bench.bring(begins(bench, events[-1], **other), epoch=2)
    assert bench.bring(events).status == "frozen"


def test_an_epoch_that_forked_never_goes_on(bench: Bench) -> None:
    events = bench.made_up(5)
    bench.bring(events[:3])
    assert bench.bring([events[0], sealed_event(2, b"{}")]).status == "fork"
    assert bench.bring(events[3:]).status == "frozen"
    opened(bench)
    assert bench.bring(events[3:])[:2] == ("frozen", 3)
    assert bench.bring(made_up(bench.name, 2, epoch=2), epoch=2).status == "ok"


def test_an_epoch_that_an_administrator_froze_never_goes_on(bench: Bench) -> None:
    events = bench.made_up(2)
    with bench.room.admin() as admin:
        admin.execute(
            "UPDATE custody.bench SET state = 'frozen' WHERE bench_id = %s", (bench.name,)
        )
    opened(bench)
    assert bench.bring(events).status == "frozen"


def test_a_copy_that_goes_on_in_an_earlier_epoch_is_found_and_stops_only_that_one(
    bench: Bench,
) -> None:
    events = bench.made_up(3)
    bench.bring(events)
    opened(bench)
    bench.bring(begins(bench, events[-1]), epoch=2)
    assert bench.bring([events[0], sealed_event(2, b"{}")]).status == "fork"
    assert alarms(bench) == [(1, "fork")]
    later = chained(bench.name, [{"type": "scanned", "at": AT}], epoch=2,
                    after=begins(bench, events[-1])[0])  # fmt: skip
    assert bench.bring(later, epoch=2).status == "ok"
    opened(bench, 3)
    assert alarms(bench) == []


def test_who_is_frozen_or_retired_brings_nothing_of_any_epoch(bench: Bench) -> None:
    events = bench.made_up(3)
    bench.bring(events[:1])
    opened(bench)
    bench.bring(begins(bench, events[-1]), epoch=2)
    with bench.room.admin() as admin:
        for state in ("frozen", "retired"):
            admin.execute(
                "UPDATE custody.bench SET state = %s WHERE bench_id = %s", (state, bench.name)
            )
            assert bench.bring(events[1:]).status == "frozen"
