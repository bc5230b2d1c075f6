"""Signatures on statements, judged by pyHanko's validator and by poppler's pdfsig."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyhanko.sign.validation.status import SignatureCoverageLevel

from bench.custody.proof.timestamp import Authority, TimestampError
from bench.custody.statement.layout import statement
from bench.custody.statement.seal import Seal, open_seal, own_seal
from bench.custody.statement.signing import sign
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.proof.authority import Asked, TestAuthority, on_the_net, served
from tests.bench.custody.statement.certificates import issued
from tests.bench.custody.statement.paper import BUNDLE, FONTS, NOON, content, corrected
from tests.bench.custody.statement.readers import (
    attached,
    conforms,
    is_whole,
    opened,
    poppler,
    signature_status,
)


@pytest.fixture(scope="module")
def seal(tmp_path_factory: pytest.TempPathFactory) -> Seal:
    return own_seal(tmp_path_factory.mktemp("seal") / "seal.pem", "bench-07", NOON)


@pytest.fixture(scope="module")
def signed(seal: Seal) -> bytes:
    return sign(unsigned(seal), seal, NOON)


def unsigned(seal: Seal) -> bytes:
    return statement(content(*corrected(), signatory=seal.signatory), BUNDLE, fonts=FONTS)


def said_by_pdfsig(pdf: bytes, folder: Path) -> str:
    path = folder / "signed.pdf"
    path.write_bytes(pdf)
    return poppler("pdfsig", path, check=False)


def test_a_signature_of_the_benchs_own_holds_and_covers_everything(
    signed: bytes, seal: Seal, tmp_path: Path
) -> None:
    status = signature_status(signed, seal.certificate)
    assert status.bottom_line
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert status.signer_reported_dt == NOON
    told = said_by_pdfsig(signed, tmp_path)
    assert "Signature Validation: Signature is Valid." in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told
    assert "Certificate issuer is unknown" in told


def test_signing_adds_to_the_pages_and_changes_none_of_their_bytes(
    signed: bytes, seal: Seal, tmp_path: Path
) -> None:
    assert signed.startswith(unsigned(seal))
    assert attached(signed, tmp_path) == BUNDLE


def test_a_signed_statement_is_still_pdf_a(signed: bytes) -> None:
    with opened(signed) as document:
        assert conforms(document)
        assert document.Root.AcroForm.SigFlags == 3


def test_a_force_signs_with_a_certificate_that_its_root_issued(tmp_path: Path) -> None:
    seal, root = issued(tmp_path / "force.p12", passphrase=b"made-up")
    signed = sign(unsigned(seal), seal, NOON)
    status = signature_status(signed, root)
    assert status.bottom_line
    assert not signature_status(signed).trusted
    assert "Signature is Valid" in said_by_pdfsig(signed, tmp_path)


def test_any_changed_byte_under_the_signature_breaks_it(signed: bytes, seal: Seal) -> None:
    chance = random.Random(64)
    assert is_whole(signed, seal.certificate)
    first, second = byte_range(signed)
    for place in (*chance.sample(first, 60), *chance.sample(second, 20)):
        changed = bytearray(signed)
        changed[place] ^= 1 << chance.randrange(8)
        assert not is_whole(bytes(changed), seal.certificate), place


def test_any_changed_byte_under_the_signature_is_seen_by_pdfsig_too(
    signed: bytes, tmp_path: Path
) -> None:
    chance = random.Random(65)
    for place in chance.sample(byte_range(signed)[0], 20):
        changed = bytearray(signed)
        changed[place] ^= 1 << chance.randrange(8)
        assert "Signature is Valid" not in said_by_pdfsig(bytes(changed), tmp_path)


def test_something_put_behind_the_signature_is_not_covered(signed: bytes, seal: Seal) -> None:
    assert not is_whole(signed + b"\n% more", seal.certificate)


def byte_range(pdf: bytes) -> tuple[range, range]:
    found = re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)", pdf)
    assert found
    start, length, restart, rest = map(int, found.groups())
    assert restart + rest == len(pdf)
    return range(start, start + length), range(restart, restart + rest)


def test_a_time_stamp_of_an_authority_is_taken_into_the_signature(tmp_path: Path) -> None:
    tsa = TestAuthority.make(tmp_path / "tsa")
    seal = own_seal(tmp_path / "seal.pem", "bench-07", datetime.now(UTC))
    with on_the_net(tsa) as url:
        authority = Authority(url, (tsa.root,), deadline=30)
        signed = sign(unsigned(seal), seal, datetime.now(UTC), authority=authority)
    status = signature_status(signed, seal.certificate, tsa.root)
    assert status.bottom_line
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.trusted
    with opened(signed) as document:
        assert conforms(document)


def test_a_time_stamp_of_another_authority_is_not_taken_in(seal: Seal, tmp_path: Path) -> None:
    tsa, other = (TestAuthority.make(tmp_path / name, name) for name in ("one", "two"))
    with on_the_net(tsa) as url, pytest.raises(TimestampError, match="does not hold"):
        sign(unsigned(seal), seal, NOON, authority=Authority(url, (other.root,)))


def test_an_authority_that_talks_rubbish_is_told_in_words(seal: Seal, tmp_path: Path) -> None:
    root = TestAuthority.make(tmp_path / "tsa").root

    def rubbish(asked: Asked, _: bytes) -> None:
        asked.send(b"rubbish")

    with served(rubbish) as url, pytest.raises(TimestampError, match="no time stamp reply"):
        sign(unsigned(seal), seal, NOON, authority=Authority(url, (root,)))


@pytest.mark.parametrize("days", [-1, 3660])
def test_a_certificate_signs_nothing_outside_its_time(seal: Seal, days: int) -> None:
    with pytest.raises(ProblemError) as caught:
        sign(b"", seal, NOON + timedelta(days=days))
    assert caught.value.problem.code is ProblemCode.SEAL_UNUSABLE
    assert "valid from 2026-11-02 to 2036-11-02" in str(caught.value)


def test_the_same_seal_is_found_again(tmp_path: Path) -> None:
    made = own_seal(tmp_path / "seal.pem", "bench-07", NOON)
    assert own_seal(tmp_path / "seal.pem", "bench-07", NOON).signatory == made.signatory
    assert open_seal(tmp_path / "seal.pem").signatory == made.signatory
