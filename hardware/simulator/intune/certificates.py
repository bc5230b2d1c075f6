"""The simulated service's own authority, its server certificate, and the app's key.

Made anew at every start, valid for the day, and of no use anywhere else.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_AGO = timedelta(days=30)
_AHEAD = timedelta(days=30)
"""A computer whose clock is wrong by a day still takes them."""


@dataclass(frozen=True, slots=True)
class Papers:
    """PEM texts: `authority` is to be trusted, `server` and `application` hold key and certificate.

    `registered` is the application's certificate as the service knows it.
    """

    authority: str
    server: str = field(repr=False)
    application: str = field(repr=False)
    registered: x509.Certificate


def make_papers(application: str = "Staging Bench in training") -> Papers:
    """Make them all; takes tenths of a second, most of it for the RSA key."""
    ca_key, ca = _authority()
    server_key = ec.generate_private_key(ec.SECP256R1())
    server = _server(server_key.public_key(), ca_key, ca)
    app_key = rsa.generate_private_key(65537, 2048)
    own = _builder(application, application, app_key.public_key()).sign(app_key, hashes.SHA256())
    return Papers(
        authority=_pem(ca),
        server=_key_pem(server_key) + _pem(server),
        application=_key_pem(app_key) + _pem(own),
        registered=own,
    )


def _authority() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = "Staging Bench training authority"
    usage = x509.KeyUsage(
        digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
        decipher_only=False,
    )  # fmt: skip
    made = (
        _builder(name, name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return key, made.sign(key, hashes.SHA256())


def _server(
    key: ec.EllipticCurvePublicKey, ca_key: ec.EllipticCurvePrivateKey, ca: x509.Certificate
) -> x509.Certificate:
    issuer = ca.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    here = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
    made = (
        _builder("127.0.0.1", str(issuer), key)
        .add_extension(x509.SubjectAlternativeName(here), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()),
            critical=False,
        )
    )
    return made.sign(ca_key, hashes.SHA256())


def _builder(
    subject: str, issuer: str, key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _AGO)
        .not_valid_after(now + _AHEAD)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def _key_pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
