"""The signing block of an Android package taken apart. Pure.

All numbers are little-endian. Source: Android Open Source Project, "APK Signature Scheme v2" and
"v3" (source.android.com/docs/security/features/apksigning). Of a signer's certificates only the
first is read, which is the one that it signs with.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from bench.enrolment.apk.archive import ApkError

_FOOT = 24
"""Bytes of the second size and the mark, behind the pairs."""
_PAIR = struct.Struct("<QI")
_LARGEST_CERTIFICATE = 64 << 10
_MOST_PARTS = 64
_MOST_SIGNERS = 10
_ROTATION = 0x3BA06F8C
"""The attribute of v3 that holds the proof of rotation."""


class Scheme(IntEnum):
    """The signatures of a block, by the number they are kept under."""

    V2 = 0x7109871A
    V3 = 0xF05368C0
    V31 = 0x1B93AD61


@dataclass(frozen=True, slots=True)
class Signer:
    """A signer of a scheme.

    `signed_data` is what `signatures` (by algorithm) are over, `key` the public key (DER, Subject-
    PublicKeyInfo), `digests` those of the contents (by algorithm), `certificate` DER, `rotation`
    the proof of rotation as it stands in the signed data, empty where there is none.
    """

    scheme: Scheme
    signed_data: bytes
    signatures: Mapping[int, bytes]
    key: bytes
    digests: Mapping[int, bytes]
    certificate: bytes
    rotation: bytes = b""


def signers(block: bytes) -> tuple[Signer, ...]:
    """Return the signers of every scheme in a block, v2 before v3; raises `ApkError`.

    `block` is without its first size.
    """
    values = _pairs(block[:-_FOOT])
    schemes = (scheme for scheme in Scheme if scheme in values)
    return tuple(each for scheme in schemes for each in _signers(scheme, values[scheme]))


def _pairs(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at < len(data):
        if at + _PAIR.size > len(data):
            raise broken()
        length, name = _PAIR.unpack_from(data, at)
        if not 4 <= length <= len(data) - at - 8:  # noqa: PLR2004 - as long as a name
            raise broken()
        found.setdefault(name, data[at + _PAIR.size : at + 8 + length])
        at += 8 + length
    return found


def _signers(scheme: Scheme, value: bytes) -> list[Signer]:
    everyone = list(walk(_only(value), _MOST_SIGNERS))
    if not everyone:
        raise ApkError("its signing block holds no signer")
    return [_signer(scheme, each) for each in everyone]


def _signer(scheme: Scheme, signer: bytes) -> Signer:
    if scheme is Scheme.V2:
        signed_data, signatures, key = _parts(signer, 3)
    else:
        signed_data, rest = peel(signer)
        signatures, key = _parts(rest[8:], 2)  # between: for which SDKs it stands
    digests, rest = peel(signed_data)
    certificates, rest = peel(rest)
    certificate = _first(certificates)
    if not 0 < len(certificate) <= _LARGEST_CERTIFICATE:
        raise ApkError("its certificate has an impossible size")
    rotation = b"" if scheme is Scheme.V2 else _rotation(_first(rest[8:]))
    return Signer(
        scheme, signed_data, _by_algorithm(signatures), key, _by_algorithm(digests),
        certificate, rotation,
    )  # fmt: skip


def _rotation(attributes: bytes) -> bytes:
    found = [
        each[4:] for each in walk(attributes) if int.from_bytes(each[:4], "little") == _ROTATION
    ]
    if len(found) > 1:
        raise broken()
    return found[0] if found else b""


def _by_algorithm(sequence: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for part in walk(sequence):
        if len(part) < 4 or len(found) >= _MOST_PARTS:  # noqa: PLR2004 - as long as a number
            raise broken()
        found[int.from_bytes(part[:4], "little")] = _only(part[4:])
    return found


def _parts(data: bytes, count: int) -> list[bytes]:
    parts = list(walk(data, count))
    if len(parts) != count:
        raise broken()
    return parts


def _first(sequence: bytes) -> bytes:
    return peel(sequence)[0]


def _only(data: bytes) -> bytes:
    part, rest = peel(data)
    if rest:
        raise broken()
    return part


def walk(data: bytes, most: int = _MOST_PARTS) -> Iterator[bytes]:
    """Yield the parts that each stand behind their length, at most so many."""
    while data:
        part, data = peel(data)
        most -= 1
        if most < 0:
            raise broken()
        yield part


def peel(data: bytes) -> tuple[bytes, bytes]:
    """Return the part behind the length that `data` begins with, and what is left."""
    length = int.from_bytes(data[:4], "little")
    if len(data) < 4 or length > len(data) - 4:  # noqa: PLR2004 - as long as a length
        raise broken()
    return data[4 : 4 + length], data[4 + length :]


def broken() -> ApkError:
    """Return what to raise for a block that departs from its layout."""
    return ApkError("its signing block is broken")
