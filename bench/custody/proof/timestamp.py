"""Time from someone else: an RFC 3161 time stamp on a checkpoint.

A time-stamping authority (TSA) signs the SHA-256 of a note together with its own time: the note was
there by then, whoever ran the bench's clock. Asking and checking are pure; only `fetch` does I/O.

A reply whose certificates stand in no DER order (as `openssl ts` writes them with a chain) is not
DER and is refused by name: try a TSA once before relying on it.
"""

from __future__ import annotations

import hashlib
import http
import http.client
import socket
import ssl
import threading
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self
from urllib.parse import urlsplit

from cryptography.x509 import Certificate, ObjectIdentifier
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    Verifier,
    VerifierBuilder,
    decode_timestamp_response,
)

from bench.identity.plain import plain

REPLY_LIMIT = 65_536
"""Bytes of a reply at most; one with a chain of certificates is 3 to 8 kB."""
_QUERY = "application/timestamp-query"
_REPLY = "application/timestamp-reply"
_SHA256 = ObjectIdentifier("2.16.840.1.101.3.4.2.1")
"""id-sha256 (RFC 5754, 2.2)."""
_OUT_OF_ORDER = "InvalidSetOrdering"


class TimestampError(ValueError):
    """There is no valid time stamp; the message says in plain text what failed."""


@dataclass(frozen=True, slots=True)
class TimestampRequest:
    """What to ask: DER of a TimeStampReq (RFC 3161, 2.4.1), and the nonce that is in it."""

    der: bytes
    nonce: int | None


@dataclass(frozen=True, slots=True)
class Authority:
    """A time-stamping authority: its http or https address, whom it leads to, seconds to wait."""

    url: str
    roots: tuple[Certificate, ...]
    deadline: float = 10.0


def request(note: bytes) -> TimestampRequest:
    """Return a request for a time stamp on the SHA-256 of `note`, with the TSA's certificate."""
    asked = TimestampRequestBuilder(data=note, hash_algorithm=HashAlgorithm.SHA256).build()
    return TimestampRequest(asked.as_bytes(), asked.nonce)


def check(
    reply: bytes, note: bytes, roots: Sequence[Certificate], nonce: int | None = None
) -> datetime:
    """Return the TSA's time (UTC) in `reply`, DER of a TimeStampResp over the SHA-256 of `note`.

    The TSA's certificate must lead to one of `roots`, be for time stamping only and have been valid
    at that time. With a `nonce` the reply must answer that very request. Raises `TimestampError`.
    """
    return check_digest(reply, hashlib.sha256(note).digest(), roots, nonce)


def check_digest(
    reply: bytes, digest: bytes, roots: Sequence[Certificate], nonce: int | None = None
) -> datetime:
    """As `check`, for something whose SHA-256 is known."""
    if not roots:
        raise TimestampError("No authority is trusted for time stamps: name a root certificate.")
    response = _decoded(reply)
    try:
        return _verified(response, digest, VerifierBuilder(roots=list(roots), nonce=nonce).build())
    except VerificationError as error:
        raise TimestampError(f"The time stamp does not hold: {error}") from error
    except Exception as error:  # parsers that a hostile reply can reach
        raise TimestampError(f"The time stamp cannot be read: {error}") from error


def _verified(response: TimeStampResponse, digest: bytes, verifier: Verifier) -> datetime:
    info = response.tst_info
    if info.message_imprint.hash_algorithm != _SHA256:
        raise VerificationError("it is not over a SHA-256")
    verifier.verify(response, digest)
    return info.gen_time.astimezone(UTC)


def fetch(url: str, query: bytes, *, deadline: float) -> bytes:
    """Send DER of a TimeStampReq to the TSA at `url`, http or https, and return what comes back.

    All within `deadline` seconds, but for the look-up of the name. Follows no redirect and takes no
    more than `REPLY_LIMIT` bytes (RFC 3161, 3.4). Blocks: call it in a thread. Raises
    `TimestampError`; what it returns is not checked yet.
    """
    try:
        connection, target = _connection(url, deadline)
        with closing(connection), _Watch(connection, deadline) as watch:
            return _exchanged(watch, connection, target, query)
    except (OSError, http.client.HTTPException, ValueError) as error:
        said = plain(str(error), 200)
        raise TimestampError(f"The time-stamping authority gave no time stamp: {said}") from error


def _connection(url: str, deadline: float) -> tuple[http.client.HTTPConnection, str]:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    match parts.scheme, parts.hostname:
        case "https", str(host):
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(
                host, parts.port, timeout=deadline, context=context
            ), target
        case "http", str(host):
            return http.client.HTTPConnection(host, parts.port, timeout=deadline), target
        case _:
            raise ValueError("its address is neither http nor https")


def _exchanged(
    watch: _Watch, connection: http.client.HTTPConnection, target: str, query: bytes
) -> bytes:
    try:
        connection.connect()
        watch.socket = connection.sock  # the connection forgets it once an answer begins
        watch.check()
        reply = _answer(connection, target, query)
    except (OSError, http.client.HTTPException):
        watch.check()
        raise
    watch.check()
    return reply


def _answer(connection: http.client.HTTPConnection, target: str, query: bytes) -> bytes:
    headers = {"Content-Type": _QUERY, "Accept": _REPLY}
    connection.request("POST", target, body=query, headers=headers)
    response = connection.getresponse()
    if response.status != http.HTTPStatus.OK:
        raise ValueError(f"HTTP status {response.status}")
    if response.headers.get_content_type() != _REPLY:
        raise ValueError("the answer is no time stamp reply")
    reply = response.read(REPLY_LIMIT + 1)
    if len(reply) > REPLY_LIMIT:
        raise ValueError(f"more than {REPLY_LIMIT} bytes")
    return reply


class _Watch:
    """Cuts a connection off at the deadline: a socket's timeout is for each read, not for all."""

    def __init__(self, connection: http.client.HTTPConnection, seconds: float) -> None:
        self._connection = connection
        self._seconds = seconds
        self._bit = False
        self.socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._bite)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()

    def check(self) -> None:
        """Raise `TimeoutError` once the deadline has passed."""
        if self._bit:
            raise TimeoutError(f"not within {self._seconds:g} s")

    def _bite(self) -> None:
        self._bit = True
        open_socket = self.socket or self._connection.sock
        if open_socket is not None:
            with suppress(OSError):  # the plain socket's: TLS must not say goodbye from here
                socket.socket.shutdown(open_socket, socket.SHUT_RDWR)


def _decoded(reply: bytes) -> TimeStampResponse:
    try:
        return decode_timestamp_response(reply)
    except ValueError as error:
        if _OUT_OF_ORDER in str(error):
            raise TimestampError(
                "The reply is not DER: its certificates are out of order. Use another authority, "
                "or one certificate without its chain."
            ) from error
        raise TimestampError(f"This is no time stamp reply: {error}") from error
