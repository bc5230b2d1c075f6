"""The certificate that signs statements: whose it is, and when it is not taken."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bench.custody.statement.seal import open_seal, own_seal
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.statement.certificates import issued, keep, made, pem
from tests.bench.custody.statement.paper import NOON


def refused(path: Path, passphrase: bytes | None = None) -> str:
    with pytest.raises(ProblemError) as caught:
        open_seal(path, passphrase)
    assert caught.value.problem.code is ProblemCode.SEAL_UNUSABLE
    return str(caught.value)


def test_the_benchs_own_seal_is_for_its_owner_only_and_nobody_vouches_for_it(
    tmp_path: Path,
) -> None:
    seal = own_seal(tmp_path / "seal.pem", "bench-07", NOON)
    assert stat.S_IMODE((tmp_path / "seal.pem").stat().st_mode) == 0o600
    assert seal.signatory.name == "bench-07"
    assert seal.signatory.issuer is None
    assert [path.name for path in tmp_path.iterdir()] == ["seal.pem"]


def test_a_forces_seal_names_its_issuer(tmp_path: Path) -> None:
    seal, root = issued(tmp_path / "force.p12", passphrase=b"made-up")
    assert seal.signatory.name == "Made-up force"
    assert seal.signatory.issuer == "Made-up root"
    assert seal.chain == (root,)


def test_a_seal_in_pem_is_taken_in_any_order(tmp_path: Path) -> None:
    key, own, root = made()
    seal = open_seal(keep(tmp_path / "seal.pem", pem(key, root, own)))
    assert seal.certificate == own
    assert seal.chain == (root,)


def test_a_seal_that_others_may_read_is_refused(tmp_path: Path) -> None:
    own_seal(tmp_path / "seal.pem", "bench-07", NOON)
    (tmp_path / "seal.pem").chmod(0o640)
    assert "chmod 600" in refused(tmp_path / "seal.pem")


def test_a_wrong_passphrase_is_refused_and_never_repeated(tmp_path: Path) -> None:
    issued(tmp_path / "force.p12", passphrase=b"made-up")
    told = refused(tmp_path / "force.p12", b"another-secret")
    assert "another-secret" not in told
    refused(tmp_path / "force.p12")


def test_a_key_without_its_certificate_is_refused(tmp_path: Path) -> None:
    _, _, root = made()
    other = ec.generate_private_key(ec.SECP256R1())
    assert "no certificate in it is its key's" in refused(
        keep(tmp_path / "seal.pem", pem(other, root))
    )


def test_a_key_that_pdf_readers_do_not_know_is_refused(tmp_path: Path) -> None:
    _, own, _ = made()
    key = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    path = keep(tmp_path / "seal.pem", own.public_bytes(Encoding.PEM) + key)
    assert "neither RSA nor" in refused(path)


@pytest.mark.parametrize("junk", [b"", b"junk", b"-----BEGIN PRIVATE KEY-----\nx\n"])
def test_what_is_no_seal_is_refused(junk: bytes, tmp_path: Path) -> None:
    refused(keep(tmp_path / "seal", junk))


def test_a_seal_that_is_not_there_is_refused(tmp_path: Path) -> None:
    refused(tmp_path / "nowhere.p12")
    with pytest.raises(ProblemError):
        own_seal(tmp_path / "nowhere" / "seal.pem", "bench-07", NOON)


def test_a_seal_is_never_spelled_out(tmp_path: Path) -> None:
    assert repr(own_seal(tmp_path / "seal.pem", "bench-07", NOON)) == "Seal('bench-07')"
