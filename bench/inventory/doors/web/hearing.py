"""What a door over HTTPS answered, read strictly; pure. Whatever is no answer is trouble."""

from __future__ import annotations

import base64
import binascii
import json
from email.utils import parsedate_to_datetime
from http import HTTPStatus as Http
from typing import Any

from bench.inventory.centre import Answer, Status
from bench.inventory.doors.trouble import BusyError, RefusedError, UnreachableError
from bench.inventory.doors.web.line import Reply

_LONGEST = 3600.0
"""Seconds that a server may ask to be left alone."""
_HASH = 32


def heard(where: str, reply: Reply) -> Answer:
    """Return the answer. Raises `BusyError`, `RefusedError` or `UnreachableError`."""
    match reply.status:
        case Http.OK:
            return _answer(where, reply)
        case Http.UNAUTHORIZED | Http.FORBIDDEN:
            raise RefusedError(where, f"{reply.status} certificate or token is not taken")
        case Http.TOO_MANY_REQUESTS | Http.SERVICE_UNAVAILABLE:
            raise BusyError(where, f"{reply.status} try later", _retry_after(reply))
        case Http.REQUEST_ENTITY_TOO_LARGE:
            raise BusyError(where, f"{reply.status} too much at once", 0.0)
        case Http.UNPROCESSABLE_ENTITY if _code(reply) == "malformed":
            return Answer(Status.BAD_REQUEST, None, None)
        case status if 300 <= status < 400:  # noqa: PLR2004 - RFC 9110, 15.4
            raise UnreachableError(where, f"{status} redirects are not followed")
        case status:
            raise UnreachableError(where, f"answered {status}")


def _answer(where: str, reply: Reply) -> Answer:
    try:
        if reply.media_type != "application/json":
            raise ValueError("no JSON")  # noqa: TRY301 - one place says that it is no answer
        return _read(json.loads(reply.body))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnreachableError(where, "answered what no centre answers") from error


def _read(said: Any) -> Answer:  # noqa: ANN401 - JSON of somebody else
    head = said["head_hash"]
    answers = said["answers"]
    if not isinstance(answers, dict):
        raise TypeError("answers are by what was asked")
    return Answer(
        Status(said["status"]),
        None if said["accepted_through"] is None else _number(said["accepted_through"]),
        None if head is None else _hash(head),
        _number(said["stored"]),
        answers,
    )


def _number(said: Any) -> int:  # noqa: ANN401
    if type(said) is not int or said < 0:
        raise ValueError("no number")
    return said


def _hash(said: Any) -> bytes:  # noqa: ANN401
    try:
        digest = base64.b64decode(said, validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error
    if len(digest) != _HASH:
        raise ValueError("no SHA-256")
    return digest


def _code(reply: Reply) -> str:
    try:
        said = json.loads(reply.body)
    except (ValueError, RecursionError):
        return ""
    return str(said.get("code", "")) if isinstance(said, dict) else ""


def _retry_after(reply: Reply) -> float | None:
    """Read Retry-After (RFC 9110, 10.2.3): seconds, or a moment by the server's own clock."""
    said = reply.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return min(_LONGEST, float(said[:6]))
    try:
        until = parsedate_to_datetime(said)
        now = parsedate_to_datetime(reply.headers.get("date", ""))
        return min(_LONGEST, max(0.0, (until - now).total_seconds()))
    except (ValueError, TypeError):
        return None
