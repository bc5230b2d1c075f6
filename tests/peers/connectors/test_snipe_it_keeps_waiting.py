"""A Snipe-IT that asks to wait or hangs, two who feed it, one that is killed."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from bench.inventory.connectors.filed import SnipeIt
from bench.inventory.connectors.pace import Budget
from bench.inventory.connectors.preview import preview
from bench.inventory.connectors.reconciling import reconcile
from bench.inventory.connectors.snipe_it.connector import SnipeItConnector
from bench.problems import ProblemCode, ProblemError
from tests.peers.centre.centre_room import CentreRoom, made_up
from tests.peers.connectors.connectors_room import (
    ENOUGH,
    Centre,
    FakeTime,
    another,
    fed,
    fed_by,
)
from tests.peers.connectors.snipe_it_stand_in import SnipeItStandIn


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


# ── too many requests ───────────────────────────────────────────────────────────────────────────
def test_the_rate_of_the_account_is_kept(
    centre: Centre, there: SnipeItStandIn, settings: SnipeIt, time: FakeTime
) -> None:
    there.per_minute = 30
    connector = fed_by(replace(settings, per_minute=30), time)
    centre.begun(connector)
    centre.has_each(range(1, 16))
    began = time.now
    assert fed(centre, connector).done == 15
    assert there.refused == 0
    assert time.now - began >= (len(there.wire.seen) - 2) * 2 - 60


def test_a_storm_of_429_is_waited_out_and_left_alone_longer_each_time(
    centre: Centre, there: SnipeItStandIn, connector: SnipeItConnector, time: FakeTime
) -> None:
    centre.has(1)
    there.wire.fails("429", "GET", "/hardware", times=4)
    assert fed(centre, connector).done == 1
    assert [round(each) for each in time.slept if each > 5] == [60, 60, 180, 420]


def test_a_storm_longer_than_the_time_there_is_ends_the_feeding_and_is_remembered(
    centre: Centre, there: SnipeItStandIn, settings: SnipeIt, connector: SnipeItConnector,
    time: FakeTime,
) -> None:  # fmt: skip
    device = centre.has(1)
    there.wire.fails("429", "GET", "/hardware", times=1000)
    assert "asks to wait" in fed(centre, connector, Budget(seconds=100)).left
    assert centre.row(device)["state"] == "waiting"
    asked = len(there.wire.seen)
    with centre.admin() as admin:
        admin.execute("UPDATE custody.connector SET next_try = now()")
    assert "asks to wait" in fed(centre, fed_by(settings, time), Budget(seconds=10)).left
    assert len(there.wire.seen) == asked


def test_a_feeding_that_has_no_more_time_goes_on_where_it_was(
    centre: Centre, there: SnipeItStandIn, settings: SnipeIt, time: FakeTime
) -> None:
    slow = replace(settings, per_minute=60)
    connector = fed_by(slow, time)
    centre.begun(connector)
    centre.has_each(range(1, 11))
    first = fed(centre, connector, Budget(seconds=20))
    assert (0 < first.done < 10, first.left) == (True, "its time is over")
    again = fed(centre, fed_by(slow, time), ENOUGH)
    assert (first.done + again.done, again.left) == (10, "")
    assert len(there.wire.asked("POST")) == 10


@pytest.mark.parametrize("what", [preview, reconcile])
def test_what_is_no_feeding_waits_for_a_while_says_so_and_lets_others_in(
    centre: Centre, there: SnipeItStandIn, settings: SnipeIt, time: FakeTime, what: Any
) -> None:
    centre.has(1)
    there.wire.fails("503", "GET", "/hardware", times=1000)
    connector, said, began = fed_by(settings, time), list[str](), time.now
    connector.pace.say = said.append
    more = [lambda _: None] if what is preview else []
    with pytest.raises(ProblemError) as raised:
        list(what(centre.connect, connector, *more, 600.0) or ())
    assert raised.value.problem.code is ProblemCode.CONNECTOR_BUSY
    assert time.now - began <= 600
    assert said[0] == "snipe-it: it is asked again in 60 s"
    there.wire.faults.clear()
    centre.begun(connector)
    connector.pace.until = time.now + 10_000
    assert fed(centre, connector).done == 1


# ── others, and restarts ────────────────────────────────────────────────────────────────────────
def test_of_two_feeders_one_feeds(
    centre: Centre, there: SnipeItStandIn, settings: SnipeIt, connector: SnipeItConnector
) -> None:
    centre.has(1)
    there.wire.fails("hang", "POST", "/hardware")
    feeding = threading.Thread(target=fed, args=(centre, connector))
    feeding.start()
    assert there.wire.hung.wait(10)
    with pytest.raises(ProblemError) as raised:
        fed(centre, fed_by(settings))
    assert raised.value.problem.code is ProblemCode.CONNECTOR_RUNNING
    there.wire.let_go.set()
    feeding.join(10)
    assert not feeding.is_alive()


def test_an_inventory_that_hangs_holds_up_no_bench(
    room: CentreRoom, there: SnipeItStandIn, connector: SnipeItConnector
) -> None:
    centre = another(room, "hanging")
    centre.begun(connector)
    centre.has(1)
    there.wire.fails("hang", "POST", "/hardware")
    feeding = threading.Thread(target=fed, args=(centre, connector))
    feeding.start()
    assert there.wire.hung.wait(10)
    with centre.admin() as admin:
        admin.execute("UPDATE custody.store SET asks_certificate = false")
        admin.execute(
            "INSERT INTO custody.head SELECT bench_no, 1, 0, decode(repeat('00', 32), 'hex')"
            " FROM custody.bench ON CONFLICT DO NOTHING"
        )
        admin.execute("SET lock_timeout = '2s'")
        with admin.transaction():
            admin.execute("LOCK TABLE custody.connector_device IN SHARE MODE NOWAIT")
        events = made_up("bench-1", 5)
        status = admin.execute(
            "SELECT status FROM custody.take_in(1, 1, 1, %s, %s)",
            ([e.body.decode() for e in events], [e.signature for e in events]),
        ).fetchone()
        open_for_long = admin.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND state = 'idle in transaction'"
        ).fetchone()
    assert status == ("ok",)
    assert open_for_long == (0,)
    there.wire.let_go.set()
    feeding.join(10)


def test_a_feeder_that_was_killed_leaves_nothing_behind_that_waits_for_it(
    centre: Centre, there: SnipeItStandIn, settings: SnipeIt, connector: SnipeItConnector
) -> None:
    centre.has_each(range(1, 4))
    there.wire.fails("hang", "POST", "/hardware", skip=1)
    broken: list[BaseException] = []

    def feed() -> None:
        try:
            fed(centre, connector)
        except psycopg.Error as error:
            broken.append(error)

    feeding = threading.Thread(target=feed)
    feeding.start()
    assert there.wire.hung.wait(10)
    with centre.admin() as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert fed(centre, fed_by(settings)).done == 2
    there.wire.let_go.set()
    feeding.join(10)
    assert broken
    assert len(there.stock.living()) == 3
    assert len({each["asset_tag"] for each in there.stock.living()}) == 3


def test_a_training_centre_tells_no_inventory_elsewhere(
    room: CentreRoom, settings: SnipeIt, there: SnipeItStandIn
) -> None:
    centre = another(room, "training")
    base = fed_by(settings)
    connector = SnipeItConnector(settings, base._line, base.pace, is_here=False)
    centre.begun(connector)
    with centre.admin() as admin:
        admin.execute("UPDATE custody.store SET simulated = true")
    with pytest.raises(ProblemError) as raised:
        fed(centre, connector)
    assert raised.value.problem.code is ProblemCode.SIMULATED_NEVER_SYNCS
    assert there.wire.seen == []
