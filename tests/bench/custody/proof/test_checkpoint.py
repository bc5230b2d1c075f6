from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.custody.proof.checkpoint import (
    COSIGNATURE_V1,
    ED25519,
    Checkpoint,
    cosign,
    cosigned_at,
    is_log_signed,
    log_key,
    origin_of,
    sign,
    witness_key,
)
from bench.custody.proof.merkle import EMPTY_ROOT
from bench.custody.proof.note import NoteError, NoteSignature, SignedNote
from tests.bench.custody.proof.grown import leaves
from tests.bench.custody.proof.signers import (
    NOON,
    ORIGIN,
    WITNESS,
    cosigned,
    made_up_key,
    signed_head,
)

# The example of c2sp.org/tlog-cosignature: a checkpoint with one cosignature.
_EXAMPLE = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""  # noqa: E501 - as it stands there
_HEAD = Checkpoint(ORIGIN, 7, bytes(range(32)))
_LOG = log_key(ORIGIN, made_up_key(ORIGIN))
_WITNESS = witness_key(WITNESS, made_up_key(WITNESS))


def test_the_specification_s_own_checkpoint_is_read() -> None:
    note = SignedNote.parse(_EXAMPLE.encode())
    head = Checkpoint.parse(note.text)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20852163)
    assert head.root.hex().startswith("0ac5186a91863e8e")
    assert head.text == note.text
    assert int.from_bytes(note.signatures[1].signature[:8], "big") == 1679315147


def test_an_origin_names_the_organisation_the_bench_and_the_epoch() -> None:
    assert origin_of("custody.example", "bench-07", 2) == "custody.example/bench-07/e2"
    for organisation, bench in (("a b", "c"), ("a", "c+d"), ("a", "c\nd"), ("a\u2003", "b")):
        with pytest.raises(NoteError):
            origin_of(organisation, bench, 1)


@pytest.mark.parametrize("extensions", [(), ("one",), ("one", "two 2", "—")])
def test_a_checkpoint_is_read_as_it_was_written(extensions: tuple[str, ...]) -> None:
    head = Checkpoint(ORIGIN, 7, bytes(32), extensions)
    assert Checkpoint.parse(head.text) == head
    assert SignedNote.parse(str(sign(head, made_up_key(ORIGIN))).encode()).text == head.text


def test_an_empty_tree_has_a_checkpoint_too() -> None:
    assert Checkpoint.parse(Checkpoint(ORIGIN, 0, EMPTY_ROOT).text).size == 0


