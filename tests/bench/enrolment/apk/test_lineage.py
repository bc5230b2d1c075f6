"""Several signers of one package: taken only where the old key says that the new one follows it."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bench.enrolment.apk.archive import ApkError
from bench.enrolment.apk.signature import checksum, signature_of

V2, V3, V31 = 0x7109871A, 0xF05368C0, 0x1B93AD61
ROTATION, ECDSA_256 = 0x3BA06F8C, struct.pack("<I", 0x0201)
SDKS = struct.pack("<II", 28, 0x7FFFFFFF)
SPKI = serialization.PublicFormat.SubjectPublicKeyInfo
DER = serialization.Encoding.DER
FROM, TO = datetime(2026, 1, 1, tzinfo=UTC), datetime(2056, 1, 1, tzinfo=UTC)


def parts(*each: bytes) -> bytes:
    return b"".join(struct.pack("<I", len(one)) + one for one in each)


class Owner:
    """A key with its certificate."""

    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        named = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        public = self._key.public_key()
        made = x509.CertificateBuilder(named, named, public, 1, FROM, TO)
        self.certificate = made.sign(self._key, hashes.SHA256()).public_bytes(DER)
        self.public = public.public_bytes(DER, SPKI)
        self.checksum = checksum(self.certificate)

    def signs(self, data: bytes) -> bytes:
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


OLD, NEW, STRANGER = Owner("Old"), Owner("New"), Owner("Stranger")


def proof(*owners: Owner, signed_by: tuple[Owner, ...] = (), named: bytes = ECDSA_256) -> bytes:
    """Say that each owner follows the one before, by whose key it is signed."""
    levels = []
    for number, owner in enumerate(owners):
        data = parts(owner.certificate) + (named if number else b"\0\0\0\0")
        before = (signed_by or owners)[number - 1]
        signature = before.signs(data) if number else b""
        levels.append(parts(data) + struct.pack("<I", 1) + ECDSA_256 + parts(signature))
    return struct.pack("<I", 1) + parts(*levels)


@dataclass(frozen=True)
class Signs:
    scheme: int
    owner: Owner
    rotation: bytes = b""

    def signer(self, digest: bytes) -> bytes:
        sdks = b"" if self.scheme == V2 else SDKS
        held = parts(struct.pack("<I", ROTATION) + self.rotation) if self.rotation else b""
        data = parts(parts(ECDSA_256 + parts(digest)), parts(self.owner.certificate))
        data += sdks + parts(held)
        signature = parts(ECDSA_256 + parts(self.owner.signs(data)))
        return parts(data) + sdks + parts(signature, self.owner.public)


def package(folder: Path, *signs: Signs) -> Path:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("classes.dex", b"no code")
    whole = archive.getvalue()
    directory = struct.unpack_from("<I", whole, len(whole) - 6)[0]
    sections = whole[:directory], whole[directory:-22], whole[-22:]
    hashed = b"".join(hashlib.sha256(b"\xa5" + parts(each)).digest() for each in sections)
    digest = hashlib.sha256(b"\x5a" + struct.pack("<I", 3) + hashed).digest()
    pairs = b""
    for scheme in dict.fromkeys(each.scheme for each in signs):
        value = parts(parts(*(e.signer(digest) for e in signs if e.scheme == scheme)))
        pairs += struct.pack("<QI", len(value) + 4, scheme) + value
    size = struct.pack("<Q", len(pairs) + 24)
    block = size + pairs + size + b"APK Sig Block 42"
    end = whole[-22:-6] + struct.pack("<I", directory + len(block)) + whole[-2:]
    (folder / "signed.apk").write_bytes(whole[:directory] + block + whole[directory:-22] + end)
    return folder / "signed.apk"


LINKED = (
    ((Signs(V2, OLD), Signs(V3, OLD)), (OLD,)),
    ((Signs(V2, OLD), Signs(V3, NEW, proof(OLD, NEW))), (OLD, NEW)),
    ((Signs(V2, OLD), Signs(V3, OLD), Signs(V31, NEW, proof(OLD, NEW))), (OLD, NEW)),
    ((Signs(V3, NEW, proof(OLD, NEW)),), (OLD, NEW)),
    ((Signs(V3, OLD, proof(OLD)),), (OLD,)),
)


@pytest.mark.parametrize(("signs", "owners"), LINKED, ids=range(len(LINKED)))
def test_a_changed_key_that_the_old_one_vouches_for_is_the_same_signer(
    signs: tuple[Signs, ...], owners: tuple[Owner, ...], tmp_path: Path
) -> None:
    signature = signature_of(package(tmp_path, *signs))
    assert signature.checksums == tuple(each.checksum for each in owners)
    assert signature.proven


FORGED = proof(OLD, STRANGER, signed_by=(STRANGER, STRANGER))
SEVERAL = (
    ((Signs(V2, OLD), Signs(V3, STRANGER)), "several"),
    ((Signs(V2, STRANGER), Signs(V3, OLD)), "several"),
    ((Signs(V2, STRANGER), Signs(V3, NEW, proof(OLD, NEW))), "several"),
    ((Signs(V2, OLD), Signs(V3, STRANGER), Signs(V31, NEW, proof(OLD, NEW))), "several"),
    ((Signs(V2, OLD), Signs(V2, STRANGER)), "several"),
    ((Signs(V3, OLD), Signs(V3, STRANGER)), "several"),
    ((Signs(V2, OLD), Signs(V3, STRANGER, FORGED)), "not that of its certificate"),
    ((Signs(V2, OLD), Signs(V3, STRANGER, proof(OLD, NEW))), "changed key"),
    ((Signs(V3, OLD, proof(OLD, NEW, OLD)),), "changed key"),
    ((Signs(V3, NEW, proof(OLD, NEW, named=b"\1\1\0\0")),), "broken"),
    ((Signs(V3, NEW, proof(OLD, NEW)[:-1]),), "broken"),
    ((Signs(V3, OLD, b"\1\0\0\0"),), "changed key"),
)  # fmt: skip


@pytest.mark.parametrize(("signs", "words"), SEVERAL, ids=range(len(SEVERAL)))
def test_a_strangers_signature_beside_the_good_one_is_no_signature_of_either(
    signs: tuple[Signs, ...], words: str, tmp_path: Path
) -> None:
    with pytest.raises(ApkError, match=words):
        signature_of(package(tmp_path, *signs))
