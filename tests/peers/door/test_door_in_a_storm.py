"""Many benches, a store that goes and comes, a door that closes: nothing lost, nothing twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from bench.custody.entries import SealedEvent
from bench.inventory.centre import Answer, Status
from bench.inventory.doors.https import HttpsDoor
from bench.inventory.doors.trouble import BusyError, UnreachableError
from tests.peers.centre.centre_room import CentreRoom, centre_room, made_up
from tests.peers.door.door_room import DoorRoom, open_door, slower

_names = (f"bench-{number:03}" for number in count(1))


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreRoom]:
    with centre_room(tmp_path_factory.mktemp("centre")) as room:
        yield room


@pytest.fixture
def name(centre: CentreRoom) -> str:
    return centre.add_bench(next(_names)).name


def bring(door: HttpsDoor, events: Sequence[SealedEvent], size: int) -> int:
    """Bring all as a bench does, coming again when told to; return how often it was put off."""
    put_off, after = 0, 0
    while after < len(events):
        try:
            answer = door.exchange(1, after + 1, events[after : after + size])
        except (BusyError, UnreachableError):
            put_off += 1
            time.sleep(0.01)
            continue
        assert answer.status is Status.OK
        assert answer.accepted_through is not None
        after = answer.accepted_through
    return put_off


def kept(centre: CentreRoom, name: str) -> list[str]:
    with centre.admin() as admin:
        return [
            body
            for (body,) in admin.execute(
                "SELECT body FROM custody.event JOIN custody.bench USING (bench_no)"
                " WHERE bench_id = %s ORDER BY seq",
                (name,),
            )
        ]


def wait_until_they_wait(centre: CentreRoom, many: int) -> None:
    """Wait until so many requests stand before a lock in the store."""
    with centre.admin() as admin:
        while admin.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE usename = 'door' AND wait_event_type = 'Lock'"
        ).fetchone() != (many,):
            time.sleep(0.01)


def alarms(centre: CentreRoom) -> list[tuple[str]]:
    with centre.admin() as admin:
        return admin.execute("SELECT kind FROM custody.alarm").fetchall()


def test_a_storm_of_429_loses_nothing_and_repeats_nothing(centre: CentreRoom) -> None:
    names = [centre.add_bench(next(_names)).name for _ in range(4)]
    with open_door(centre, limits=slower(rate=4.0, burst=1, at_once_each=1)) as room:
        doors = [room.door(name) for name in names for _ in range(2)]
        events = [made_up(name, 60) for name in names for _ in range(2)]
        with ThreadPoolExecutor(len(doors)) as pool:
            put_off = list(pool.map(bring, doors, events, [30] * len(doors)))
        for door in doors:
            door.close()
    assert sum(put_off) > 0
    for name, its in zip(names, events[::2], strict=True):
        assert kept(centre, name) == [each.body.decode() for each in its]
    assert alarms(centre) == []


def test_a_store_that_restarts_under_the_door_is_found_again(centre: CentreRoom, name: str) -> None:
    events = made_up(name, 600)
    with open_door(centre) as room:
        door = room.door(name)
        assert door.exchange(1, 1, events[:10]).accepted_through == 10
        centre.server.stop()
        with pytest.raises(BusyError) as busy:
            door.exchange(1, 11, events[10:20])
        assert busy.value.retry_after == 5.0
        centre.server.start()
        bring(door, events, 100)
        door.close()
    assert kept(centre, name) == [each.body.decode() for each in events]


def test_sessions_that_are_ended_under_the_door_are_not_noticed(
    centre: CentreRoom, name: str
) -> None:
    events = made_up(name, 3)
    with open_door(centre) as room:
        door = room.door(name)
        for event in events:
            assert door.exchange(1, event.seq, [event]).accepted_through == event.seq
            with centre.admin() as admin:
                admin.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                    " WHERE usename = 'door'"
                )
        door.close()
    assert len(kept(centre, name)) == 3


def test_a_full_pool_is_said_and_passes(centre: CentreRoom, name: str) -> None:
    limits = slower(pool=1, pool_wait=0.1, store=20.0)
    with open_door(centre, limits=limits) as room, centre.admin() as admin:
        door, other = room.door(name), room.door(name)
        door.exchange(1, 1, made_up(name, 1))
        with admin.transaction():
            admin.execute("SELECT FROM custody.head FOR UPDATE")
            held = threading.Thread(target=door.exchange, args=(1, 1))
            held.start()
            wait_until_they_wait(centre, 1)
            with pytest.raises(BusyError) as busy:
                other.exchange(1, 1)
            assert busy.value.retry_after
        held.join()
        assert other.exchange(1, 1).accepted_through == 1
        door.close()
        other.close()


def test_a_bench_has_two_at_once_and_another_is_served_meanwhile(
    centre: CentreRoom, name: str
) -> None:
    beside = centre.add_bench(next(_names)).name
    with open_door(centre) as room, centre.admin() as admin:
        doors = [room.door(name) for _ in range(2)]
        for door in doors:
            door.exchange(1, 1, made_up(name, 1))
        with admin.transaction(), ThreadPoolExecutor(2) as pool:
            admin.execute("SELECT FROM custody.head FOR UPDATE")
            held = [pool.submit(door.exchange, 1, 1) for door in doors]
            wait_until_they_wait(centre, 2)
            third = room.door(name)
            with pytest.raises(BusyError, match="429"):
                third.exchange(2, 1)
            third.close()
            other = room.door(beside)
            assert other.exchange(2, 1).status is Status.FROZEN
            other.close()
            admin.execute("ROLLBACK")
            assert [each.result().status for each in held] == [Status.OK, Status.OK]
        for door in doors:
            door.close()


def test_a_store_that_takes_too_long_is_given_up(centre: CentreRoom, name: str) -> None:
    with open_door(centre, limits=slower(store=0.3)) as room, centre.admin() as admin:
        door = room.door(name)
        door.exchange(1, 1, made_up(name, 1))
        with admin.transaction():
            admin.execute("SELECT FROM custody.head FOR UPDATE")
            with pytest.raises(BusyError):
                door.exchange(1, 1)
        assert door.exchange(1, 1).accepted_through == 1
        door.close()


def test_what_is_under_way_is_finished_when_the_door_closes(centre: CentreRoom, name: str) -> None:
    answers: list[Answer] = []
    with centre.admin() as admin:
        with open_door(centre) as room:
            door = room.door(name)
            door.exchange(1, 1, made_up(name, 1))
            admin.execute("BEGIN")
            admin.execute("SELECT FROM custody.head FOR UPDATE")
            under_way = threading.Thread(target=lambda: answers.append(door.exchange(1, 1)))
            under_way.start()
            wait_until_they_wait(centre, 1)
            ended = threading.Timer(0.2, admin.execute, ("ROLLBACK",))
            ended.start()
        under_way.join()
        ended.join()
    door.close()
    assert [answer.accepted_through for answer in answers] == [1]


def test_a_door_closes_at_once_though_lines_are_kept(centre: CentreRoom, name: str) -> None:
    with open_door(centre) as room:
        doors = [room.door(name) for _ in range(3)]
        for door in doors:
            door.exchange(1, 1)
        begun = time.monotonic()
    assert time.monotonic() - begun < 3
    for door in doors:
        with pytest.raises(UnreachableError):
            door.exchange(1, 1)
        door.close()


def test_a_store_of_another_form_is_the_centres_trouble(centre: CentreRoom, name: str) -> None:
    with open_door(centre) as room, centre.admin() as admin:
        admin.execute("REVOKE EXECUTE ON FUNCTION custody.exchange_for FROM staging_door")
        door = room.door(name)
        with pytest.raises(BusyError):
            door.exchange(1, 1)
        admin.execute("GRANT EXECUTE ON FUNCTION custody.exchange_for TO staging_door")
        assert door.exchange(1, 1).status is Status.OK
        door.close()
    assert [line for line in room.said if line.startswith("The store: 42501")]


def test_the_doors_role_may_do_nothing_else(centre: CentreRoom) -> None:
    centre.benches.get("door") or centre.add_door("door")
    with centre.as_bench("door") as session:
        for statement in (
            "SELECT FROM custody.token", "SELECT FROM custody.bench", "SELECT FROM custody.event",
            "SELECT custody.exchange(1, 1, '{}', '{}', '{}')", "CREATE TABLE custody.x ()",
        ):  # fmt: skip
            with pytest.raises(Exception, match="permission denied"):
                session.execute(statement.encode())


def test_requests_are_written_down_without_what_they_bring(centre: CentreRoom, name: str) -> None:
    with open_door(centre) as room:
        _brought(room, name)
    (line,) = [line for line in room.said if "/v1/exchange 200" in line]
    assert line.startswith(f"127.0.0.1 {name} POST /v1/exchange 200 3 events ")


def _brought(room: DoorRoom, name: str) -> None:
    door = room.door(name)
    door.exchange(1, 1, made_up(name, 3, imei="004400000000008"))
    door.close()
    assert not [line for line in room.said if "00440000" in line]
