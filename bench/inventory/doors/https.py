"""The door over HTTPS, from a bench: the same exchange for sites from which only 443 leaves.

Blocking: on a thread or in a process of its own. Nothing that a server says is followed or
believed further than an answer goes.
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.custody.entries import SealedEvent
from bench.identity.plain import plain
from bench.inventory.centre import NOTHING_ASKED, Answer, Asks, Status
from bench.inventory.doors.trouble import RefusedError, UnreachableError, UntrustedError
from bench.inventory.doors.web.address import WebAddress
from bench.inventory.doors.web.hearing import heard
from bench.inventory.doors.web.line import LateError, Line
from bench.inventory.doors.web.saying import Piece, pieces
from bench.problems import Problem, ProblemCode, ProblemError

DEADLINE = 60.0
"""Seconds for one request: 8 MB of events, shrunk to a seventh, over a line of 200 kbit/s."""
_ABOUT_US = ("CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED", "DECRYPT_ERROR")
"""TLS alerts (RFC 8446, 6.2) by which a server says that this bench's certificate will not do."""


@dataclass(frozen=True, slots=True)
class WebPass:
    """How a bench shows who it is: PEM files of its certificate and key, or a token.

    `trust` is the PEM file of whom the centre's certificate is signed by; without it, whoever the
    system trusts.
    """

    bench: str
    certificate: Path | None = None
    key: Path | None = None
    token: str = field(default="", repr=False)
    trust: Path | None = None


class HttpsDoor:
    """A `Centre` at `https://HOST[:PORT][/PATH]`; `deadline` seconds for each request.

    `cancel` may be called from any thread.
    Raises `ProblemError` (CENTRE_UNUSABLE) where address or files cannot be used.
    """

    def __init__(self, address: str, shown: WebPass, deadline: float = DEADLINE) -> None:
        self._address = WebAddress.parse(address)
        self._headers = _headers(shown)
        self._line = Line(self._address.host, self._address.port, _tls(shown), deadline)

    def exchange(
        self,
        epoch: int,
        from_seq: int,
        events: Sequence[SealedEvent] = (),
        asks: Asks = NOTHING_ASKED,
    ) -> Answer:
        """Bring events that follow one another from number `from_seq`, and ask.

        What is too large for one request goes in several, each of which is kept for itself.
        """
        stored, answer = 0, Answer(Status.OK, None, None)
        for piece in pieces(epoch, from_seq, events, asks):
            answer = self._said(piece)
            stored += answer.stored
            if answer.status is not Status.OK:
                break
        return replace(answer, stored=stored)

    def cancel(self) -> None:
        """End the exchange under way, from another thread: it is as if the line had been cut."""
        self._line.cancel()

    def close(self) -> None:
        """Hang up; the next exchange connects anew."""
        self._line.close()

    def _said(self, piece: Piece) -> Answer:
        shrunk = {"Content-Encoding": "gzip"} if piece.shrunk else {}
        where = str(self._address)
        try:
            reply = self._line.post(self._address.target, piece.body, {**self._headers, **shrunk})
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _trouble(where, error) from error
        return heard(where, reply)


def _headers(shown: WebPass) -> dict[str, str]:
    headers = {
        "Staging-Bench": shown.bench,
        "Content-Type": "application/json",
        "Accept": "application/json, application/problem+json",
        "Accept-Encoding": "gzip",
    }
    if shown.token:
        if not (shown.token.isascii() and shown.token.isprintable()) or " " in shown.token:
            raise _unusable("central.token", "a token is of letters, digits and -._~+/")
        headers["Authorization"] = f"Bearer {shown.token}"
    return headers


def _tls(shown: WebPass) -> ssl.SSLContext:
    try:
        tls = ssl.create_default_context(cafile=shown.trust)
    except (OSError, ValueError) as error:
        raise _unusable("central.trust", _reason(error)) from error
    tls.minimum_version = ssl.TLSVersion.TLSv1_2
    if shown.certificate is not None:
        try:
            tls.load_cert_chain(shown.certificate, shown.key, password="")
        except (OSError, ValueError) as error:
            raise _unusable("central.certificate", _reason(error)) from error
    return tls


def _trouble(where: str, error: Exception) -> ProblemError:
    match error:
        case ssl.SSLCertVerificationError():
            return UntrustedError(where, error.verify_message)
        case ssl.SSLError() if _is_about_us(error):
            return RefusedError(where, f"TLS: {_reason(error)}")
        case LateError():
            return UnreachableError(where, str(error))
    return UnreachableError(where, _reason(error))


def _is_about_us(error: ssl.SSLError) -> bool:
    reason = error.reason or ""
    return "ALERT" in reason and any(word in reason for word in _ABOUT_US)


def _reason(error: Exception) -> str:
    """Say why in words that hold nothing of what was sent."""
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.lower().replace("_", " ")
    if isinstance(error, OSError) and error.strerror:
        return plain(error.strerror)
    if isinstance(error, ValueError):
        return plain(str(error))
    return type(error).__name__


def _unusable(where: str, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.CENTRE_UNUSABLE, where, detail))
