"""A centre's authority, benches and servers that have its certificates, and drops between them."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from bench.inventory.central.certificates import Authority, Identity
from bench.inventory.doors.drop import DropDoor
from bench.inventory.drop.seal import Seal, Trust

NOW = datetime.now(UTC)


def seal_of(identity: Identity) -> Seal:
    return Seal.of(identity.certificate, identity.key, "test")


@dataclass
class Sealing:
    """One authority; who has a certificate of it keeps it."""

    authority: Authority
    trust: Trust
    centre: Seal

    @classmethod
    def begin(cls, name: str = "Centre") -> Sealing:
        authority = Authority.begin(name, NOW)
        trust = Trust.of(authority.identity.certificate, "test")
        return cls(authority, trust, seal_of(authority.server(["localhost"], NOW)))

    def bench(self, name: str) -> Seal:
        return seal_of(self.authority.bench(name, NOW))

    def door(self, folder: Path, name: str, seal: Seal | None = None) -> DropDoor:
        return DropDoor(folder, name, seal or self.bench(name), self.trust, simulated=False)


def surrogates(_: bytes) -> str:
    """No certificate, and no text that can be written down."""
    return "\ud800"


def of_version_8(pem: bytes) -> str:
    """A certificate of a version that X.509 does not have (RFC 5280, 4.1.2.1)."""
    return _changed(pem, bytes.fromhex("a003020102"), 4, 7)


def of_no_curve(pem: bytes) -> str:
    """A certificate whose key lies on a curve that nobody knows."""
    return _changed(pem, bytes.fromhex("06082a8648ce3d030107"), 9, 0x7F)


def of_no_signature(pem: bytes) -> str:
    """A certificate that is signed by a way that nobody knows."""
    return _changed(pem, bytes.fromhex("06082a8648ce3d040302"), 9, 0x7F)


CERTIFICATES = (surrogates, of_version_8, of_no_curve, of_no_signature)
"""How a certificate is made one that the library does not read, each of its own kind of error."""


def with_certificate(certificate: str) -> bytes:
    """Return a file of a drop that names this certificate, and is not signed."""
    said = json.dumps({"certificate": certificate})
    return f'{said}\n{{"signature":"AAAA"}}\n'.encode()


def _changed(pem: bytes, before: bytes, place: int, byte: int) -> str:
    der = bytearray(x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER))
    assert before in der
    der[der.index(before) + place] = byte
    return ssl.DER_cert_to_PEM_cert(bytes(der))
