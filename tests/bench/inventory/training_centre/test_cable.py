"""The cable of the training centre: it carries both ways, and breaks once, at the worst moment."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

from bench.inventory.training_centre.cable import Cable

BATCH = b"e" * 30_000


class Centre:
    """Answers each message, which ends with a dot, with how many bytes it has taken in at all."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.taken = 0
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def work(self) -> None:
        while True:
            try:
                line, _ = self.listening.accept()
            except OSError:
                return
            with line, suppress(ConnectionError):
                while content := line.recv(65_536):
                    self.taken += len(content)
                    if content.endswith(b"."):
                        line.sendall(f"{self.taken}".encode())

    def close(self) -> None:
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.thread.join()


@contextmanager
def plugged(after: int) -> Iterator[tuple[Cable, Centre]]:
    with closing(Centre()) as centre, Cable(centre.port, after=after) as cable:
        yield cable, centre


def said(line: socket.socket, content: bytes) -> bytes:
    line.sendall(content)
    return line.recv(100)


def connected(cable: Cable) -> socket.socket:
    return socket.create_connection(("127.0.0.1", cable.port), 10)


def test_what_is_said_and_answered_goes_through() -> None:
    with plugged(0) as (cable, _), connected(cable) as line:
        assert said(line, b"hello.") == b"6"
        assert said(line, BATCH + b".") == b"30007"
        assert cable.cuts == 0


def test_it_is_cut_when_the_answer_to_a_batch_comes() -> None:
    with plugged(20_000) as (cable, centre), connected(cable) as line:
        assert said(line, b"hello.") == b"6"
        line.sendall(BATCH + b".")
        assert not ended(line)
        assert centre.taken == 30_007
        assert cable.cuts == 1


def test_it_is_cut_only_once() -> None:
    with plugged(20_000) as (cable, _):
        with connected(cable) as line:
            line.sendall(BATCH + b".")
            assert not ended(line)
        with connected(cable) as line:
            assert said(line, BATCH + b".") == b"60002"
        assert cable.cuts == 1


def ended(line: socket.socket) -> bytes:
    try:
        return line.recv(100)
    except ConnectionError:
        return b""


def test_a_centre_that_is_not_there_is_hung_up_on() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        with Cable(port) as cable, connected(cable) as line:
            assert ended(line) == b""


def test_a_cable_is_taken_away_with_lines_in_it() -> None:
    with plugged(0) as (cable, _):
        line = connected(cable)
        assert said(line, b"hello.") == b"6"
    assert ended(line) == b""
    line.close()
