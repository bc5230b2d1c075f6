"""Who wrote a file of a drop: signed by the key of a certificate that the centre's authority gave.

A bench signs with the key with which it would sign in over a network, the centre with one that only
a server has (extended key usage, RFC 5280 clause 4.2.1.12). So whoever carries the folder can hold
files back, and nothing else: the drop adds no trust of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID

from bench.problems import Problem, ProblemCode, ProblemError

BENCH, CENTRE = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH
"""What a certificate has to be for, of who seals a batch and of who seals a receipt."""
_Private: TypeAlias = "ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey"
_Public: TypeAlias = "ec.EllipticCurvePublicKey | rsa.RSAPublicKey"
_UNREADABLE = (
    ValueError, TypeError, UnsupportedAlgorithm,
    x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType,
)  # fmt: skip
"""What the library raises over a certificate that no authority gives: no common kind of error."""

_CLOCKS = timedelta(days=2)
"""How far a bench's clock may be behind the centre's: one that was just made is believed."""


class SealError(ValueError):
    """A file was not sealed by whom it must be; the reason, as a clause."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A certificate (PEM) and its private key."""

    certificate: bytes
    _key: _Private = field(repr=False)

    @classmethod
    def of(cls, certificate: bytes, key: bytes, where: str) -> Seal:
        """Take both from PEM; `ProblemError` CENTRE_UNUSABLE, naming `where`, for what is none."""
        try:
            x509.load_pem_x509_certificate(certificate)
            private = load_pem_private_key(key, None)
        except _UNREADABLE as error:
            # what the library says may hold some of the file, so it is not passed on
            raise _unusable(where, "its certificate or key cannot be read") from error
        if not isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
            raise _unusable(where, "its key is neither of an elliptic curve nor RSA")
        return cls(certificate, private)

    @classmethod
    def open(cls, certificate: Path, key: Path) -> Seal:
        """Read both from their files."""
        try:
            return cls.of(certificate.read_bytes(), key.read_bytes(), certificate.name)
        except OSError as error:
            raise _unusable(certificate.name, error.strerror or "it cannot be read") from error

    def sign(self, content: bytes) -> bytes:
        """Return the signature over `content`: ECDSA (DER) or RSA PKCS 1 v1.5, with SHA-256."""
        if isinstance(self._key, ec.EllipticCurvePrivateKey):
            return self._key.sign(content, ec.ECDSA(hashes.SHA256()))
        return self._key.sign(content, PKCS1v15(), hashes.SHA256())


def refuse_unsigned(certificate: bytes, content: bytes, signature: bytes) -> None:
    """Raise `SealError` unless the key of this certificate (PEM) signed `content`."""
    public = _key_of(_parsed(certificate))
    try:
        if isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, content, ec.ECDSA(hashes.SHA256()))
        else:
            public.verify(signature, content, PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, UnsupportedAlgorithm):
        raise SealError("its signature does not fit: it was changed") from None


def serial_of(certificate: bytes) -> int:
    """Return the serial number by which the store knows this certificate (PEM)."""
    return _parsed(certificate).serial_number


@dataclass(frozen=True, slots=True)
class Trust:
    """Who may give certificates: PEM of one authority or several."""

    authorities: tuple[x509.Certificate, ...]

    @classmethod
    def of(cls, pem: bytes, where: str) -> Trust:
        """Take them from PEM; `ProblemError` CENTRE_UNUSABLE, naming `where`, for what is none."""
        try:
            return cls(tuple(x509.load_pem_x509_certificates(pem)))
        except _UNREADABLE as error:
            raise _unusable(where, "it holds no certificate") from error

    def refuse_foreign(
        self, certificate: bytes, usage: x509.ObjectIdentifier, now: datetime
    ) -> None:
        """Raise `SealError` for one that is of no authority here, has ended, or is for another use.

        An authority signs directly; whether it was revoked, the store knows by its serial number.
        """
        its = _parsed(certificate)
        if not any(_gave(authority, its) for authority in self.authorities):
            raise SealError("its certificate is of another authority")
        if now > its.not_valid_after_utc:
            raise SealError(f"its certificate ended on {its.not_valid_after_utc:%d %B %Y}")
        if now < its.not_valid_before_utc - _CLOCKS:
            raise SealError(f"its certificate begins on {its.not_valid_before_utc:%d %B %Y}")
        if usage not in _usages(its):
            raise SealError("its certificate is for another use")


def _gave(authority: x509.Certificate, its: x509.Certificate) -> bool:
    try:
        its.verify_directly_issued_by(authority)
    except (InvalidSignature, *_UNREADABLE):
        return False
    return True


def _usages(certificate: x509.Certificate) -> tuple[x509.ObjectIdentifier, ...]:
    try:
        return tuple(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except (x509.ExtensionNotFound, *_UNREADABLE):
        return ()


def _parsed(pem: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem)
    except _UNREADABLE:
        raise SealError("it names no certificate") from None


def _key_of(certificate: x509.Certificate) -> _Public:
    try:
        public = certificate.public_key()
    except _UNREADABLE:
        public = None
    if not isinstance(public, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
        raise SealError("its certificate is of a kind that is not known")
    return public


def _unusable(where: str, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.CENTRE_UNUSABLE, where, detail))
