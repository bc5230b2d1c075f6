from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.custody.proof.checkpoint import log_key, witness_key
from bench.custody.proof.merkle import ProofError
from bench.custody.proof.policy import PolicyError, TrustPolicy
from bench.custody.proof.tlog_proof import TlogProof
from tests.bench.custody.proof.grown import leaf, leaves, tree_of
from tests.bench.custody.proof.signers import (
    NOON,
    ORIGIN,
    WITNESS,
    cosigned,
    made_up_key,
    signed_head,
)

_POLICY = TrustPolicy.parse(
    f"log {log_key(ORIGIN, made_up_key(ORIGIN))}\n"
    f"witness w {witness_key(WITNESS, made_up_key(WITNESS))}\nquorum w\n"
)
_LEAVES = leaves(21)
_NOTE = cosigned(signed_head(_LEAVES, 21), WITNESS)


def _proof(index: int, extra: bytes | None = None) -> TlogProof:
    return TlogProof(index, tree_of(_LEAVES).inclusion(index, 21), _NOTE, extra)


@pytest.mark.parametrize("index", range(21))
def test_a_proof_convinces_whoever_trusts_the_log_and_the_witness(index: int) -> None:
    proof = TlogProof.parse(str(_proof(index)).encode())
    trusted = proof.check(_LEAVES[index], _POLICY)
    assert (trusted.checkpoint.size, trusted.times) == (21, {"w": NOON})


def test_a_proof_is_laid_out_as_the_specification_shows_it() -> None:
    lines = str(_proof(20, b"extra data")).split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra ZXh0cmEgZGF0YQ==", "index 20"]
    assert lines[5:8] == ["", ORIGIN, "21"]


@pytest.mark.parametrize("extra", [None, b"x", bytes(1000)])
def test_a_proof_is_written_as_it_was_read(extra: bytes | None) -> None:
    proof = _proof(4, extra)
    assert TlogProof.parse(str(proof).encode()) == proof


def test_the_only_leaf_of_a_tree_needs_no_path() -> None:
    note = cosigned(signed_head(_LEAVES, 1), WITNESS)
    proof = TlogProof.parse(str(TlogProof(0, (), note)).encode())
    assert proof.check(_LEAVES[0], _POLICY).checkpoint.size == 1


def test_another_leaf_or_another_place_is_refused() -> None:
    proof = _proof(4)
    with pytest.raises(ProofError):
        proof.check(leaf(b"another"), _POLICY)
    for index in (*range(4), *range(5, 30)):
        with pytest.raises(ProofError):
            TlogProof(index, proof.path, _NOTE).check(_LEAVES[4], _POLICY)


def test_hashes_missing_or_left_over_are_refused() -> None:
    proof = _proof(4)
    for path in (proof.path[1:], proof.path[:-1], (*proof.path, bytes(32)), ()):
        with pytest.raises(ProofError):
            TlogProof(4, path, _NOTE).check(_LEAVES[4], _POLICY)


def test_a_checkpoint_that_nobody_witnessed_is_not_believed() -> None:
    proof = TlogProof(4, _proof(4).path, signed_head(_LEAVES, 21))
    with pytest.raises(PolicyError):
        proof.check(_LEAVES[4], _POLICY)


def test_every_changed_byte_is_refused() -> None:
    whole = str(_proof(4)).encode()
    for place in range(len(whole)):
        for flip in (0x01, 0x02, 0x20, 0x80):
            data = bytearray(whole)
            data[place] ^= flip
            with pytest.raises((ProofError, PolicyError)):
                TlogProof.parse(bytes(data)).check(_LEAVES[4], _POLICY)


@pytest.mark.parametrize(
    ("found", "put"),
    [
        (b"c2sp.org/tlog-proof@v1", b"c2sp.org/tlog-proof@v2"),
        (b"c2sp.org/tlog-proof@v1\n", b""),
        (b"extra ", b"extra"),
        (b"extra eA==\n", b"extra \n"),
        (b"extra eA==\n", b"extra eA=\n"),
        (b"extra eA==\n", b"extra eA==\nextra eA==\n"),
        (b"extra eA==\n", b"\n"),
        (b"extra eA==\nindex 4\n", b"index 4\nextra eA==\n"),
        (b"index 4", b"index 04"),
        (b"index 4", b"index -4"),
        (b"index 4", b"index 4 "),
        (b"index 4", b"index"),
        (b"index 4", b"index 9223372036854775808"),
        (b"index 4\n", b""),
        (b"index 4\n", b"index 4\r\n"),
        (b"index 4\n", b"index 4\n" + b"A" * 43 + b"\n"),
        (b"index 4\n", b"index 4\n" + b"A" * 42 + b"==\n"),
        (b"index 4\n", b"index 4\n" + (b"A" * 43 + b"=\n") * 59),
        (b"index 4\n", b"index 4\n\xff\n"),
        (b"index 4\n", b"index 4\n\n"),
        (b"\n\ncustody", b"\ncustody"),
        (b"\n\xe2\x80\x94", b"\n-"),
    ],
)  # fmt: skip
def test_what_is_no_proof_is_refused(found: bytes, put: bytes) -> None:
    whole = str(_proof(4, b"x")).encode()
    assert found in whole
    with pytest.raises((ProofError, PolicyError)):
        TlogProof.parse(whole.replace(found, put)).check(_LEAVES[4], _POLICY)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"c2sp.org/tlog-proof@v1", b"\n" * 3_000_000])
def test_what_is_nothing_like_a_proof_is_refused(data: bytes) -> None:
    with pytest.raises(ProofError):
        TlogProof.parse(data)


@given(st.binary(), st.integers(0, 700), st.integers(0, 40))
def test_whatever_is_read_is_a_proof_or_a_proof_error(junk: bytes, place: int, cut: int) -> None:
    whole = str(_proof(4)).encode()
    for data in (junk, whole[:place] + junk + whole[place + cut :]):
        try:
            proof = TlogProof.parse(data)
        except ProofError:
            continue
        assert str(proof).encode() == data
