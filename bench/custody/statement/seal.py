"""The certificate and key that sign statements: a force's own, or one that the bench makes.

They are not the bench's signing key: that one speaks in the record, this one in PDF readers, which
know X.509 and no Ed25519. Like it, it lies in a file that only its owner may read.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from cryptography.x509.oid import NameOID

from bench.custody import durable
from bench.custody.statement.content import Signatory
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError

SealKey: TypeAlias = EllipticCurvePrivateKey | RSAPrivateKey
_PEM = b"-----BEGIN "
_OTHERS = 0o077
_YEARS = timedelta(days=3653)
_LONGEST_NAME = 64
"""Characters of a common name (RFC 5280, appendix A, ub-common-name)."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A key, its certificate and what lies between that and a root; kept out of every log."""

    key: SealKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]

    def __repr__(self) -> str:
        return f"Seal({self.signatory.name!r})"

    @property
    def signatory(self) -> Signatory:
        """Who it is in its certificate's words; the issuer is None when it vouches for itself."""
        fingerprint = self.certificate.fingerprint(SHA256()).hex()
        vouched = self.certificate.issuer != self.certificate.subject
        issuer = _common_name(self.certificate.issuer) if vouched else None
        return Signatory(_common_name(self.certificate.subject), fingerprint, issuer)

    def check(self, at: datetime) -> None:
        """Raise `ProblemError` (SEAL_UNUSABLE) where the certificate is not valid at that time."""
        first, last = self.certificate.not_valid_before_utc, self.certificate.not_valid_after_utc
        if not first <= at <= last:
            raise _unusable("", f"valid from {first:%Y-%m-%d} to {last:%Y-%m-%d}")


def open_seal(path: Path, passphrase: bytes | None = None) -> Seal:
    """Read a seal: PKCS 12, or PEM with a key, its certificate and any between it and a root.

    The key is RSA or an elliptic curve's. Raises `ProblemError` (SEAL_UNUSABLE), also when others
    may read the file.
    """
    try:
        return _parsed(path, _private(path), passphrase)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unusable(path.name, str(error)) from error


def own_seal(path: Path, bench: str, at: datetime) -> Seal:
    """Read the bench's own seal, made at time `at` where there is none; nobody vouches for it.

    It comes into being whole or not at all, and never replaces another. Raises as `open_seal`.
    """
    try:
        if not path.exists():
            durable.create(path, _self_made(bench, at))
    except OSError as error:
        raise _unusable(path.name, str(error)) from error
    return open_seal(path)


def _private(path: Path) -> bytes:
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & _OTHERS:
            raise _unusable(path.name, "others may read its key: chmod 600 it")
        return file.read()


def _parsed(path: Path, content: bytes, passphrase: bytes | None) -> Seal:
    key: object
    if _PEM in content:
        key = load_pem_private_key(content, passphrase)
        certificates = x509.load_pem_x509_certificates(content)
    else:
        store = load_pkcs12(content, passphrase)
        key = store.key
        certificates = [each.certificate for each in (store.cert, *store.additional_certs) if each]
    if not isinstance(key, EllipticCurvePrivateKey | RSAPrivateKey):
        raise _unusable(path.name, "its key is neither RSA nor of an elliptic curve")
    return _matched(path, key, certificates)


def _matched(path: Path, key: SealKey, certificates: list[x509.Certificate]) -> Seal:
    own = [each for each in certificates if _spki(each.public_key()) == _spki(key.public_key())]
    if not own:
        raise _unusable(path.name, "no certificate in it is its key's")
    others = tuple(each for each in certificates if each != own[0])
    return Seal(key, own[0], others)


def _spki(key: CertificatePublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _self_made(bench: str, at: datetime) -> bytes:
    """A key and a certificate in PEM; its key may sign and nothing else (RFC 5280, 4.2.1.3)."""
    key = generate_private_key(SECP256R1())
    common = x509.NameAttribute(NameOID.COMMON_NAME, plain(bench, _LONGEST_NAME))
    name = x509.Name([common])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(at - timedelta(minutes=5))
        .not_valid_after(at + _YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_may_sign(), critical=True)
        .sign(key, SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem + certificate.public_bytes(Encoding.PEM)


def _may_sign() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    said = found[0].value if found else name.rfc4514_string()
    return plain(said if isinstance(said, str) else said.decode("utf-8", "replace"))


def _unusable(where: str, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.SEAL_UNUSABLE, where, detail))
