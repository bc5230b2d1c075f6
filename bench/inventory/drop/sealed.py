"""Lines of canonical JSON with a seal behind them: how every file of a drop is spelled. Pure.

Each line is an object with its keys in order and no space (RFC 8785), ended by a line feed. The
last one is the signature over all bytes before it, and the first names the certificate it is by.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bench.events.orders import Json
from bench.inventory.drop.seal import Seal, SealError, refuse_unsigned

_SPELLING = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


class UnreadableError(ValueError):
    """Nothing of that kind can be read from a file; the reason, as a clause."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What a sealed file says, the line with the signature left out; `certificate` is PEM."""

    certificate: bytes
    first: Mapping[str, Json]
    rest: tuple[Mapping[str, Json], ...]


def sealed(first: Mapping[str, Json], rest: Iterable[Mapping[str, Json]], seal: Seal) -> bytes:
    """Return a file that says this, sealed."""
    named = {**first, "certificate": seal.certificate.decode("ascii")}
    content = b"".join(_line(each) for each in (named, *rest))
    return content + _line({"signature": base64.b64encode(seal.sign(content)).decode()})


def unsealed(content: bytes) -> Lines:
    """Return what a file says, if whoever has the certificate that it names signed it.

    `UnreadableError` for any other. Whose certificate that is, is for the caller to ask.
    """
    *lines, last = content.splitlines(keepends=True) or [b""]
    if not lines or not last.endswith(b"\n"):
        raise UnreadableError("it ends too soon")
    signed = content[: len(content) - len(last)]
    first, *rest = map(_read, lines)
    certificate = text_of(first, "certificate").encode()
    try:
        refuse_unsigned(certificate, signed, octets_of(_read(last), "signature"))
    except SealError as error:
        raise UnreadableError(str(error)) from None
    return Lines(certificate, first, tuple(rest))


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


def _line(said: Mapping[str, Json]) -> bytes:
    return _SPELLING.encode(said).encode() + b"\n"


def _read(line: bytes) -> Mapping[str, Json]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise UnreadableError("a line of it is no JSON") from None
    if not isinstance(found, dict):
        raise UnreadableError("a line of it is no object")
    return found
