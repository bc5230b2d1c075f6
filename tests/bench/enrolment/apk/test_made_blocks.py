"""Signing blocks written by hand, as the published layout has them, and as it does not."""

from __future__ import annotations

import hashlib
import io
import struct
import tracemalloc
import zipfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from bench.enrolment.apk.archive import ApkError
from bench.enrolment.apk.signature import checksum, signature_of

PSS_512, PKCS1_512, VERITY, ECDSA = 0x0102, 0x0104, 0x0421, 0x0201
DER = serialization.Encoding.DER
KEY = rsa.generate_private_key(65537, 2048)
NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Made up")])
FROM, TO = datetime(2026, 1, 1, tzinfo=UTC), datetime(2056, 1, 1, tzinfo=UTC)
CERTIFICATE = (
    x509.CertificateBuilder(NAME, NAME, KEY.public_key(), 1, FROM, TO)
    .sign(KEY, hashes.SHA256())
    .public_bytes(DER)
)
PUBLIC = KEY.public_key().public_bytes(DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def length_prefixed(*parts: bytes) -> bytes:
    return b"".join(struct.pack("<I", len(part)) + part for part in parts)


@dataclass(frozen=True)
class Writer:
    """Writes a package with one signer; each field can be made to lie."""

    scheme: int = 0x7109871A
    algorithm: int = PKCS1_512
    digest_algorithm: int = 0
    extra_signatures: tuple[int, ...] = ()
    behind_signers: bytes = b""
    behind_value: bytes = b""
    behind_signature: bytes = b""
    other_pairs: bytes = b""
    sdks: bytes = b""

    def package(self) -> bytes:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as members:
            members.writestr("classes.dex", b"no code" * 300_000)
        whole = archive.getvalue()
        directory = struct.unpack_from("<I", whole, len(whole) - 6)[0]
        contents, central, end = whole[:directory], whole[directory:-22], whole[-22:]
        block = self.block(contents, central, end)
        moved = end[:16] + struct.pack("<I", directory + len(block)) + end[20:]
        return contents + block + central + moved

    def block(self, *sections: bytes) -> bytes:
        value = length_prefixed(length_prefixed(self.signer(*sections)) + self.behind_signers)
        value += self.behind_value
        pairs = self.other_pairs + struct.pack("<QI", len(value) + 4, self.scheme) + value
        size = struct.pack("<Q", len(pairs) + 24)
        return size + pairs + size + b"APK Sig Block 42"

    def signer(self, *sections: bytes) -> bytes:
        chunks = [s[at : at + (1 << 20)] for s in sections for at in range(0, len(s), 1 << 20)]
        hashed = [hashlib.sha512(b"\xa5" + length_prefixed(c)).digest() for c in chunks]
        top = hashlib.sha512(b"\x5a" + struct.pack("<I", len(chunks)) + b"".join(hashed)).digest()
        names = [self.digest_algorithm or self.algorithm, *self.extra_signatures]
        digests = [struct.pack("<I", name) + length_prefixed(top) for name in names]
        attributes = b"" if self.scheme != 0x7109871A else length_prefixed(b"")
        data = length_prefixed(length_prefixed(*digests), length_prefixed(CERTIFICATE))
        data += self.sdks + (attributes or length_prefixed(b""))
        signature = struct.pack("<I", self.algorithm) + length_prefixed(self.signed(data))
        others = [struct.pack("<I", name) + length_prefixed(b"x") for name in self.extra_signatures]
        signatures = length_prefixed(signature + self.behind_signature, *others)
        return length_prefixed(data) + self.sdks + length_prefixed(signatures, PUBLIC)

    def signed(self, data: bytes) -> bytes:
        digest = hashes.SHA512()
        if self.algorithm == PSS_512:
            return KEY.sign(data, padding.PSS(padding.MGF1(digest), 64), digest)
        return KEY.sign(data, padding.PKCS1v15(), digest)


def written(folder: Path, writer: Writer) -> Path:
    path = folder / "made.apk"
    path.write_bytes(writer.package())
    return path


SDKS = struct.pack("<II", 28, 0x7FFFFFFF)
UNKNOWN = struct.pack("<QI", 104, 0x2146444E) + bytes(100)
GOOD = (
    Writer(),
    Writer(algorithm=PSS_512),
    Writer(scheme=0xF05368C0, sdks=SDKS),
    Writer(scheme=0x1B93AD61, sdks=SDKS, algorithm=PSS_512),
    Writer(other_pairs=UNKNOWN),
    Writer(extra_signatures=(VERITY,)),
)


@pytest.mark.parametrize("writer", GOOD, ids=range(len(GOOD)))
def test_every_scheme_and_algorithm_of_the_layout_is_read(writer: Writer, tmp_path: Path) -> None:
    signature = signature_of(written(tmp_path, writer))
    assert signature.checksums == (checksum(CERTIFICATE),)
    assert signature.proven


BAD = (
    (Writer(digest_algorithm=PSS_512), "not over its digests"),
    (Writer(algorithm=VERITY), "cannot be checked here"),
    (Writer(algorithm=0x9999), "cannot be checked here"),
    (Writer(algorithm=ECDSA), "does not fit"),
    (Writer(behind_signers=b"\0"), "broken"),
    (Writer(behind_value=b"\0"), "broken"),
    (Writer(behind_signature=b"\0"), "broken"),
    (Writer(other_pairs=b"\0" * 5), "broken"),
    (Writer(scheme=0x12345678), "holds no signature"),
    (replace(Writer(), sdks=SDKS), "broken"),
)


@pytest.mark.parametrize(("writer", "words"), BAD, ids=range(len(BAD)))
def test_a_block_that_departs_from_the_layout_is_refused(
    writer: Writer, words: str, tmp_path: Path
) -> None:
    with pytest.raises(ApkError, match=words):
        signature_of(written(tmp_path, writer))


@pytest.mark.parametrize(
    ("at", "words"), [(-6, "not where its end says"), (-10, "not where its end says")]
)
def test_a_directory_that_is_elsewhere_is_refused(at: int, words: str, tmp_path: Path) -> None:
    whole = bytearray(Writer().package())
    whole[at] ^= 1
    (tmp_path / "a.apk").write_bytes(whole)
    with pytest.raises(ApkError, match=words):
        signature_of(tmp_path / "a.apk")


def test_a_block_of_two_sizes_is_refused(tmp_path: Path) -> None:
    whole = Writer().package()
    end = whole.rindex(b"APK Sig Block 42") - 8
    start = end + 24 - 8 - int.from_bytes(whole[end : end + 8], "little")
    spoiled = bytearray(whole)
    spoiled[start] ^= 1
    (tmp_path / "a.apk").write_bytes(spoiled)
    with pytest.raises(ApkError, match="two sizes"):
        signature_of(tmp_path / "a.apk")


def test_no_more_than_the_file_holds_is_ever_held_in_memory(tmp_path: Path) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr("META-INF/A.RSA", bytes(64 << 20))
    (tmp_path / "a.apk").write_bytes(archive.getvalue())
    tracemalloc.start()
    try:
        with pytest.raises(ApkError, match="impossible size"):
            signature_of(tmp_path / "a.apk")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 8 << 20
