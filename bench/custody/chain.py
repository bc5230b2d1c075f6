"""The bytes of the record and how each event binds all before it. Pure: no file, no database.

A body is RFC 8785 JSON; its leaf hash is that of RFC 6962, so that a Merkle tree can be laid over
the same leaves; the bench signs each leaf. Stored bytes are hashed as they are, never made anew.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeAlias, TypeVar, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bench.events.orders import Json

GENESIS = "0" * 64
"""`prev` of the first event of an epoch."""
BODY_LIMIT = 65_536
"""Bytes of a body at most: what the central store takes."""
_SPELLING = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
KeyCount: TypeAlias = Callable[[dict[str, Json]], int]
"""Counts the keys of an object and of the objects in it, never one that is not there."""
_Value = TypeVar("_Value")
_WHOLE = 2**53
"""From here on a double, which is what other languages read a number into, skips integers."""


class UnrecordableError(ValueError):
    """A value has no place in the record; nothing was written. It is the caller's bug."""


def leaf_hash(body: bytes) -> bytes:
    """Return the 32 bytes that name this body (RFC 6962, clause 2.1: the leaf prefix is 0x00)."""
    return hashlib.sha256(b"\x00" + body).digest()


def canonical(body: dict[str, Json]) -> bytes:
    """Return the one spelling of `body`; raises as `admitted` does, and for a body too long."""
    return spelled(admitted(body))


def admitted(value: _Value) -> _Value:
    """Return a part of a body as it will be read back: its text in NFC.

    Raises `UnrecordableError` for anything but strings, booleans, None, integers below 2**53 in
    size, lists and dicts; for U+0000 or half a surrogate pair in a text; for a key that is not
    ASCII, because languages sort those differently.
    """
    return value if _is_plain(value) else cast("_Value", _admitted(value))


def spelled(body: dict[str, Json]) -> bytes:
    """Return the RFC 8785 bytes of a body whose parts are `admitted`.

    Without floats, and with keys in ASCII, they are what `json` writes with sorted keys.
    """
    encoded = _SPELLING.encode(body).encode()
    if len(encoded) > BODY_LIMIT:
        raise UnrecordableError(f"A body of {len(encoded)} bytes is over {BODY_LIMIT}.")
    return encoded


def parse(body: bytes, keys: KeyCount | None = None) -> dict[str, Json]:
    """Read a body back; raises `ValueError` for what `canonical` could not have written.

    `keys` may count the keys faster than any object's can be counted; where it counts too few, it
    only costs time.
    """
    text = body.decode()
    try:
        found, end = _READING.raw_decode(text)
    except RecursionError as error:
        raise ValueError("The body is nested too deeply.") from error
    if not isinstance(found, dict) or end != len(text):
        raise ValueError("A body is an object and nothing else.")
    if text.count('":') != (keys or _keys)(found):
        _refuse_double(text)
    return found


def is_signed(leaf: bytes, signature: bytes, public_key: bytes) -> bool:
    """Whether the owner of this Ed25519 key (32 bytes) signed this leaf hash."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, leaf)
    except (InvalidSignature, ValueError):
        return False
    return True


def _is_plain(value: object) -> bool:
    """Whether it is admitted as it is: almost every body is, and each scan waits for the answer."""
    if type(value) is str:
        return value.isascii() and "\x00" not in value
    if type(value) is dict:
        return all(_is_plain_key(key) and _is_plain(each) for key, each in value.items())
    if type(value) is list:
        return all(map(_is_plain, value))
    if type(value) is int:
        return -_WHOLE < value < _WHOLE
    return value is None or type(value) is bool


def _is_plain_key(key: object) -> bool:
    return type(key) is str and _is_plain(key)


def _admitted(value: object) -> Json:
    match value:
        case None | bool():
            return value
        case int():
            return _admitted_integer(int(value))
        case str():
            return _admitted_text(str.__str__(value))
        case list():
            return [_admitted(each) for each in value]
        case dict():
            return _admitted_object(value)
        case _:
            raise UnrecordableError(f"A {type(value).__name__} cannot be recorded.")


def _admitted_integer(number: int) -> int:
    if abs(number) >= _WHOLE:
        raise UnrecordableError("An integer of 2**53 or more cannot be recorded.")
    return number


def _admitted_text(text: str) -> str:
    if "\x00" in text or not _is_unicode(text):
        raise UnrecordableError("A text with U+0000 or half a character cannot be recorded.")
    return unicodedata.normalize("NFC", text)


def _admitted_object(value: Mapping[Any, object]) -> dict[str, Json]:
    return {_admitted_key(key): _admitted(each) for key, each in value.items()}


def _admitted_key(key: object) -> str:
    if not isinstance(key, str) or not key.isascii() or "\x00" in key:
        raise UnrecordableError("Only a text in ASCII without U+0000 can be a key.")
    return str.__str__(key)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _keys(value: dict[str, Json]) -> int:
    return len(value) + sum(_keys(each) for each in value.values() if isinstance(each, dict))


def _refuse_double(text: str) -> None:
    """Look closely: `":` ends each key, but may also stand in a text or in a list's objects."""
    json.loads(text, object_pairs_hook=_once_each)


def _once_each(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("A key stands twice in the body.")
    return found


def _no_fraction(text: str) -> NoReturn:
    raise ValueError(f"A body holds no {text[:20]}.")


_READING = json.JSONDecoder(parse_float=_no_fraction, parse_constant=_no_fraction)
