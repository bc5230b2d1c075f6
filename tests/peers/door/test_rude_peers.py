"""What no bench would say: the door answers with a problem or hangs up, and serves the next."""

from __future__ import annotations

import gzip
import http.client
import json
import random
import select
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from bench.inventory.centre import Status
from tests.peers.centre.centre_room import CentreRoom, centre_room, made_up
from tests.peers.door.door_room import DoorRoom, open_door, slower

PATIENCE = 0.3
HEAD = "POST /v1/exchange HTTP/1.1\r\nHost: localhost\r\nStaging-Bench: bench-07\r\n"
JSON = "Content-Type: application/json\r\n"
ASKED = '{"epoch":1,"from_seq":1}'


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreRoom]:
    with centre_room(tmp_path_factory.mktemp("centre")) as room:
        room.add_bench("bench-07")
        yield room


@pytest.fixture(scope="module")
def opened(centre: CentreRoom) -> Iterator[DoorRoom]:
    limits = slower(
        body_bytes=200_000,
        head=PATIENCE,
        body=PATIENCE,
        handshake=PATIENCE,
        at_once_each=50,
        linger=PATIENCE,
    )
    with open_door(centre, limits=limits) as room:
        yield room


@pytest.fixture
def room(opened: DoorRoom) -> Iterator[DoorRoom]:
    """The door; whatever was done to it, a bench is served after."""
    said = len(opened.said)
    yield opened
    door = opened.door("bench-07")
    assert door.exchange(1, 1).status is Status.OK
    door.close()
    assert not [line for line in opened.said[said:] if "fault" in line.lower()]


def tls_of(room: DoorRoom) -> ssl.SSLContext:
    its = room.centre.benches["bench-07"]
    tls = ssl.create_default_context(cafile=its.trust)
    tls.load_cert_chain(its.certificate, its.key)
    return tls


def line_to(room: DoorRoom) -> ssl.SSLSocket:
    plain = socket.create_connection(("127.0.0.1", room.port), timeout=20)
    return tls_of(room).wrap_socket(plain, server_hostname="localhost")


def heard(line: socket.socket) -> bytes:
    """Whatever comes until the door hangs up."""
    parts = []
    try:
        while part := line.recv(65_536):
            parts.append(part)
    except (ConnectionResetError, ssl.SSLError):
        pass
    return b"".join(parts)


def said(room: DoorRoom, text: str | bytes) -> tuple[int, dict[str, str]]:
    """Say something, and return status and document of the answer, after which it hangs up."""
    with line_to(room) as line:
        line.sendall(text if isinstance(text, bytes) else text.encode("latin-1"))
        head, _, body = heard(line).partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    return int(head.split()[1]), json.loads(body)


