"""Lines of canonical JSON with a seal behind them: how every file of a drop is spelled. Pure.

Each line is an object with its keys in order and no space (RFC 8785), ended by a line feed. The
last one is the signature over all bytes before it, and the first names the certificate it is by.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bench.events.orders import Json
from bench.inventory.centre import MOST_BODY
from bench.inventory.drop.seal import Seal, SealError, refuse_unsigned

_LONGEST = 8 * MOST_BODY
"""Bytes of a line: an event that is all escapes takes six times its own."""
_SPELLING = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


class UnreadableError(ValueError):
    """Nothing of that kind can be read from a file; the reason, as a clause."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What a sealed file says, the line with the signature left out; `certificate` is PEM.

    There are `many` lines behind the first. Each is read when `rest` comes to it, so that no more
    than one is in memory beside its bytes; that raises `UnreadableError` too.
    """

    certificate: bytes
    first: Mapping[str, Json]
    many: int
    rest: Iterator[Mapping[str, Json]]


def sealed(first: Mapping[str, Json], rest: Iterable[Mapping[str, Json]], seal: Seal) -> bytes:
    """Return a file that says this, sealed."""
    named = {**first, "certificate": seal.certificate.decode("ascii")}
    content = b"".join(_line(each) for each in (named, *rest))
    return content + _line({"signature": base64.b64encode(seal.sign(content)).decode()})


def unsealed(content: bytes, most: int) -> Lines:
    """Return what a file says, if whoever has the certificate that it names signed it.

    It may have `most` lines beside the first and the one with the signature. `UnreadableError` for
    any other. Whose certificate that is, is for the caller to ask.
    """
    if content.count(b"\n") > most + 2:
        raise UnreadableError("it has more lines than any that a bench or a centre writes")
    *lines, last = content.split(b"\n")[:-1] or [b""]
    if not lines or not content.endswith(b"\n"):
        raise UnreadableError("it ends too soon")
    signed = content[: len(content) - len(last) - 1]
    first = _read(lines[0])
    certificate = _certificate(first)
    try:
        refuse_unsigned(certificate, signed, octets_of(_read(last), "signature"))
    except SealError as error:
        raise UnreadableError(str(error)) from None
    return Lines(certificate, first, len(lines) - 1, map(_read, lines[1:]))


def text_of(line: Mapping[str, Json], name: str) -> str:
    """Return a text of a line; `UnreadableError` for none."""
    found = line.get(name)
    if not isinstance(found, str):
        raise UnreadableError(f"it says no {name}")
    return found


def whole_of(line: Mapping[str, Json], name: str) -> int:
    """Return a number of a line, from 0; `UnreadableError` for none."""
    found = line.get(name)
    if type(found) is not int or not 0 <= found < 2**53:
        raise UnreadableError(f"it says no {name}")
    return found


def octets_of(line: Mapping[str, Json], name: str) -> bytes:
    """Return what a line says in base64; `UnreadableError` for what is none."""
    try:
        return base64.b64decode(text_of(line, name), validate=True)
    except (binascii.Error, ValueError):
        raise UnreadableError(f"it says no {name}") from None


def _certificate(first: Mapping[str, Json]) -> bytes:
    try:
        return text_of(first, "certificate").encode("ascii")
    except UnicodeEncodeError:
        raise UnreadableError("it names no certificate") from None


def _line(said: Mapping[str, Json]) -> bytes:
    return _SPELLING.encode(said).encode() + b"\n"


def _read(line: bytes) -> Mapping[str, Json]:
    if len(line) > _LONGEST:
        raise UnreadableError("a line of it is longer than any that is written")
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise UnreadableError("a line of it is no JSON") from None
    if not isinstance(found, dict):
        raise UnreadableError("a line of it is no object")
    return found
