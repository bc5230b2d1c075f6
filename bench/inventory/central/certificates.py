"""The centre's certificate authority: who is the server, which bench is which (X.509, RFC 5280).

A bench's certificate carries the name of its role as common name, which PostgreSQL compares with
the role that signs in (`clientcert=verify-full`), and a serial number that the store knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_EARLIER = timedelta(minutes=5)
"""Clocks of benches are not the centre's."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate and its private key, both PEM; `serial` as the store knows it."""

    certificate: bytes
    key: bytes = field(repr=False)
    serial: int
    not_after: datetime


@dataclass(frozen=True, slots=True)
class Authority:
    """Signs certificates of one centre."""

    identity: Identity

    @classmethod
    def begin(cls, name: str, now: datetime, *, days: int = 3650) -> Authority:
        """Make an authority of that name."""
        key = ec.generate_private_key(ec.SECP256R1())
        usual = x509.KeyUsage(
            digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False,
            key_encipherment=False, data_encipherment=False, key_agreement=False,
            encipher_only=False, decipher_only=False,
        )  # fmt: skip
        builder = (
            _builder(name, name, key, now, days)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usual, critical=True)
        )
        return cls(_sealed(builder, key, key))

    def server(self, hosts: Sequence[str], now: datetime, *, days: int = 825) -> Identity:
        """Return the identity of a server that is reached by these names or addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([_general(host) for host in hosts])
        builder = _builder(hosts[0], self.name, key, now, days).add_extension(names, critical=False)
        return self._signed(builder, key, ExtendedKeyUsageOID.SERVER_AUTH)

    def bench(self, role: str, now: datetime, *, days: int = 365) -> Identity:
        """Return the identity of the bench that signs in as that role."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(role, self.name, key, now, days)
        return self._signed(builder, key, ExtendedKeyUsageOID.CLIENT_AUTH)

    @property
    def name(self) -> str:
        """What it is called, the common name that its certificates have as issuer."""
        common = self._certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(common[0].value)

    @property
    def _certificate(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.identity.certificate)

    def _signed(
        self,
        builder: x509.CertificateBuilder,
        key: ec.EllipticCurvePrivateKey,
        usage: x509.ObjectIdentifier,
    ) -> Identity:
        ours = load_pem_private_key(self.identity.key, None)
        assert isinstance(ours, ec.EllipticCurvePrivateKey), "an authority signs with P-256"
        builder = builder.add_extension(
            x509.BasicConstraints(ca=False, path_length=None), critical=True
        ).add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        return _sealed(builder, key, ours)


def _builder(
    name: str, issuer: str, key: ec.EllipticCurvePrivateKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + timedelta(days=days))
    )


def _sealed(
    builder: x509.CertificateBuilder,
    key: ec.EllipticCurvePrivateKey,
    by: ec.EllipticCurvePrivateKey,
) -> Identity:
    made = builder.sign(by, hashes.SHA256())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Identity(
        made.public_bytes(Encoding.PEM), pem, made.serial_number, made.not_valid_after_utc
    )


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def utc_now() -> datetime:
    """Return this moment, UTC."""
    return datetime.now(UTC)
