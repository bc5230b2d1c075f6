"""Signatures of simulated packages, by APK Signature Scheme v2: made, and checked as Android does.

Apart from the product's own reader, so that each is tried on the other. The keys are made up: one
for each name of a signer, the same on every machine. Source of the format: Android Open Source
Project, "APK Signature Scheme v2" (source.android.com/docs/security/features/apksigning/v2).
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_MAGIC = b"APK Sig Block 42"
_V2 = 0x7109871A
_ECDSA_SHA256 = 0x0201
_SHA256 = hashes.SHA256()
_CHUNK = 1 << 20
_END = struct.Struct("<4s4H2IH")
"""The end of a ZIP archive without a comment; its seventh field is where the directory begins."""
_DIRECTORY_AT = 16
_EPOCH, _END_OF_TIME = datetime(2026, 1, 1, tzinfo=UTC), datetime(2056, 1, 1, tzinfo=UTC)


def signed(archive: bytes, signer: str) -> bytes:
    """Return a ZIP archive (without a comment) with the signature of `signer` in it."""
    directory = _directory_at(archive)
    contents = _sections(archive, directory, directory)
    block = _block(_v2(contents, signer))
    end = bytearray(archive[-_END.size :])
    struct.pack_into("<I", end, _DIRECTORY_AT, directory + len(block))
    return archive[:directory] + block + archive[directory : -_END.size] + end


def signer_of(package: bytes) -> str | None:
    """Return the SHA-256 of the signer's certificate; None where a signature does not hold."""
    try:
        return _checked(package)
    except (struct.error, ValueError, IndexError, InvalidSignature):
        return None


def certificate(signer: str) -> bytes:
    """Return the certificate (DER) of a signer."""
    return _identity(signer)[1]


def _checked(package: bytes) -> str:
    directory = _directory_at(package)
    size, magic = struct.unpack_from("<Q16s", package, directory - 24)
    start = directory - size - 8
    number, name = struct.unpack_from("<QI", package, start + 8)
    if (magic, name) != (_MAGIC, _V2) or start < 0:
        raise ValueError("no v2 signature")
    value = package[start + 20 : start + 16 + number]
    data, signatures, key = _parts(_peel(_peel(value)))
    digests, certificates = _parts(data)[:2]
    der = _peel(certificates)
    public = x509.load_der_x509_certificate(der).public_key()
    if _spki(public) != key or not isinstance(public, ec.EllipticCurvePublicKey):
        raise ValueError("another key")
    public.verify(_peel(_peel(signatures)[4:]), data, ec.ECDSA(_SHA256))
    if _peel(_peel(digests)[4:]) != _digest(_sections(package, start, directory)):
        raise ValueError("changed since it was signed")
    return hashlib.sha256(der).hexdigest()


def _directory_at(archive: bytes) -> int:
    magic, *_, at, _comment = _END.unpack(archive[-_END.size :])
    if magic != b"PK\5\6" or not 24 <= at <= len(archive):  # noqa: PLR2004 - as long as a block's end
        raise ValueError("no ZIP archive")
    return int(at)


def _sections(archive: bytes, end: int, directory: int) -> tuple[bytes, ...]:
    """Return what is signed: contents, directory, and the end as if there were no signature."""
    tail = bytearray(archive[-_END.size :])
    struct.pack_into("<I", tail, _DIRECTORY_AT, end)
    return archive[:end], archive[directory : -_END.size], bytes(tail)


def _digest(sections: tuple[bytes, ...]) -> bytes:
    starts = [(section, at) for section in sections for at in range(0, len(section), _CHUNK)]
    chunks = [section[at : at + _CHUNK] for section, at in starts]
    hashed = (hashlib.sha256(b"\xa5" + _length(chunk) + chunk).digest() for chunk in chunks)
    return hashlib.sha256(b"\x5a" + struct.pack("<I", len(chunks)) + b"".join(hashed)).digest()


def _v2(sections: tuple[bytes, ...], signer: str) -> bytes:
    key, der = _identity(signer)
    algorithm = struct.pack("<I", _ECDSA_SHA256)
    digests = _wrap(algorithm + _wrap(_digest(sections)))
    data = _wrap(digests) + _wrap(_wrap(der)) + _wrap(b"")
    signature = key.sign(data, ec.ECDSA(_SHA256, deterministic_signing=True))
    signatures = _wrap(_wrap(algorithm + _wrap(signature)))
    return _wrap(_wrap(_wrap(data) + signatures + _wrap(_spki(key.public_key()))))


def _block(value: bytes) -> bytes:
    pair = struct.pack("<QI", len(value) + 4, _V2) + value
    size = struct.pack("<Q", len(pair) + 8 + len(_MAGIC))
    return size + pair + size + _MAGIC


@cache
def _identity(signer: str) -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    secret = int.from_bytes(hashlib.sha256(b"simulated signer " + signer.encode()).digest())
    key = ec.derive_private_key(secret % (1 << 255) + 1, ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"Simulated {signer}")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, _EPOCH, _END_OF_TIME)
    made = builder.sign(key, _SHA256, ecdsa_deterministic=True)
    return key, made.public_bytes(serialization.Encoding.DER)


def _spki(key: object) -> bytes:
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("no key on an elliptic curve")  # noqa: TRY004 - it is what was read
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.DER, form)


def _length(data: bytes) -> bytes:
    return struct.pack("<I", len(data))


def _wrap(data: bytes) -> bytes:
    return _length(data) + data


def _parts(data: bytes) -> list[bytes]:
    return list(_walk(data))


def _walk(data: bytes) -> Iterator[bytes]:
    while data:
        part = _peel(data)
        yield part
        data = data[4 + len(part) :]


def _peel(data: bytes) -> bytes:
    """Return the first of the parts that each follow their length."""
    (length,) = struct.unpack_from("<I", data)
    if 4 + length > len(data):
        raise ValueError("cut short")
    return data[4 : 4 + length]
