"""A call over HTTPS that nobody waits for any more ends at once."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bench.inventory.central.certificates import Authority, utc_now
from bench.inventory.doors.https import HttpsDoor, WebPass
from bench.inventory.doors.trouble import UnreachableError

SAID = b'{"status":"ok","accepted_through":0,"head_hash":null,"stored":0,"answers":{}}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
    len(SAID),
    SAID,
)


def _read(line: ssl.SSLSocket) -> None:
    """Read a request, which ends with its question."""
    content = b""
    while not content.endswith(b'"asks":{}}'):
        content += line.recv(65_536)


@pytest.fixture
def deaf(tmp_path: Path) -> Iterator[tuple[int, Path, threading.Event, list[int]]]:
    """A server that answers the first request, and none after it: its port, whom to trust.

    The event says that it was asked in vain; the list counts the lines.
    """
    authority = Authority.begin("Centre", utc_now())
    server = authority.server(["localhost"], utc_now())
    for name, content in (
        ("crt", server.certificate), ("key", server.key), ("ca", authority.identity.certificate),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(content)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "crt", tmp_path / "key")
    asked, lines = threading.Event(), list[int]()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    plain, _ = listening.accept()
                except OSError:
                    return
                lines.append(1)
                with closing(tls.wrap_socket(plain, server_side=True)) as line:
                    _read(line)
                    if len(lines) == 1:
                        line.sendall(ANSWER)
                        _read(line)
                    asked.set()
                    while line.recv(65_536):
                        pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1], tmp_path / "ca", asked, lines
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(20)


def test_an_exchange_is_cancelled_from_another_thread_and_not_said_again(
    deaf: tuple[int, Path, threading.Event, list[int]],
) -> None:
    port, trust, asked, lines = deaf
    shown = WebPass("bench-07", token="made-up", trust=trust)
    with closing(HttpsDoor(f"https://localhost:{port}", shown, deadline=600.0)) as door:

        def cancel() -> None:
            asked.wait(20)
            door.cancel()

        assert door.exchange(1, 1).accepted_through == 0
        other = threading.Thread(target=cancel)
        other.start()
        with pytest.raises(UnreachableError):
            door.exchange(1, 1)
        other.join()
    assert len(lines) == 1


def test_to_cancel_where_nothing_is_under_way_is_no_matter() -> None:
    door = HttpsDoor("https://localhost:1", WebPass("bench-07"))
    door.cancel()
    door.close()
