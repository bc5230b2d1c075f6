"""Whether the signers of a package are one: the same certificate, or linked by proof of rotation.

What a signature covers is the package, not the other signatures beside it: anybody can add one of
their own, and a handset may take that one. So signers that nothing links are none.

Source: Android Open Source Project, "APK Signature Scheme v3", section "Proof-of-rotation and
self-trusted-old-certs structs"; `ApkSigningBlockUtils.verifyProofOfRotationStruct` for its layout.
"""

from __future__ import annotations

from collections.abc import Sequence

from bench.enrolment.apk.archive import ApkError
from bench.enrolment.apk.block import Signer, broken, peel, walk
from bench.enrolment.apk.proof import check_signature

_VERSION = 4
"""Bytes before the levels of a proof."""


def certificates(signers: Sequence[Signer]) -> tuple[bytes, ...]:
    """Return the certificates (DER) of the one that all signers are, the oldest first.

    Raises `ApkError` where they are several, or a proof of rotation does not hold.
    """
    lines = [_line(signer) for signer in signers]
    longest = max(lines, key=len)
    if not {each.certificate for each in signers} <= {*longest}:
        raise ApkError("several signed it, and nothing links them")
    return longest


def _line(signer: Signer) -> tuple[bytes, ...]:
    """Return a signer's certificates, its own the last."""
    if not signer.rotation:
        return (signer.certificate,)
    line = _levels(signer.rotation)
    if not line or line[-1] != signer.certificate or len({*line}) < len(line):
        raise ApkError("its proof of a changed key is not that of its certificate")
    return tuple(line)


def _levels(proof: bytes) -> list[bytes]:
    line: list[bytes] = []
    algorithm = 0
    for level in walk(proof[_VERSION:]):
        signed, rest = peel(level)
        certificate, named = peel(signed)
        if line:
            if int.from_bytes(named, "little") != algorithm:
                raise broken()
            check_signature(_key(line[-1]), algorithm, peel(rest[8:])[0], signed)
        algorithm = int.from_bytes(rest[4:8], "little")
        line.append(certificate)
    return line


def _key(certificate: bytes) -> object:
    from cryptography import x509  # noqa: PLC0415 - a bench seldom needs it
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - as above

    try:
        return x509.load_der_x509_certificate(certificate).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ApkError("a certificate of its changed key cannot be read") from None
