"""Whether the signature in a package holds: over its signed data, and over its contents.

Source: Android Open Source Project, "APK Signature Scheme v2", sections "Signature algorithm IDs",
"Integrity-protected contents" and "Verification". A signature by dm-verity alone (IDs 0x04xx) is
not checked here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from bench.enrolment.apk.archive import ApkError, Layout
from bench.enrolment.apk.block import Signer

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class _Algorithm:
    padding: str
    digest: str


_ALGORITHMS = {
    0x0102: _Algorithm("pss", "sha512"),
    0x0104: _Algorithm("pkcs1", "sha512"),
    0x0202: _Algorithm("ecdsa", "sha512"),
    0x0101: _Algorithm("pss", "sha256"),
    0x0103: _Algorithm("pkcs1", "sha256"),
    0x0201: _Algorithm("ecdsa", "sha256"),
    0x0301: _Algorithm("dsa", "sha256"),
}
"""By ID, the strongest first: that one decides, as on a handset."""


def prove(signer: Signer, file: BinaryIO, layout: Layout) -> None:
    """Check one signer's signature and the digest of the whole package; raises `ApkError`."""
    known = [name for name in _ALGORITHMS if name in signer.signatures]
    if not known:
        raise ApkError("it is signed in a way that cannot be checked here")
    if signer.signatures.keys() != signer.digests.keys():
        raise ApkError("its signatures are not over its digests")
    check_signature(_key(signer), known[0], signer.signatures[known[0]], signer.signed_data)
    if _digest(file, layout, _ALGORITHMS[known[0]].digest) != signer.digests[known[0]]:
        raise ApkError("it was changed after it was signed")


def check_signature(public_key: object, number: int, signature: bytes, data: bytes) -> None:
    """Check a signature over data, by the algorithm of that ID; raises `ApkError`."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - a bench seldom needs it
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric import (  # noqa: PLC0415 - as above
        dsa,
        ec,
        padding,
        rsa,
    )

    if number not in _ALGORITHMS:
        raise ApkError("it is signed in a way that cannot be checked here")
    algorithm = _ALGORITHMS[number]
    digest = {"sha256": hashes.SHA256(), "sha512": hashes.SHA512()}[algorithm.digest]
    pss = padding.PSS(padding.MGF1(digest), digest.digest_size)
    try:
        match public_key, algorithm.padding:
            case rsa.RSAPublicKey() as key, "pss":
                key.verify(signature, data, pss, digest)
            case rsa.RSAPublicKey() as key, "pkcs1":
                key.verify(signature, data, padding.PKCS1v15(), digest)
            case ec.EllipticCurvePublicKey() as curve, "ecdsa":
                curve.verify(signature, data, ec.ECDSA(digest))
            case dsa.DSAPublicKey() as old, "dsa":
                old.verify(signature, data, digest)
            case _:
                raise ApkError("its key does not fit its signature")
    except InvalidSignature:
        raise ApkError("its signature is not that of its certificate") from None


def _key(signer: Signer) -> object:
    """Return the public key, which must be the certificate's.

    A certificate holds its key byte for byte (RFC 5280, clause 4.1). So it need not be parsed, and
    one that is made carelessly is no hindrance.
    """
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - as above

    if not signer.key or signer.key not in signer.certificate:
        raise ApkError("its key is not that of its certificate")
    try:
        return serialization.load_der_public_key(signer.key)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ApkError("its key cannot be read") from None


def _digest(file: BinaryIO, layout: Layout, kind: str) -> bytes:
    """Return the digest over the digests of the chunks of all that is signed."""
    count, whole = 0, bytearray()
    for chunk in _chunks(file, layout):
        head = b"\xa5" + len(chunk).to_bytes(4, "little")
        whole += hashlib.new(kind, head + chunk).digest()
        count += 1
    return hashlib.new(kind, b"\x5a" + count.to_bytes(4, "little") + whole).digest()


def _chunks(file: BinaryIO, layout: Layout) -> Iterator[bytes]:
    yield from _of_file(file, 0, layout.contents_end)
    yield from _of_file(file, layout.directory, layout.end)
    yield layout.signed_tail


def _of_file(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    file.seek(start)
    for at in range(start, end, _CHUNK):
        chunk = file.read(min(_CHUNK, end - at))
        if len(chunk) != min(_CHUNK, end - at):
            raise ApkError("it was cut short while it was read")
        yield chunk