def posted(room: DoorRoom, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
    line = http.client.HTTPSConnection("localhost", room.port, context=tls_of(room), timeout=20)
    usual = {"Staging-Bench": "bench-07", "Content-Type": "application/json"}
    try:
        line.request("POST", "/v1/exchange", body, {**usual, **headers})
        answer = line.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        line.close()


def test_half_a_body_is_no_event(room: DoorRoom) -> None:
    events = made_up("bench-07", 3)
    body = json.dumps({"epoch": 1, "from_seq": 1, "bodies": [events[0].body.decode()]})
    with line_to(room) as line:
        line.sendall(f"{HEAD}{JSON}Content-Length: {len(body)}\r\n\r\n{body[:150]}".encode())
    with room.centre.admin() as admin:
        assert admin.execute("SELECT count(*) FROM custody.event").fetchone() == (0,)


def test_a_body_that_is_announced_longer_than_it_is_sent_is_waited_for_so_long(
    room: DoorRoom,
) -> None:
    status, document = said(room, f"{HEAD}{JSON}Content-Length: 500\r\n\r\n{ASKED}")
    assert (status, document["code"]) == (408, "too-slow")


def test_a_body_that_drips_is_not_waited_for_for_ever(room: DoorRoom) -> None:
    with line_to(room) as line:
        line.sendall(f"{HEAD}{JSON}Transfer-Encoding: chunked\r\n\r\n".encode())
        answer = b""
        line.settimeout(0.02)
        while not answer:
            try:
                line.sendall(b"1\r\n \r\n")
                answer = line.recv(65_536)
            except TimeoutError:
                continue
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_head_that_drips_is_hung_up_on(room: DoorRoom) -> None:
    with line_to(room) as line:
        line.settimeout(0.02)
        for byte in (f"{HEAD}X: " + "a" * 10_000).encode():
            try:
                line.sendall(bytes([byte]))
                if line.recv(1) == b"":
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        else:
            pytest.fail("it waited for 10,000 bytes one by one")


def test_a_head_that_drips_after_an_answer_is_hung_up_on_too(room: DoorRoom) -> None:
    with line_to(room) as line:
        asked = f"{HEAD}{JSON}Content-Length: {len(ASKED)}\r\n\r\n{ASKED}"
        line.sendall(asked.encode() + b"GET /v1/hea")
        answer = heard(line)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.count(b"HTTP/1.1") == 1


def test_a_silent_peer_is_hung_up_on_before_tls_and_after(room: DoorRoom) -> None:
    with socket.create_connection(("127.0.0.1", room.port), timeout=20) as plain:
        assert heard(plain) == b""
    with line_to(room) as line:
        assert heard(line) == b""


def test_a_gzip_bomb_is_never_inflated(room: DoorRoom) -> None:
    bomb = gzip.compress(b" " * 20_000_000, 1)
    assert len(bomb) < 200_000
    status, document = posted(room, bomb, {"Content-Encoding": "gzip"})
    assert (status, document["code"]) == (413, "too-much")


def test_a_body_that_is_announced_too_large_is_not_read(room: DoorRoom) -> None:
    assert said(room, f"{HEAD}{JSON}Content-Length: 200001\r\n\r\n")[0] == 413


def test_a_body_that_turns_out_too_large_is_refused(room: DoorRoom) -> None:
    chunk = b"%x\r\n%s\r\n" % (50_000, b" " * 50_000)
    head = f"{HEAD}{JSON}Transfer-Encoding: chunked\r\n\r\n".encode()
    assert said(room, head + chunk * 5)[0] == 413


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(ASKED.encode())[:-6],
        gzip.compress(ASKED.encode()) + b"more",
        gzip.compress(ASKED.encode()) * 2,
        b"\x1f\x8b\x08nothing",
        ASKED.encode(),
        b"",
    ],
    ids=["cut", "and more", "twice", "a head alone", "plain", "nothing"],
)
def test_what_is_not_one_whole_gzip_is_refused(room: DoorRoom, body: bytes) -> None:
    status, document = posted(room, body, {"Content-Encoding": "gzip"})
    assert (status, document["code"]) == (422, "malformed")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[" * 100_000,
        b'{"epoch":1}',
        b'{"epoch":true,"from_seq":1}',
        b'{"epoch":1,"from_seq":"1"}',
        b'{"epoch":1,"from_seq":1e999}',
        b'{"epoch":1,"from_seq":' + b"9" * 6000 + b"}",
        b'{"epoch":1,"from_seq":9223372036854775807}',
        b'{"epoch":0,"from_seq":1}',
        b'{"epoch":1,"from_seq":1,"bodies":["\\u0000"],"sigs":["' + b"A" * 86 + b'=="]}',
        b'{"epoch":1,"from_seq":1,"bodies":["\\ud800"],"sigs":["' + b"A" * 86 + b'=="]}',
        b'{"epoch":1,"from_seq":1,"bodies":["x"],"sigs":["AAAA"]}',
        b'{"epoch":1,"from_seq":1,"bodies":[{"drop":"table"}]}',
        b'{"epoch":1,"from_seq":1,"asks":{"imeis":["\xd9\xa3\xd9\xa5"]}}',
        b'{"epoch":1,"from_seq":1,"asks":{"imeis":["' + b"0" * 15 + b"\\u0000" + b'"]}}',
        b'{"epoch":1,"from_seq":1,"asks":{"part":"../../etc"}}',
        b'{"epoch":1,"from_seq":1,"asks":[]}',
        b"\xff\xfe{}",
        b"bodies=1",
    ],
)
def test_what_is_no_exchange_is_refused_and_not_repeated(room: DoorRoom, body: bytes) -> None:
    status, document = posted(room, body, {})
    assert (status, document["code"]) == (422, "malformed")
    assert "drop" not in json.dumps(document)