@pytest.mark.parametrize(
    ("found", "put"),
    [
        ("\n7\n", "\n07\n"), ("\n7\n", "\n+7\n"), ("\n7\n", "\n-7\n"), ("\n7\n", "\n7 \n"),
        ("\n7\n", "\n\n"), ("\n7\n", "\nseven\n"), ("\n7\n", "\n7.0\n"), ("\n7\n", "\n\u0667\n"),
        ("\n7\n", "\n1_0\n"), ("\n7\n", "\n9223372036854775808\n"), ("\n7\n", f"\n{'9' * 5000}\n"),
        ("AAEC", "AAE"), ("AAEC", "AAECAA=="), ("AAEC", ""), ("Hh8=", "Hh9="), ("=\n", "\n"),
        ("=\n", "=="), ("=\n", "=\n\n"), ("=\n", "=\r\n"), ("=\n", "=\nextension"),
        ("=\n", "=\nextension\n\n"), ("=\n", ""), (ORIGIN, ""), (f"{ORIGIN}\n", ""),
        (ORIGIN, "a\tb"), (ORIGIN, "\r"), (ORIGIN, "\x00"), (ORIGIN, "half\ud800"),
    ],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(found: str, put: str) -> None:
    text = _HEAD.text
    assert found in text
    with pytest.raises(NoteError):
        Checkpoint.parse(text.replace(found, put, 1))


@given(st.text() | st.text(alphabet="a0123\n=+/ "))
def test_whatever_is_read_is_a_checkpoint_or_a_note_error(text: str) -> None:
    for whole in (text, f"{_HEAD.text}{text}", f"{text}\n7\n{text}"):
        try:
            head = Checkpoint.parse(whole)
        except NoteError:
            continue
        assert head.text == whole


@pytest.mark.parametrize(
    "head",
    [
        Checkpoint("", 7, bytes(32)),
        Checkpoint("a\nb", 7, bytes(32)),
        Checkpoint(ORIGIN, -1, bytes(32)),
        Checkpoint(ORIGIN, 2**63, bytes(32)),
        Checkpoint(ORIGIN, 7, bytes(31)),
        Checkpoint(ORIGIN, 7, bytes(32), ("",)),
        Checkpoint(ORIGIN, 7, bytes(32), ("a\nb",)),
        Checkpoint(ORIGIN, 7, bytes(32), ("a\tb",)),
        Checkpoint(ORIGIN, 7, bytes(32), ("half\ud800",)),
        Checkpoint("with space", 7, bytes(32)),
        Checkpoint("with+plus", 7, bytes(32)),
    ],
)
def test_what_could_not_be_read_back_is_not_signed(head: Checkpoint) -> None:
    with pytest.raises(NoteError):
        sign(head, made_up_key(ORIGIN))


def test_a_log_signs_its_own_checkpoints_and_nobody_else_s() -> None:
    note = sign(_HEAD, made_up_key(ORIGIN))
    assert (_LOG.algorithm, _LOG.name) == (ED25519, ORIGIN)
    assert is_log_signed(note, _LOG)
    assert not is_log_signed(note, log_key(ORIGIN, made_up_key("another")))
    assert not is_log_signed(note, log_key("another", made_up_key(ORIGIN)))
    assert not is_log_signed(note, witness_key(ORIGIN, made_up_key(ORIGIN)))
    assert not is_log_signed(cosigned(note, WITNESS), _WITNESS)


def test_a_log_that_signs_the_checkpoint_of_another_is_not_believed() -> None:
    other = Checkpoint("custody.example/bench-08/e1", 7, bytes(32)).text
    line = NoteSignature(ORIGIN, _LOG.key_id, made_up_key(ORIGIN).sign(other.encode()))
    note = SignedNote(other, (line,))
    assert note.is_signed_by(_LOG)
    assert not is_log_signed(note, _LOG)


def test_a_witness_says_when_it_saw_a_checkpoint() -> None:
    note = cosigned(signed_head(leaves(7), 7), WITNESS)
    assert _WITNESS.algorithm == COSIGNATURE_V1
    assert cosigned_at(SignedNote.parse(str(note).encode()), _WITNESS) == NOON
    assert is_log_signed(note, _LOG)
    assert cosigned_at(note, witness_key("another", made_up_key(WITNESS))) is None
    assert cosigned_at(note, witness_key(WITNESS, made_up_key("another"))) is None
    assert cosigned_at(note, _LOG) is None


def test_a_cosignature_is_the_one_that_the_specification_describes() -> None:
    line = cosign(sign(_HEAD, made_up_key(ORIGIN)), WITNESS, made_up_key(WITNESS), NOON)
    message = f"cosignature/v1\ntime {NOON}\n{_HEAD.text}".encode()
    assert line.signature[:8] == NOON.to_bytes(8, "big")
    assert line.signature[8:] == made_up_key(WITNESS).sign(message)
    assert line.key_id == _WITNESS.key_id


def test_a_time_cannot_be_changed_afterwards() -> None:
    note = signed_head(leaves(7), 7)
    line = cosign(note, WITNESS, made_up_key(WITNESS), NOON)
    for time in (0, NOON - 1, NOON + 1, 2**63, 2**64 - 1):
        forged = time.to_bytes(8, "big") + line.signature[8:]
        other = note.with_signature(NoteSignature(WITNESS, line.key_id, forged))
        assert cosigned_at(other, _WITNESS) is None


def test_a_cosignature_does_not_fit_another_checkpoint() -> None:
    line = cosign(signed_head(leaves(7), 7), WITNESS, made_up_key(WITNESS), NOON)
    assert cosigned_at(signed_head(leaves(7), 6).with_signature(line), _WITNESS) is None
    assert cosigned_at(signed_head(leaves(7, "x"), 7).with_signature(line), _WITNESS) is None


def test_of_several_times_the_earliest_counts_and_a_false_one_spoils_all() -> None:
    note, key = signed_head(leaves(7), 7), made_up_key(WITNESS)
    lines = tuple(cosign(note, WITNESS, key, time) for time in (NOON + 60, NOON, NOON + 5))
    assert cosigned_at(SignedNote(note.text, (*note.signatures, *lines)), _WITNESS) == NOON
    false = NoteSignature(WITNESS, _WITNESS.key_id, bytes(72))
    assert cosigned_at(SignedNote(note.text, (*lines, false)), _WITNESS) is None


@pytest.mark.parametrize("signature", [b"x", bytes(8), bytes(64), bytes(72), bytes(73)])
def test_a_cosignature_of_another_length_is_none(signature: bytes) -> None:
    line = NoteSignature(WITNESS, _WITNESS.key_id, signature)
    assert cosigned_at(signed_head(leaves(7), 7).with_signature(line), _WITNESS) is None


@pytest.mark.parametrize("time", [0, 2**63, 2**64 - 1])
def test_a_time_that_no_witness_may_sign_counts_for_none(time: int) -> None:
    note = signed_head(leaves(7), 7)
    message = f"cosignature/v1\ntime {time}\n{note.text}".encode()
    signature = time.to_bytes(8, "big") + made_up_key(WITNESS).sign(message)
    line = NoteSignature(WITNESS, _WITNESS.key_id, signature)
    assert cosigned_at(note.with_signature(line), _WITNESS) is None


@pytest.mark.parametrize("time", [0, -1, 2**63])
def test_what_is_no_time_is_not_signed(time: int) -> None:
    with pytest.raises(ValueError, match="no time"):
        cosign(signed_head(leaves(7), 7), WITNESS, made_up_key(WITNESS), time)
