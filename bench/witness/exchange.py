"""One HTTP/1.1 exchange over a stream: as much of RFC 9112 as a witness needs, and not more.

A body comes with its length or not at all; whatever may be read in two ways is refused.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from http import HTTPStatus as Http

from bench.witness.requests import BODY_LIMIT, Answer, RefusedError

HEAD_LIMIT = 16_384
"""Bytes of a request line and its headers at most."""
_END = b"\r\n\r\n"
_REQUEST_LINE = re.compile(r"([A-Z]{1,16}) (/[!-~]{0,1023}) HTTP/1\.([01])")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}):[ \t]*([ \t!-~\x80-\xff]*)")
_LENGTH = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for; `lasting` if the peer may ask again on the same connection."""

    method: str
    target: str
    body: bytes
    lasting: bool


@dataclass(frozen=True, slots=True)
class _Head:
    method: str
    target: str
    lasting: bool
    length: int
    waits: bool


async def read_request(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Request | None:
    """Read the next request; None where the peer has gone. Raises `RefusedError`."""
    try:
        head = _parsed(await reader.readuntil(_END))
        if head.waits:
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await reader.readexactly(head.length)
    except asyncio.LimitOverrunError as error:
        status = Http.REQUEST_HEADER_FIELDS_TOO_LARGE
        raise RefusedError(status, "The headers are too long.") from error
    except asyncio.IncompleteReadError:
        return None
    return Request(head.method, head.target, body, head.lasting)


def spelled(answer: Answer, *, lasting: bool) -> bytes:
    """Return the bytes of an answer."""
    body = answer.text.encode()
    lines = (
        f"HTTP/1.1 {answer.status} {Http(answer.status).phrase}",
        f"Content-Type: {answer.media_type}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        f"Connection: {'keep-alive' if lasting else 'close'}",
    )
    return "\r\n".join(lines).encode() + _END + body


def _parsed(data: bytes) -> _Head:
    line, *fields = data.removesuffix(_END).decode("latin-1").split("\r\n")
    asked = _REQUEST_LINE.fullmatch(line)
    if asked is None:
        raise RefusedError(Http.BAD_REQUEST, "This is no HTTP/1.1 request.")
    method, target, minor = asked.groups()
    if method not in ("GET", "POST"):
        raise RefusedError(Http.NOT_IMPLEMENTED, "A witness knows GET and POST.")
    headers = _headers(fields)
    if minor == "1" and len(headers.get("host", ())) != 1:
        raise RefusedError(Http.BAD_REQUEST, "A request names one host.")
    length = _length(headers, method)
    lasting = minor == "1" and not _says(headers, "connection", "close")
    return _Head(method, target, lasting, length, _says(headers, "expect", "100-continue"))


def _headers(fields: list[str]) -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    for field in fields:
        found = _HEADER.fullmatch(field)
        if found is None:
            raise RefusedError(Http.BAD_REQUEST, "A header is not well formed.")
        headers.setdefault(found[1].lower(), []).append(found[2].strip(" \t"))
    return headers


def _length(headers: dict[str, list[str]], method: str) -> int:
    lengths = headers.get("content-length", [])
    if "transfer-encoding" in headers or (method == "POST" and not lengths):
        raise RefusedError(Http.LENGTH_REQUIRED, "A body comes with its length.")
    if len(lengths) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
        raise RefusedError(Http.BAD_REQUEST, "The length of the body is not one number.")
    length = int(lengths[0]) if lengths else 0
    if length > BODY_LIMIT:
        status = Http.REQUEST_ENTITY_TOO_LARGE
        raise RefusedError(status, f"A body has {BODY_LIMIT} bytes at most.")
    return length


def _says(headers: dict[str, list[str]], name: str, word: str) -> bool:
    words = ",".join(headers.get(name, ())).lower().split(",")
    return word in (each.strip() for each in words)
