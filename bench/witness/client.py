"""The bench's side of a witness, over HTTP; blocking, so called in `asyncio.to_thread`.

Whatever comes back is distrusted: it is a cosignature that verifies, or nothing.
"""

from __future__ import annotations

import http.client
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus as Http
from socket import SHUT_RDWR, socket
from urllib.parse import urlsplit

from bench.custody.proof.checkpoint import COSIGNATURE_V1, cosigned_at
from bench.custody.proof.encoding import to_number
from bench.custody.proof.note import NoteError, NoteSignature, SignedNote, VerifierKey
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError
from bench.witness.requests import PATH, SIZE_TYPE, AddCheckpoint

_ANSWER_LIMIT = 65_536
_REASON_LIMIT = 200
_PORTS = {"http": 80, "https": 443}
_REFUSALS = (
    Http.BAD_REQUEST, Http.FORBIDDEN, Http.NOT_FOUND, Http.UNPROCESSABLE_ENTITY,
)  # fmt: skip


class WitnessUnreachableError(ProblemError):
    """The witness was not reached, took too long or answered what no witness answers: try later."""

    def __init__(self, where: str, reason: str) -> None:
        detail = plain(reason, _REASON_LIMIT)
        super().__init__(Problem(ProblemCode.WITNESS_UNREACHABLE, where, detail))


class WitnessRefusedError(ProblemError):
    """The witness said no, in its own words.

    `status` 422: the record contradicts what was cosigned; 403 and 404: the witness does not have
    this bench's key; 400: it does not understand.
    """

    def __init__(self, where: str, status: int, reason: str) -> None:
        self.status = status
        self.reason = plain(reason, _REASON_LIMIT)
        super().__init__(Problem(ProblemCode.WITNESS_REFUSED, where, f"{status} {self.reason}"))


class WitnessConflictError(Exception):
    """The witness cosigned another size last: `size` leaves."""

    def __init__(self, size: int) -> None:
        super().__init__(f"The witness knows {size} leaves.")
        self.size = size


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    media_type: str
    body: bytes


class WitnessClient:
    """One witness: its submission prefix (http or https), its key, seconds for a whole exchange.

    `ValueError` for a URL or key that cannot be a witness'. `tls` replaces the system's trust.
    """

    def __init__(
        self, url: str, vkey: VerifierKey, timeout: float, tls: ssl.SSLContext | None = None
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname or parts.query:
            raise ValueError("A witness' address is http(s)://host, a port and a path if need be.")
        if vkey.algorithm != COSIGNATURE_V1:
            raise ValueError("A witness' key is of type 0x04.")
        self._is_https = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port or _PORTS[parts.scheme]
        self._target = parts.path.rstrip("/") + PATH
        self._vkey = vkey
        self._timeout = timeout
        self._tls = tls

    def add_checkpoint(
        self, old_size: int, path: tuple[bytes, ...], note: SignedNote
    ) -> NoteSignature:
        """Have a checkpoint cosigned; the cosignature that is returned verifies.

        Raises `WitnessConflictError`, `WitnessRefusedError` or `WitnessUnreachableError`.
        """
        reply = self._exchange(str(AddCheckpoint(old_size, path, note)).encode())
        if reply.status == Http.OK:
            return self._cosignature(note, reply.body)
        if reply.status == Http.CONFLICT:
            raise WitnessConflictError(self._known_size(reply))
        text = reply.body.decode("utf-8", "replace")
        if reply.status in _REFUSALS:
            raise WitnessRefusedError(self._vkey.name, reply.status, text)
        raise self._unreachable(f"answered {reply.status} {text}")

    def _cosignature(self, note: SignedNote, body: bytes) -> NoteSignature:
        """Find the witness' line among those of others, which are ignored."""
        try:
            answered = SignedNote.parse(f"{note.text}\n".encode() + body)
        except NoteError as error:
            raise self._unreachable(f"no signature line: {error}") from error
        if cosigned_at(answered, self._vkey) is None:
            raise self._unreachable("no cosignature that verifies")
        known = self._vkey.name, self._vkey.key_id
        return next(each for each in answered.signatures if (each.name, each.key_id) == known)

    def _known_size(self, reply: _Reply) -> int:
        try:
            if reply.media_type != SIZE_TYPE or not reply.body.endswith(b"\n"):
                raise self._unreachable("a conflict without a size")
            return to_number(reply.body[:-1].decode("ascii"))
        except ValueError as error:
            raise self._unreachable("a conflict without a size") from error

    def _exchange(self, body: bytes) -> _Reply:
        try:
            with self._connected() as connection:
                connection.request("POST", self._target, body, {"Connection": "close"})
                return _read(connection.getresponse())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise self._unreachable(str(error) or type(error).__name__) from error

    @contextmanager
    def _connected(self) -> Iterator[http.client.HTTPConnection]:
        """Connect, for so long and not longer: a peer that drips bytes would hold on for ever."""
        connection = http.client.HTTPConnection(self._host, self._port, timeout=self._timeout)
        try:
            connection.connect()
            peer = connection.sock = self._spoken_to(connection.sock)
            deadline = threading.Timer(self._timeout, _hang_up, (peer,))
            deadline.daemon = True
            deadline.start()
            try:
                if isinstance(peer, ssl.SSLSocket):
                    peer.do_handshake()
                yield connection
            finally:
                deadline.cancel()
        finally:
            connection.close()

    def _spoken_to(self, peer: socket) -> socket:
        """Lay TLS over the connection if it is https; its handshake comes later, under a clock."""
        if not self._is_https:
            return peer
        tls = self._tls or ssl.create_default_context()
        return tls.wrap_socket(peer, server_hostname=self._host, do_handshake_on_connect=False)

    def _unreachable(self, reason: str) -> WitnessUnreachableError:
        return WitnessUnreachableError(self._vkey.name, reason)


def _read(response: http.client.HTTPResponse) -> _Reply:
    body = response.read(_ANSWER_LIMIT + 1)
    if len(body) > _ANSWER_LIMIT:
        raise ValueError(f"an answer of over {_ANSWER_LIMIT} bytes")
    if response.length:
        raise ValueError("an answer that was cut off")
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return _Reply(response.status, media_type, body)


def _hang_up(peer: socket) -> None:
    """End both directions under whatever lies above: TLS would want to talk it over."""
    try:
        socket.shutdown(peer, SHUT_RDWR)
    except OSError:
        return
