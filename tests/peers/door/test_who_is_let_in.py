"""The door over HTTPS lets in who is known, and tells the others apart for nobody."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from bench.inventory.central.certificates import Authority, utc_now
from bench.inventory.centre import Status
from bench.inventory.doors.https import HttpsDoor, WebPass
from bench.inventory.doors.trouble import BusyError, RefusedError, UntrustedError
from bench.problems import ProblemCode, ProblemError
from tests.peers.centre.centre_room import CentreRoom, centre_room, made_up
from tests.peers.door.door_room import (
    DoorRoom,
    give_token,
    kept,
    open_door,
    revoke_token,
    slower,
)

TOKEN = "made-up-token-of-a-test-7f3a"
_names = (f"bench-{number:03}" for number in count(1))


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreRoom]:
    with centre_room(tmp_path_factory.mktemp("centre")) as room:
        yield room


@pytest.fixture(scope="module")
def room(centre: CentreRoom) -> Iterator[DoorRoom]:
    with open_door(centre, limits=slower(stranger_rate=10_000.0)) as opened:
        yield opened


@pytest.fixture
def name(centre: CentreRoom) -> str:
    return centre.add_bench(next(_names)).name


def asked(
    room: DoorRoom, headers: dict[str, str], shown: tuple[Path, Path] | None = None
) -> tuple[int, dict[str, str], bytes]:
    trust = next(iter(room.centre.benches.values())).trust
    tls = ssl.create_default_context(cafile=trust)
    if shown:
        tls.load_cert_chain(*shown)
    line = http.client.HTTPSConnection("localhost", room.port, context=tls, timeout=20)
    try:
        line.request(
            "POST", "/v1/exchange", '{"epoch":1,"from_seq":1}',
            {"Content-Type": "application/json", **headers},
        )  # fmt: skip
        answer = line.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        line.close()


def test_a_bench_with_a_token_needs_no_certificate(room: DoorRoom, name: str) -> None:
    give_token(room.centre, name, TOKEN + name)
    door = room.with_token(name, TOKEN + name)
    assert door.exchange(1, 1, made_up(name, 2)).accepted_through == 2
    door.close()


def test_a_token_that_is_revoked_in_mid_sync_ends_it(room: DoorRoom, name: str) -> None:
    give_token(room.centre, name, TOKEN + name)
    door, events = room.with_token(name, TOKEN + name), made_up(name, 4)
    assert door.exchange(1, 1, events[:2]).status is Status.OK
    revoke_token(room.centre, TOKEN + name)
    for _ in range(2):
        with pytest.raises(RefusedError):
            door.exchange(1, 3, events[2:])
    door.close()
    other = room.door(name)
    assert other.exchange(1, 1).accepted_through == 2
    other.close()


def test_whatever_is_wrong_is_answered_with_the_same_words(
    room: DoorRoom, name: str, centre: CentreRoom
) -> None:
    other = centre.add_bench(next(_names))
    give_token(centre, name, TOKEN + "x")
    tries = [
        asked(room, {"Staging-Bench": name}),
        asked(room, {"Staging-Bench": name, "Authorization": f"Bearer {TOKEN}"}),
        asked(room, {"Staging-Bench": other.name, "Authorization": f"Bearer {TOKEN}x"}),
        asked(room, {"Staging-Bench": "bench-none", "Authorization": f"Bearer {TOKEN}x"}),
        asked(room, {"Staging-Bench": name, "Authorization": "Basic bWFkZTp1cA=="}),
        asked(room, {"Staging-Bench": name}, (other.certificate, other.key)),
    ]
    assert {status for status, _, __ in tries} == {401}
    assert len({body for _, __, body in tries}) == 1
    _, headers, body = tries[0]
    assert headers["content-type"] == "application/problem+json"
    assert headers["www-authenticate"] == "Bearer"
    assert json.loads(body)["code"] == "not-let-in"


@pytest.mark.parametrize("called", ["Centre", "Elsewhere"])
def test_a_certificate_of_another_authority_is_refused(
    room: DoorRoom, name: str, tmp_path: Path, called: str
) -> None:
    elsewhere = Authority.begin(called, utc_now())
    its = kept(tmp_path, name, elsewhere.bench(name, utc_now()), room.centre.authority)
    door = HttpsDoor(room.address, WebPass(name, its.certificate, its.key, trust=its.trust), 20)
    with pytest.raises(RefusedError):
        door.exchange(1, 1, made_up(name, 800))


def test_a_certificate_past_its_end_is_refused_as_such(
    room: DoorRoom, name: str, tmp_path: Path
) -> None:
    authority = room.centre.authority
    identity = authority.bench(name, utc_now() - timedelta(days=9), days=3)
    its = kept(tmp_path, name, identity, authority)
    door = HttpsDoor(room.address, WebPass(name, its.certificate, its.key, trust=its.trust), 20)
    with pytest.raises(RefusedError, match="certificate"):
        door.exchange(1, 1)


def test_a_server_of_another_authority_hears_nothing(
    room: DoorRoom, name: str, tmp_path: Path
) -> None:
    its = room.centre.benches[name]
    strange = kept(tmp_path, "x", its.identity, Authority.begin("Else", utc_now()))
    door = HttpsDoor(room.address, WebPass(name, its.certificate, its.key, trust=strange.trust), 9)
    said = len(room.said)
    with pytest.raises(UntrustedError):
        door.exchange(1, 1)
    assert not [line for line in room.said[said:] if "exchange" in line]


def test_a_server_under_another_name_is_not_trusted(room: DoorRoom, name: str) -> None:
    with pytest.raises(UntrustedError, match="127"):
        HttpsDoor(f"https://127.0.0.1:{room.port}", room.shown(name), 9).exchange(1, 1)


def test_a_server_past_its_end_is_not_trusted(centre: CentreRoom, name: str) -> None:
    ended = centre.authority.server(["localhost"], utc_now() - timedelta(days=9), days=3)
    with (
        open_door(centre, identity=ended) as room,
        pytest.raises(UntrustedError, match="expired"),
    ):
        room.door(name).exchange(1, 1)


def test_strangers_are_put_off_by_address_and_known_benches_are_not(
    centre: CentreRoom, name: str
) -> None:
    with open_door(centre, limits=slower(stranger_rate=0.001, stranger_burst=3)) as room:
        known = room.door(name)
        known.exchange(1, 1)
        wrong = {"Staging-Bench": name, "Authorization": f"Bearer {TOKEN}"}
        assert [asked(room, wrong)[0] for _ in range(5)] == [401, 401, 401, 429, 429]
        assert int(asked(room, wrong)[1]["retry-after"]) > 100
        assert known.exchange(1, 1).status is Status.OK
        known.close()


def test_a_bench_that_asks_too_often_is_told_when_to_come_again(
    centre: CentreRoom, name: str
) -> None:
    with open_door(centre, limits=slower(rate=0.01, burst=2)) as room:
        door = room.door(name)
        assert [door.exchange(1, 1).status for _ in range(2)] == [Status.OK, Status.OK]
        with pytest.raises(BusyError) as busy:
            door.exchange(1, 1)
        assert busy.value.retry_after is not None
        assert 50 < busy.value.retry_after <= 100
        door.close()


def test_neither_log_nor_trouble_holds_a_token(room: DoorRoom, name: str) -> None:
    canary = "canary-of-a-token-31c5"
    give_token(room.centre, name, canary)
    shown = WebPass(name, token=canary, trust=room.centre.benches[name].trust)
    door = HttpsDoor(room.address, shown, 20)
    door.exchange(1, 1, made_up(name, 1))
    revoke_token(room.centre, canary)
    with pytest.raises(RefusedError) as refused:
        door.exchange(1, 1)
    door.close()
    for text in (repr(shown), repr(door), str(refused.value), repr(refused.value), *room.said):
        assert canary not in text


@pytest.mark.parametrize(
    "token",
    ["two words", "tëst", "x\r\nHost: elsewhere"],
)
def test_a_token_that_is_none_is_said_before_anything_is_sent(token: str) -> None:
    with pytest.raises(ProblemError) as refused:
        HttpsDoor("https://localhost", WebPass("bench-07", token=token), 9)
    assert refused.value.problem.code is ProblemCode.CENTRE_UNUSABLE
    assert token not in str(refused.value)


@pytest.mark.parametrize(
    "make",
    [
        lambda folder: WebPass("b", trust=folder / "none.pem"),
        lambda folder: WebPass("b", folder / "none.crt", folder / "none.key"),
    ],
)
def test_files_that_are_not_there_are_named(
    tmp_path: Path, make: Callable[[Path], WebPass]
) -> None:
    with pytest.raises(ProblemError) as refused:
        HttpsDoor("https://localhost", make(tmp_path), 9)
    assert refused.value.problem.code is ProblemCode.CENTRE_UNUSABLE
    assert refused.value.problem.where.startswith("central.")
