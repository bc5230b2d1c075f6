"""A line to an HTTPS server that is kept open, with a deadline for each whole exchange; blocking.

A server that drips bytes, promises more than it sends, or inflates without end is hung up on.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

MOST_ANSWER = 32 * 1024 * 1024
"""Bytes of an answer at most, also once it is inflated."""
_CONNECTING = 10.0
"""Seconds for a connection to come about at most."""
_GZIP = 31
_STALE = (ConnectionResetError, BrokenPipeError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
"""What a line that rested says when the server has long hung up."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The body's media type, small letters, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class LateError(TimeoutError):
    """The exchange took longer than it may."""


class Line:
    """One server; `deadline` seconds for an exchange, connecting included."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext, deadline: float) -> None:
        self._host, self._port = host, port
        self._tls = tls
        self._deadline = deadline
        self._open: http.client.HTTPConnection | None = None
        self._late = self._cancelled = False

    def post(self, target: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Post a body. Raises `OSError`, `http.client.HTTPException` or `ValueError`.

        On a line that had rested it is said again on a new one when the server had hung up.
        """
        rested = self._open is not None
        with self._in_time():
            try:
                return self._posted(target, body, headers)
            except _STALE:
                if not rested or self._late or self._cancelled:
                    raise
            return self._posted(target, body, headers)

    def cancel(self) -> None:
        """End the exchange under way, from another thread: it is as if the line had been cut."""
        self._cancelled = True
        self._cut()

    def close(self) -> None:
        """Hang up."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _posted(self, target: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        try:
            connection = self._connected()
            with suppress(*_STALE):  # it may have said why before it hung up
                connection.request("POST", target, body, dict(headers))
            response = connection.getresponse()
            reply = _read(response)
        except BaseException:
            self.close()
            raise
        if response.will_close:
            self.close()
        return reply

    def _connected(self) -> http.client.HTTPConnection:
        if self._open is None:
            patience = min(self._deadline, _CONNECTING)
            connection = http.client.HTTPConnection(self._host, self._port, timeout=patience)
            self._open = connection
            connection.connect()
            connection.sock.settimeout(self._deadline)
            peer = self._tls.wrap_socket(
                connection.sock, server_hostname=self._host, do_handshake_on_connect=False
            )
            connection.sock = peer
            peer.do_handshake()
        return self._open

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """Hang up when it takes too long: a peer that drips bytes would hold on for ever."""
        self._late = self._cancelled = False
        deadline = threading.Timer(self._deadline, self._hang_up)
        deadline.daemon = True
        deadline.start()
        try:
            yield
        except (OSError, http.client.HTTPException, ValueError) as error:
            if self._late:
                raise LateError(f"no answer within {self._deadline:g} s") from error
            raise
        finally:
            deadline.cancel()

    def _hang_up(self) -> None:
        self._late = True
        self._cut()

    def _cut(self) -> None:
        """End both directions under whatever lies above: TLS would want to talk it over."""
        peer = self._open.sock if self._open is not None else None
        try:
            if peer is not None:
                socket.socket.shutdown(peer, socket.SHUT_RDWR)
        except OSError:
            return


def _read(response: http.client.HTTPResponse) -> Reply:
    headers = {name.lower(): value for name, value in response.getheaders()}
    if not response.chunked and response.length is None:
        raise ValueError("an answer without its length")
    body = response.read(MOST_ANSWER + 1)
    if len(body) > MOST_ANSWER:
        raise ValueError(f"an answer of over {MOST_ANSWER} bytes")
    if response.length:
        raise ValueError("an answer that was cut off")
    return Reply(response.status, headers, _inflated(body, headers.get("content-encoding", "")))


def _inflated(body: bytes, encoding: str) -> bytes:
    if not encoding or encoding.lower() == "identity":
        return body
    if encoding.lower() != "gzip":
        raise ValueError("an answer in an encoding that was not asked for")
    stream = zlib.decompressobj(wbits=_GZIP)
    try:
        inflated = stream.decompress(body, MOST_ANSWER)
    except zlib.error as error:
        raise ValueError("an answer that is no gzip") from error
    if not stream.eof or stream.unused_data:
        raise ValueError("an answer that is not one whole gzip")
    return inflated
