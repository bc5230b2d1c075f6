"""A peer on the loopback that answers every request with the same bytes, whatever they are."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Reply = Callable[[socket.socket], None]
"""Answers one peer; the connection is closed afterwards."""


@dataclass
class Parrot:
    port: int
    heard: list[bytes] = field(default_factory=list)


def says(reply: bytes) -> Reply:
    return lambda peer: peer.sendall(reply)


def answers(status: str, body: bytes, *headers: str) -> Reply:
    head = "\r\n".join((f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers))
    return says(head.encode() + b"\r\n\r\n" + body)


@contextlib.contextmanager
def parrot(reply: Reply, *, waits: bool = True) -> Iterator[Parrot]:
    """Stand for a while; `waits` for a whole request before it answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = Parrot(server.getsockname()[1])
        thread = threading.Thread(target=_answer_all, args=(server, reply, found, waits))
        thread.start()
        try:
            yield found
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join(30)
            assert not thread.is_alive()


def _answer_all(server: socket.socket, reply: Reply, found: Parrot, waits: bool) -> None:
    while True:
        try:
            peer, _ = server.accept()
        except OSError:
            return
        with peer, contextlib.suppress(OSError):
            peer.settimeout(20)
            if waits:
                found.heard.append(_request(peer))
            reply(peer)


def _request(peer: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = peer.recv(65536)
        if not chunk:
            return data
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0] or 0)
    while len(body) < length:
        body += peer.recv(65536)
    return head + b"\r\n\r\n" + body
