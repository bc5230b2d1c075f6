"""The signing block of an Android package taken apart. Pure.

All numbers are little-endian. Source: Android Open Source Project, "APK Signature Scheme v2" and
"v3" (source.android.com/docs/security/features/apksigning). Only the first signer is read, and of
its certificates the first, which is the one that it signs with.
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


class Scheme(IntEnum):
    """The signatures of a block, by the number they are kept under."""

    V2 = 0x7109871A
    V3 = 0xF05368C0
    V31 = 0x1B93AD61


@dataclass(frozen=True, slots=True)
class Signer:
    """The first signer of a scheme.

    `signed_data` is what `signatures` (by algorithm) are over, `key` the public key (DER, Subject-
    PublicKeyInfo), `digests` those of the contents (by algorithm), `certificate` DER.
    """

    scheme: Scheme
    signed_data: bytes
    signatures: Mapping[int, bytes]
    key: bytes
    digests: Mapping[int, bytes]
    certificate: bytes


def signers(block: bytes) -> tuple[Signer, ...]:
    """Return the first signer of each scheme in a block, v2 before v3; raises `ApkError`.

    `block` is without its first size.
    """
    values = _pairs(block[:-_FOOT])
    return tuple(_signer(scheme, values[scheme]) for scheme in Scheme if scheme in values)


def _pairs(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at < len(data):
        if at + _PAIR.size > len(data):
            raise _broken()
        length, name = _PAIR.unpack_from(data, at)
        if not 4 <= length <= len(data) - at - 8:  # noqa: PLR2004 - as long as a name
            raise _broken()
        found.setdefault(name, data[at + _PAIR.size : at + 8 + length])
        at += 8 + length
    return found


def _signer(scheme: Scheme, value: bytes) -> Signer:
    everyone = list(_walk(_only(value)))
    if not everyone:
        raise ApkError("its signing block holds no signer")
    signer = everyone[0]
    if scheme is Scheme.V2:
        signed_data, signatures, key = _parts(signer, 3)
    else:
        signed_data, rest = _peel(signer)
        signatures, key = _parts(rest[8:], 2)  # between: for which SDKs it stands
    digests, rest = _peel(signed_data)
    certificate = _first(_peel(rest)[0])
    if not 0 < len(certificate) <= _LARGEST_CERTIFICATE:
        raise ApkError("its certificate has an impossible size")
    return Signer(
        scheme, signed_data, _by_algorithm(signatures), key, _by_algorithm(digests), certificate
    )


def _by_algorithm(sequence: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for part in _walk(sequence):
        if len(part) < 4 or len(found) >= _MOST_PARTS:  # noqa: PLR2004 - as long as a number
            raise _broken()
        found[int.from_bytes(part[:4], "little")] = _only(part[4:])
    return found


def _parts(data: bytes, count: int) -> list[bytes]:
    parts = list(_walk(data, count))
    if len(parts) != count:
        raise _broken()
    return parts


def _first(sequence: bytes) -> bytes:
    return _peel(sequence)[0]


def _only(data: bytes) -> bytes:
    part, rest = _peel(data)
    if rest:
        raise _broken()
    return part


def _walk(data: bytes, most: int = _MOST_PARTS) -> Iterator[bytes]:
    while data:
        part, data = _peel(data)
        most -= 1
        if most < 0:
            raise _broken()
        yield part


def _peel(data: bytes) -> tuple[bytes, bytes]:
    """Return the part behind the length that `data` begins with, and what is left."""
    length = int.from_bytes(data[:4], "little")
    if len(data) < 4 or length > len(data) - 4:  # noqa: PLR2004 - as long as a length
        raise _broken()
    return data[4 : 4 + length], data[4 + length :]


def _broken() -> ApkError:
    return ApkError("its signing block is broken")
