"""What an HTTPS server may do to a bench that goes through the second door: nothing."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bench.inventory.central.certificates import Authority, utc_now
from bench.inventory.centre import Answer, Asks, Status
from bench.inventory.door.tls import server_tls
from bench.inventory.doors.https import HttpsDoor, WebPass
from bench.inventory.doors.trouble import BusyError, RefusedError, UnreachableError
from bench.inventory.doors.web.saying import pieces
from bench.problems import ProblemCode, ProblemError
from tests.peers.centre.centre_room import made_up

TOLD = {
    "status": "ok", "accepted_through": 0, "head_hash": "A" * 43 + "=", "stored": 0, "answers": {},
}  # fmt: skip


@dataclass
class Scripted:
    """A server that says what it is told to, connection by connection, then hangs up."""

    port: int
    trust: Path
    lines: list[list[bytes]]
    drips: bool = False
    heard: list[bytes] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def door(self, deadline: float = 10.0) -> HttpsDoor:
        address = f"https://localhost:{self.port}/under/a/path"
        return HttpsDoor(
            address, WebPass("bench-07", token="made-up-token-7f3a", trust=self.trust), deadline
        )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("server")
    authority = Authority.begin("Centre", utc_now())
    server = authority.server(["localhost"], utc_now())
    (folder / "web.crt").write_bytes(server.certificate)
    (folder / "web.key").write_bytes(server.key)
    (folder / "ca.crt").write_bytes(authority.identity.certificate)
    return folder


@contextmanager
def scripted(files: Path, *lines: list[bytes], drips: bool = False) -> Iterator[Scripted]:
    tls = server_tls(str(files / "web.crt"), str(files / "web.key"), None)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        server = Scripted(port, files / "ca.crt", list(lines), drips)
        thread = threading.Thread(target=_serve, args=(listening, tls, server))
        thread.start()
        try:
            yield server
        finally:
            server.ended.set()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(20)


def _serve(listening: socket.socket, tls: ssl.SSLContext, server: Scripted) -> None:
    while not server.ended.is_set():
        try:
            plain, _ = listening.accept()
        except OSError:
            return
        with plain:
            try:
                plain.settimeout(20)
                with tls.wrap_socket(plain, server_side=True) as peer:
                    _converse(peer, server)
            except OSError:
                continue


def _converse(peer: ssl.SSLSocket, server: Scripted) -> None:
    for answer in server.lines.pop(0):
        server.heard.append(_request(peer))
        peer.sendall(answer)
    while server.drips and not server.ended.wait(0.02):
        peer.sendall(b" ")


def _request(peer: ssl.SSLSocket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += peer.recv(65_536) or b"\r\n\r\n"
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if b"content-length" in line.lower()
        ),
        0,
    )
    while len(body) < length:
        body += peer.recv(65_536)
    return head + b"\r\n\r\n" + body


def spelled(
    body: bytes | dict[str, object],
    status: str = "200 OK",
    media: str = "application/json",
    more: str = "",
    length: int | None = None,
) -> bytes:
    said = body if isinstance(body, bytes) else json.dumps(body).encode()
    many = len(said) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\n{more}Content-Length: {many}\r\n\r\n"
    return head.encode() + said


def test_what_a_bench_says_is_what_the_door_describes(files: Path) -> None:
    with scripted(files, [spelled(TOLD)]) as server:
        door = server.door()
        assert door.exchange(1, 1) == Answer(Status.OK, 0, bytes(32))
        door.close()
    head, _, body = server.heard[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /under/a/path/v1/exchange HTTP/1.1\r\n")
    assert b"\r\nStaging-Bench: bench-07\r\n" in head
    assert json.loads(body) == {"epoch": 1, "from_seq": 1, "bodies": [], "sigs": [], "asks": {}}


def test_events_are_shrunk_on_their_way(files: Path) -> None:
    events = made_up("bench-07", 200)
    with scripted(files, [spelled(TOLD)]) as server:
        door = server.door()
        door.exchange(1, 1, events)
        door.close()
    head, _, body = server.heard[0].partition(b"\r\n\r\n")
    assert b"Content-Encoding: gzip" in head
    said = json.loads(gzip.decompress(body))
    assert said["bodies"] == [each.body.decode() for each in events]


def test_what_is_too_large_for_one_request_goes_in_several() -> None:
    events = made_up("bench-07", 40)
    said = [
        json.loads(gzip.decompress(piece.body) if piece.shrunk else piece.body)
        for piece in pieces(3, 1, events, Asks(hello=True), most=3000)
    ]
    assert len(said) > 3
    assert [each["from_seq"] for each in said[:2]] == [1, 1 + len(said[0]["bodies"])]
    assert [body for each in said for body in each["bodies"]] == [
        each.body.decode() for each in events
    ]
    assert [each["asks"] for each in said] == [{"hello": True}] * len(said)
    assert all(len(each["sigs"]) == len(each["bodies"]) for each in said)


def test_a_line_is_kept_and_found_anew_when_the_server_hung_up(files: Path) -> None:
    with scripted(files, [spelled(TOLD), spelled(TOLD)], [spelled(TOLD)]) as server:
        door = server.door()
        assert [door.exchange(1, 1).status for _ in range(3)] == [Status.OK] * 3
        door.close()
    assert len(server.heard) == 3


GZIP = "Content-Encoding: gzip\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-",
        b"\0\xff\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + json.dumps(TOLD).encode(),
        spelled(TOLD, length=5000),
        spelled(TOLD, length=10),
        spelled(b"Hello", media="text/html"),
        spelled(b"[]"),
        spelled(b"null"),
        spelled(b"[" * 50_000),
        spelled(b'{"status":"ok"}'),
        spelled({**TOLD, "status": "fine"}),
        spelled({**TOLD, "accepted_through": -1}),
        spelled({**TOLD, "accepted_through": True}),
        spelled({**TOLD, "accepted_through": "3"}),
        spelled({**TOLD, "head_hash": "AAAA"}),
        spelled({**TOLD, "head_hash": "?" * 44}),
        spelled({**TOLD, "head_hash": 7}),
        spelled({**TOLD, "stored": 1.5}),
        spelled({**TOLD, "answers": []}),
        spelled(gzip.compress(b" " * 40_000_000, 1), more=GZIP),
        spelled(gzip.compress(json.dumps(TOLD).encode())[:-4], more=GZIP),
        spelled(json.dumps(TOLD).encode(), more="Content-Encoding: br\r\n"),
        spelled(b"", status="302 Found", more="Location: https://localhost:1/\r\n"),
        spelled(b"", status="404 Not Found"),
        spelled(b"", status="500 Internal Server Error"),
        spelled(b"{}", status="422 Unprocessable Content"),
        spelled(b"", status="999 Strange"),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{}",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
    ],
)  # fmt: skip
def test_what_is_no_answer_counts_as_not_reached(files: Path, answer: bytes) -> None:
    with scripted(files, [answer]) as server:
        door = server.door()
        with pytest.raises(UnreachableError):
            door.exchange(1, 1, made_up("bench-07", 1))
        door.close()


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\n", spelled(TOLD, length=5000)])
def test_a_server_that_drips_is_hung_up_on(files: Path, answer: bytes) -> None:
    with scripted(files, [answer], drips=True) as server:
        door = server.door(deadline=0.4)
        with pytest.raises(UnreachableError, match=r"0\.4 s"):
            door.exchange(1, 1)
        door.close()


def test_a_server_that_never_negotiates_is_hung_up_on(files: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        silent = Scripted(listening.getsockname()[1], files / "ca.crt", [])
        with pytest.raises(UnreachableError):
            silent.door(deadline=0.3).exchange(1, 1)


def test_nobody_there_is_away(files: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(UnreachableError, match="refused"):
        Scripted(port, files / "ca.crt", []).door().exchange(1, 1)


@pytest.mark.parametrize(
    ("more", "seconds"),
    [
        ("Retry-After: 7\r\n", 7.0),
        ("Retry-After: 99999999999\r\n", 3600.0),
        (
            "Date: Tue, 24 Nov 2026 10:00:00 GMT\r\nRetry-After: Tue, 24 Nov 2026 10:00:30 GMT\r\n",
            30.0,
        ),
        ("Retry-After: Tue, 24 Nov 2026 10:00:30 GMT\r\n", None),
        ("Retry-After: -5\r\n", None),
        ("Retry-After: soon\r\n", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_a_busy_centre_may_say_when_to_come_again(
    files: Path, status: str, more: str, seconds: float | None
) -> None:
    with scripted(files, [spelled(b"{}", status, more=more)]) as server:
        door = server.door()
        with pytest.raises(BusyError) as busy:
            door.exchange(1, 1)
        door.close()
    assert busy.value.retry_after == seconds


def test_a_refusal_ends_it_and_holds_no_token(files: Path) -> None:
    answer = spelled(b"made-up-token-7f3a", "401 Unauthorized", "text/plain")
    with scripted(files, [answer]) as server:
        door = server.door()
        with pytest.raises(RefusedError) as refused:
            door.exchange(1, 1)
        door.close()
    assert "7f3a" not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost", "https://", "https://user:canary-31@localhost/", "https://localhost:0",
        "https://localhost:99999", "https://localhost/?a=b", "https://local host/", "file:/tmp",
        "https://localhost/\r\nX: y", "https://[::1", "https://löcal/",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_not_repeated(files: Path, address: str) -> None:
    with pytest.raises(ProblemError) as refused:
        HttpsDoor(address, WebPass("bench-07", trust=files / "ca.crt"))
    assert refused.value.problem.code is ProblemCode.CENTRE_UNUSABLE
    assert "canary" not in str(refused.value)
