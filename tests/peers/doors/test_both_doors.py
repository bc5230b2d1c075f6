"""What a bench may count on, whichever door it goes through."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest

from bench.inventory.centre import Answer, Asks, Centre, Status
from bench.inventory.doors.postgres import PostgresDoor
from bench.inventory.doors.trouble import BusyError, RefusedError, UnreachableError
from tests.peers.centre.centre_room import CentreRoom, centre_room, made_up
from tests.peers.door.door_room import open_door

MADE = Callable[[str], Centre]
_names = (f"bench-{number:03}" for number in count(1))


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreRoom]:
    with centre_room(tmp_path_factory.mktemp("centre")) as room:
        yield room


def over_postgres(centre: CentreRoom, _: ExitStack) -> MADE:
    def made(name: str) -> Centre:
        its = centre.benches[name]
        address = f"postgresql://localhost:{centre.server.port}/{centre.database}"
        return PostgresDoor(address, its.certificate, its.key, its.trust, name)

    return made


def over_https(centre: CentreRoom, stack: ExitStack) -> MADE:
    return stack.enter_context(open_door(centre)).door


@pytest.fixture(scope="module", params=[over_postgres, over_https])
def doors(request: pytest.FixtureRequest, centre: CentreRoom) -> Iterator[MADE]:
    with ExitStack() as stack:
        yield request.param(centre, stack)


@pytest.fixture
def name(centre: CentreRoom) -> str:
    return centre.add_bench(next(_names)).name


@pytest.fixture
def door(doors: MADE, name: str) -> Iterator[Centre]:
    made = doors(name)
    yield made
    made.close()


def stored(centre: CentreRoom, name: str) -> list[tuple[int, str]]:
    with centre.admin() as admin:
        return admin.execute(
            "SELECT seq, body FROM custody.event JOIN custody.bench USING (bench_no)"
            " WHERE bench_id = %s ORDER BY event.epoch, seq",
            (name,),
        ).fetchall()


def told(centre: CentreRoom, statement: str, *words: object) -> None:
    with centre.admin() as admin:
        admin.execute(statement.encode(), words)


def test_events_that_follow_are_stored_and_the_head_is_told(
    centre: CentreRoom, door: Centre, name: str
) -> None:
    events = made_up(name, 3)
    assert door.exchange(1, 1, events) == Answer(Status.OK, 3, events[-1].hash, 3)
    assert stored(centre, name) == [(each.seq, each.body.decode()) for each in events]


def test_an_empty_exchange_tells_the_head(door: Centre, name: str) -> None:
    events = made_up(name, 2)
    door.exchange(1, 1, events)
    assert door.exchange(1, 1) == Answer(Status.OK, 2, events[-1].hash)


def test_a_lost_reply_is_no_second_event(centre: CentreRoom, door: Centre, name: str) -> None:
    events = made_up(name, 4)
    door.exchange(1, 1, events[:3])
    assert door.exchange(1, 1, events[:3]).stored == 0
    assert door.exchange(1, 2, events[1:]).stored == 1
    assert len(stored(centre, name)) == 4


def test_a_gap_stores_nothing_and_tells_the_head(door: Centre, name: str) -> None:
    events = made_up(name, 5)
    door.exchange(1, 1, events[:1])
    assert door.exchange(1, 4, events[3:]) == Answer(Status.GAP, 1, events[0].hash)


def test_another_history_is_a_fork_and_freezes_the_bench(door: Centre, name: str) -> None:
    door.exchange(1, 1, made_up(name, 2))
    other = made_up(name, 3, imei="004400000000008")
    assert door.exchange(1, 1, other).status is Status.FORK
    assert door.exchange(1, 3, other[2:]).status is Status.FROZEN


def test_another_epoch_than_the_centres_is_frozen(door: Centre, name: str) -> None:
    assert door.exchange(2, 1, made_up(name, 1, epoch=2)).status is Status.FROZEN


def test_an_edited_event_breaks_the_chain_and_the_bench_is_not_frozen(
    centre: CentreRoom, door: Centre, name: str
) -> None:
    events = made_up(name, 3)
    edited = events[1]._replace(body=events[1].body.replace(b"scanned", b"staged_"))
    assert door.exchange(1, 1, [events[0], edited, events[2]]).status is Status.BROKEN_CHAIN
    assert stored(centre, name) == []
    assert door.exchange(1, 1, events).status is Status.OK


def test_an_event_with_an_escaped_nul_is_no_obstacle(door: Centre, name: str) -> None:
    (event,) = made_up(name, 1)
    body = event.body.replace(b'"scanned"', rb'"sc\u0000ned"')
    odd = event._replace(body=body, hash=sha256(b"\0" + body).digest())
    assert door.exchange(1, 1, [odd]) == Answer(Status.OK, 1, odd.hash, 1)


def test_too_many_events_are_no_request(door: Centre, name: str) -> None:
    assert door.exchange(1, 1, made_up(name, 5001)).status is Status.BAD_REQUEST


def test_no_number_before_the_first_is_a_request(door: Centre, name: str) -> None:
    assert door.exchange(1, 0, made_up(name, 1)).status is Status.BAD_REQUEST


def test_the_centre_says_who_it_is_when_asked(door: Centre, name: str) -> None:
    hello = door.exchange(1, 1, asks=Asks(hello=True)).answers["hello"]
    assert isinstance(hello, dict)
    assert (hello["name"], hello["bench"], hello["epoch"]) == ("test centre", name, 1)


def test_the_centre_says_where_other_benches_have_a_handset(
    centre: CentreRoom, doors: MADE, door: Centre
) -> None:
    other = centre.add_bench(next(_names)).name
    beside, imei = doors(other), f"0044000000{other[-3:]}00"
    beside.exchange(1, 1, made_up(other, 2, imei=imei))
    beside.close()
    answers = door.exchange(1, 1, asks=Asks(imeis=(imei,))).answers
    said = json.dumps(answers["sightings"])
    assert [(each["bench"], each["phase"]) for each in json.loads(said)] == [(other, "at-bench")]


def test_releases_and_their_parts_come_down_when_asked(
    centre: CentreRoom, door: Centre, name: str
) -> None:
    text = f"{name} " + "ü" * 40_000
    digest = sha256(text.encode())
    told(centre, "INSERT INTO custody.part VALUES (%s, %s)", digest.digest(), text)
    told(
        centre,
        "INSERT INTO custody.release SELECT bench_no, 7, 'a note' FROM custody.bench"
        " WHERE bench_id = %s",
        name,
    )
    asks = Asks(release=6, part=digest.hexdigest())
    assert door.exchange(1, 1, asks=asks).answers == {"release": "a note", "part": text}
    assert door.exchange(1, 1, asks=Asks(release=7)).answers == {"release": None}


def test_a_bench_that_the_centre_does_not_know_is_refused(
    centre: CentreRoom, door: Centre, name: str
) -> None:
    told(
        centre,
        "UPDATE custody.bench SET role_name = %s, bench_id = %s WHERE bench_id = %s",
        f"gone-{name}", f"gone-{name}", name,
    )  # fmt: skip
    assert is_refused(door, name)


def test_an_ended_certificate_is_refused_also_between_two_exchanges(
    centre: CentreRoom, door: Centre, name: str
) -> None:
    assert door.exchange(1, 1, made_up(name, 1)).status is Status.OK
    told(
        centre,
        "UPDATE custody.certificate SET ends_at = now() WHERE serial = %s",
        centre.benches[name].identity.serial,
    )
    assert is_refused(door, name)
    assert len(stored(centre, name)) == 1


def is_refused(door: Centre, name: str) -> bool:
    """Either door may say it in its own way: as trouble, or as the store's own word."""
    try:
        status = door.exchange(1, 2, made_up(name, 2)[1:]).status
    except RefusedError:
        return True
    return status in (Status.UNKNOWN_BENCH, Status.CERTIFICATE_ENDED)


def test_a_bench_goes_on_when_the_server_is_back(
    centre: CentreRoom, door: Centre, name: str
) -> None:
    events = made_up(name, 2)
    assert door.exchange(1, 1, events[:1]).status is Status.OK
    centre.server.stop()
    try:
        with pytest.raises((UnreachableError, BusyError)):
            door.exchange(1, 2, events[1:])
    finally:
        centre.server.start()
    assert door.exchange(1, 2, events[1:]) == Answer(Status.OK, 2, events[1].hash, 1)


def test_nothing_that_a_door_says_of_trouble_holds_what_was_sent(
    door: Centre, name: str, tmp_path: Path
) -> None:
    canary = "canary-7f3a"
    said = json.loads(made_up(name, 1)[0].body) | {"prev": canary, "kept": str(tmp_path)}
    body = json.dumps(said).encode()
    event = made_up(name, 1)[0]._replace(body=body)
    answer = door.exchange(1, 1, [event])
    assert answer.status is Status.BROKEN_CHAIN
    assert canary not in repr(answer)
    assert canary not in repr(door)
