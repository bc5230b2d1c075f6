"""What the door says no with: problem documents (RFC 9457) with codes of its own.

No document tells more than its code and a fixed sentence: not what the store said, not which part
of who asks was wrong.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus as Http
from math import ceil

MEDIA_TYPE = "application/problem+json"
_TYPE = "tag:staging-bench.localhost,2026:door/"
"""What makes a code a URI (RFC 4151): a name, no address."""


class Code(StrEnum):
    """Why the door says no."""

    NOT_LET_IN = "not-let-in"
    NOTHING_HERE = "nothing-here"
    WRONG_METHOD = "wrong-method"
    NO_HTTP = "no-http"
    TOO_SLOW = "too-slow"
    TOO_MUCH = "too-much"
    WRONG_MEDIA = "wrong-media"
    MALFORMED = "malformed"
    BENCH_BUSY = "bench-busy"
    CENTRE_BUSY = "centre-busy"
    STORE_AWAY = "store-away"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class _Said:
    status: Http
    title: str
    ends: bool = False
    """Whether the connection ends with it: there may be bytes that were not read."""


_SAID = {
    Code.NOT_LET_IN: _Said(Http.UNAUTHORIZED, "Who asks is not known here.", ends=True),
    Code.NOTHING_HERE: _Said(Http.NOT_FOUND, "There is nothing here.", ends=True),
    Code.WRONG_METHOD: _Said(Http.METHOD_NOT_ALLOWED, "Not in this way.", ends=True),
    Code.NO_HTTP: _Said(Http.BAD_REQUEST, "This is no HTTP/1.1 request.", ends=True),
    Code.TOO_SLOW: _Said(Http.REQUEST_TIMEOUT, "The request took too long to arrive.", ends=True),
    Code.TOO_MUCH: _Said(Http.REQUEST_ENTITY_TOO_LARGE, "Too much at once.", ends=True),
    Code.WRONG_MEDIA: _Said(
        Http.UNSUPPORTED_MEDIA_TYPE, "A body is application/json, as it is or gzip.", ends=True
    ),
    Code.MALFORMED: _Said(Http.UNPROCESSABLE_ENTITY, "This is not what is understood here."),
    Code.BENCH_BUSY: _Said(Http.TOO_MANY_REQUESTS, "Too often, or too many at once.", ends=True),
    Code.CENTRE_BUSY: _Said(Http.SERVICE_UNAVAILABLE, "Too many benches at once.", ends=True),
    Code.STORE_AWAY: _Said(Http.SERVICE_UNAVAILABLE, "The store does not take anything just now."),
    Code.FAULT: _Said(Http.INTERNAL_SERVER_ERROR, "The door has a fault.", ends=True),
}


class DoorError(Exception):
    """The door says no. `retry_after` in seconds; `detail` is of this program's own words."""

    def __init__(self, code: Code, detail: str = "", retry_after: float | None = None) -> None:
        super().__init__(code.value)
        self.code = code
        self.detail = detail
        self.retry_after = retry_after

    @property
    def refusal(self) -> Refusal:
        """The document and what goes with it."""
        said = _SAID[self.code]
        document = {
            "type": _TYPE + self.code, "title": said.title, "status": said.status.value,
            "code": self.code.value, **({"detail": self.detail} if self.detail else {}),
        }  # fmt: skip
        return Refusal(said.status, json.dumps(document).encode(), self._headers(ends=said.ends))

    def _headers(self, *, ends: bool) -> dict[str, str]:
        headers = {"Content-Type": MEDIA_TYPE}
        if self.code is Code.NOT_LET_IN:
            headers["WWW-Authenticate"] = "Bearer"
        if self.retry_after is not None:
            headers["Retry-After"] = str(max(1, ceil(self.retry_after)))
        if ends:
            headers["Connection"] = "close"
        return headers


@dataclass(frozen=True, slots=True)
class Refusal:
    """An HTTP answer."""

    status: Http
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def titles() -> dict[Code, tuple[int, str]]:
    """Return the status and the sentence of each code, for the description."""
    return {code: (said.status.value, said.title) for code, said in _SAID.items()}