def test_a_body_of_too_many_bytes_in_few_characters_is_refused(room: DoorRoom) -> None:
    asked = {"epoch": 1, "from_seq": 1, "bodies": ["ü" * 40_000], "sigs": ["A" * 86 + "=="]}
    body = json.dumps(asked, ensure_ascii=False)
    status, document = posted(room, body.encode(), {})
    assert (status, document["code"]) == (422, "malformed")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Encoding": "br"},
        {"Content-Encoding": "gzip, gzip"},
    ],
)
def test_another_media_type_or_encoding_is_refused(room: DoorRoom, headers: dict[str, str]) -> None:
    assert posted(room, ASKED.encode(), headers)[0] == 415


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}{JSON}Transfer-Encoding: chunked\r\n\r\nzz\r\nrubbish\r\n",
        f"{HEAD}{JSON}Transfer-Encoding: chunked\r\n\r\n5\r\n{{}}",
        f"{HEAD}{JSON}Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
        f"{HEAD}{JSON}Content-Length: -1\r\n\r\n",
        f"{HEAD}X : y\r\n\r\n",
        f"{HEAD}" + "".join(f"X-{n}: y\r\n" for n in range(5000)),
        f"{HEAD}X: {'y' * 20_000}\r\n",
        "\x16\x03\x01" * 200,
    ],
)
def test_what_is_no_http_is_told_so(room: DoorRoom, text: str) -> None:
    with line_to(room) as line:
        line.sendall(text.encode("latin-1"))
        answer = heard(line)
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 408 "))
    assert answer.count(b"HTTP/1.1 4") == 1
    assert b"application/problem+json" in answer


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("GET /v1/exchange HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        ("BREW /v1/health HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 404),
        ("GET /docs HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        ("GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        ("GET /v1/health/ HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        ("POST /v1/exchange HTTP/1.1\r\nHost: x\r\nStaging-Bench: a b\r\n\r\n", 422),
        (f"{HEAD}Staging-Bench: bench-08\r\n\r\n", 422),
    ],
)
def test_what_is_elsewhere_or_otherwise_is_a_problem(
    room: DoorRoom, text: str, status: int
) -> None:
    assert said(room, text.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"))[0] == status


def test_requests_that_come_before_their_answers_are_answered_in_order(room: DoorRoom) -> None:
    asked = f"{HEAD}{JSON}Content-Length: {len(ASKED)}\r\n\r\n{ASKED}"
    last = "GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with line_to(room) as line:
        line.sendall((asked * 3 + last).encode())
        answer = heard(line)
    assert answer.count(b"HTTP/1.1 200 OK") == 4
    assert answer.endswith(b'{"status":"ok"}')


def test_rubbish_behind_a_request_destroys_nothing(room: DoorRoom) -> None:
    asked = f"{HEAD}{JSON}Content-Length: {len(ASKED)}\r\n\r\n{ASKED}"
    with line_to(room) as line:
        line.sendall(asked.encode() + b"\0\xff rubbish\r\n\r\n")
        heard(line)


def test_made_up_bytes_at_the_tls_port_harm_nobody(room: DoorRoom) -> None:
    dice = random.Random(7)
    for _ in range(60):
        with socket.create_connection(("127.0.0.1", room.port), timeout=20) as plain:
            start = dice.choice([b"", b"\x16\x03\x01\x02\x00\x01", b"GET / HTTP/1.1\r\n\r\n"])
            try:
                plain.sendall(start + dice.randbytes(dice.randrange(1, 600)))
            except OSError:
                continue


def test_made_up_bytes_inside_tls_harm_nobody(room: DoorRoom) -> None:
    dice = random.Random(8)
    good = f"{HEAD}{JSON}Content-Length: {len(ASKED)}\r\n\r\n{ASKED}".encode()
    for _ in range(40):
        text = bytearray(good)
        for _ in range(dice.randrange(1, 6)):
            text[dice.randrange(len(text))] = dice.randrange(256)
        with line_to(room) as line:
            line.sendall(bytes(text))


def test_a_sign_of_life_says_nothing_but_ok_to_anybody(room: DoorRoom) -> None:
    its = room.centre.benches["bench-07"]
    tls = ssl.create_default_context(cafile=its.trust)
    line = http.client.HTTPSConnection("localhost", room.port, context=tls, timeout=20)
    line.request("GET", "/v1/health")
    answer = line.getresponse()
    assert (answer.status, answer.read()) == (200, b'{"status":"ok"}')
    assert "server" not in {name.lower() for name, _ in answer.getheaders()}
    line.close()


def test_who_is_not_made_out_keeps_no_connection(room: DoorRoom) -> None:
    for path in ("/v1/health", "/v1/openapi.json", "/elsewhere"):
        with line_to(room) as line:
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            head, _, _ = heard(line).partition(b"\r\n\r\n")
        assert head.lower().count(b"connection: close") == 1


@pytest.mark.parametrize("greeting", [b"", b"\x16\x03\x01\x02\x00\x01"], ids=["silent", "half"])
def test_one_address_cannot_hold_all_connections(centre: CentreRoom, greeting: bytes) -> None:
    limits = slower(connections=30, strangers_each=10)
    with open_door(centre, limits=limits) as room, ExitStack() as held:
        door = room.door("bench-07")
        assert door.exchange(1, 1).status is Status.OK
        lines = [
            held.enter_context(socket.create_connection(("127.0.0.1", room.port), timeout=20))
            for _ in range(25)
        ]
        for line in lines:
            with suppress(OSError):
                line.sendall(greeting)
        wait_until_hung_up_on(lines, 15)
        assert door.exchange(1, 1).status is Status.OK
        assert b"200 OK" in alive(room, source="127.0.0.2")
        door.close()
    assert not [line for line in room.said if "fault" in line]


def test_known_benches_of_one_address_are_not_counted(centre: CentreRoom) -> None:
    with open_door(centre, limits=slower(strangers_each=2)) as room:
        doors = [room.door("bench-07") for _ in range(6)]
        for door in doors:
            assert door.exchange(1, 1).status is Status.OK
        for door in doors:
            assert door.exchange(1, 1).status is Status.OK
            door.close()


def wait_until_hung_up_on(lines: list[socket.socket], many: int) -> None:
    waiting = list(lines)
    while len(lines) - len(waiting) < many:
        readable, _, _ = select.select(waiting, [], [], 20)
        assert readable, "it holds more of them"
        for line in readable:
            with suppress(ConnectionResetError):
                assert line.recv(1) == b""
            waiting.remove(line)


def alive(room: DoorRoom, source: str) -> bytes:
    place = ("127.0.0.1", room.port)
    plain = socket.create_connection(place, timeout=20, source_address=(source, 0))
    with tls_of(room).wrap_socket(plain, server_hostname="localhost") as line:
        line.sendall(b"GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n")
        return heard(line)
