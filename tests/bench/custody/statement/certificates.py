"""A force's made-up certificate, issued by a made-up root."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import NameOID

from bench.custody.statement.seal import Seal, SealKey, open_seal
from tests.bench.custody.proof.authority import DAY
from tests.bench.custody.statement.paper import NOON


def issued(path: Path, *, passphrase: bytes | None = None) -> tuple[Seal, x509.Certificate]:
    """A seal in a PKCS 12 file, and its root."""
    key, own, root = made()
    secrecy: KeySerializationEncryption = (
        BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    )
    keep(path, serialize_key_and_certificates(b"seal", key, own, [root], secrecy))
    return open_seal(path, passphrase), root


def made() -> tuple[rsa.RSAPrivateKey, x509.Certificate, x509.Certificate]:
    root_key = ec.generate_private_key(ec.SECP256R1())
    key = rsa.generate_private_key(65537, 2048)
    root = certificate("Made-up root", root_key, "Made-up root", root_key, ca=True)
    return key, certificate("Made-up force", key, "Made-up root", root_key, ca=False), root


def certificate(
    name: str, key: SealKey, issuer: str, issuer_key: ec.EllipticCurvePrivateKey, *, ca: bool
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=not ca, content_commitment=not ca, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=ca, crl_sign=ca,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder(named(issuer), named(name), key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOON - DAY)
        .not_valid_after(NOON + 3000 * DAY)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(issuer_key, SHA256())
    )


def named(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def pem(key: SealKey, *certificates: x509.Certificate) -> bytes:
    kept = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return b"".join((*(each.public_bytes(Encoding.PEM) for each in certificates), kept))


def keep(path: Path, content: bytes) -> Path:
    path.touch(0o600)
    path.write_bytes(content)
    return path
