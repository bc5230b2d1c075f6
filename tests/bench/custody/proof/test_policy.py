from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.custody.proof.checkpoint import Checkpoint, log_key, sign, witness_key
from bench.custody.proof.note import NoteSignature, SignedNote
from bench.custody.proof.policy import PolicyError, TrustPolicy
from tests.bench.custody.proof.grown import leaves
from tests.bench.custody.proof.signers import NOON, ORIGIN, cosigned, made_up_key, signed_head

_NAMES = ("X1", "X2", "X3", "Y1", "Y2", "Y3")
_LOG = log_key(ORIGIN, made_up_key(ORIGIN))
_KEYS = {name: witness_key(name, made_up_key(name)) for name in _NAMES}
_WITNESSES = "".join(f"witness {name} {_KEYS[name]}\n" for name in _NAMES)
_EXAMPLE = f"""# the example of c2sp.org/tlog-policy
log {_LOG}

{_WITNESSES}
group X-witnesses 2 X1 X2 X3
group Y-witnesses any Y1 Y2 Y3
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""
_NOTE = signed_head(leaves(7), 7)


def _is_trusted(policy: str, note: SignedNote) -> bool:
    try:
        TrustPolicy.parse(policy).check(note)
    except PolicyError:
        return False
    return True


@pytest.mark.parametrize("agreed", ["X1 X2 Y1", "X1 X3 Y3", "X2 X3 Y2", "X1 X2 X3 Y1 Y2 Y3"])
def test_the_quorum_of_the_specification_s_example_is_enough(agreed: str) -> None:
    trusted = TrustPolicy.parse(_EXAMPLE).check(cosigned(_NOTE, *agreed.split()))
    assert trusted.checkpoint == Checkpoint.parse(_NOTE.text)
    assert trusted.times == dict.fromkeys(agreed.split(), NOON)
    assert trusted.log == _LOG


@pytest.mark.parametrize("agreed", ["", "X1 Y1", "X1 X2 X3", "Y1 Y2 Y3", "X1 Y1 Y2 Y3"])
def test_fewer_are_not_enough(agreed: str) -> None:
    with pytest.raises(PolicyError, match="Too few"):
        TrustPolicy.parse(_EXAMPLE).check(cosigned(_NOTE, *agreed.split()))


def test_a_witness_s_name_in_the_policy_need_not_be_its_key_s() -> None:
    policy = f"log {_LOG}\nwitness court {_KEYS['X1']} https://witness.example/\nquorum court\n"
    assert TrustPolicy.parse(policy).check(cosigned(_NOTE, "X1")).times == {"court": NOON}


def test_no_witness_is_needed_where_the_policy_says_so() -> None:
    policy = f"log {_LOG} https://log.example/\nquorum none\n"
    assert TrustPolicy.parse(policy).check(cosigned(_NOTE, "X1")).times == {}


def test_a_policy_that_names_no_log_believes_none() -> None:
    assert not _is_trusted("quorum none\n", _NOTE)


def test_the_log_must_be_known_by_name_and_key() -> None:
    other_key = log_key(ORIGIN, made_up_key("other"))
    other_name = log_key("custody.example/bench-08/e1", made_up_key(ORIGIN))
    assert not _is_trusted(f"log {other_key}\nquorum none\n", _NOTE)
    assert not _is_trusted(f"log {other_name}\nquorum none\n", _NOTE)
    assert _is_trusted(f"log {other_key}\nlog {_LOG}\nquorum none\n", _NOTE)


def test_a_log_may_change_its_key() -> None:
    new = sign(Checkpoint.parse(_NOTE.text), made_up_key("new"))
    policy = f"log {_LOG}\nlog {log_key(ORIGIN, made_up_key('new'))}\nquorum none\n"
    assert _is_trusted(policy, _NOTE)
    assert _is_trusted(policy, new)
    false = NoteSignature(ORIGIN, log_key(ORIGIN, made_up_key("new")).key_id, bytes(64))
    assert not _is_trusted(policy, SignedNote(_NOTE.text, (*_NOTE.signatures, false)))


def test_one_false_line_of_a_known_key_spoils_the_note() -> None:
    whole = cosigned(_NOTE, "X1", "X2", "Y1")
    assert _is_trusted(_EXAMPLE, whole)
    for known in (_LOG, _KEYS["X1"], _KEYS["Y3"]):
        false = NoteSignature(known.name, known.key_id, bytes(72))
        assert not _is_trusted(_EXAMPLE, SignedNote(whole.text, (*whole.signatures, false)))
    unknown = NoteSignature("X1", b"none", bytes(72))
    assert _is_trusted(_EXAMPLE, SignedNote(whole.text, (*whole.signatures, unknown)))


def test_a_signed_text_that_is_no_checkpoint_is_not_believed() -> None:
    text = f"{ORIGIN}\nseven\n"
    line = NoteSignature(ORIGIN, _LOG.key_id, made_up_key(ORIGIN).sign(text.encode()))
    assert not _is_trusted(f"log {_LOG}\nquorum none\n", SignedNote(text, (line,)))


def test_a_witness_counts_once_only() -> None:
    note = SignedNote(_NOTE.text, cosigned(_NOTE, "X1").signatures * 3)
    assert not _is_trusted(f"log {_LOG}\n{_WITNESSES}group G 2 X1 X2\nquorum G\n", note)


def test_spaces_comments_and_other_letters_are_allowed() -> None:
    policy = (
        f"\t# caf\xe9\n \t \n  log\t {_LOG}  \nwitness \xfe {_KEYS['X1']}\n"
        "group \xff\t1 \xfe\nquorum \xff"
    )
    data = policy.encode("latin-1") + b"\n"
    assert TrustPolicy.parse(data).check(cosigned(_NOTE, "X1")).times.values()
    kelvin = f"log {_LOG}\nwitness K {_KEYS['X1']}\nquorum \u212a\n"
    with pytest.raises(PolicyError, match="not defined"):
        TrustPolicy.parse(kelvin)


def test_a_long_chain_of_groups_is_decided() -> None:
    groups = "".join(f"group g{n} 1 g{n - 1}\n" for n in range(1, 3000))
    policy = f"log {_LOG}\nwitness g0 {_KEYS['X1']}\n{groups}quorum g2999\n"
    assert _is_trusted(policy, cosigned(_NOTE, "X1"))
    assert not _is_trusted(policy, _NOTE)


_X1 = f"witness X1 {_KEYS['X1']}\n"


@pytest.mark.parametrize(
    "policy",
    [
        "",
        "\n",
        "quorum none",
        f"log {_LOG}\n",
        "quorum none\nquorum none\n",
        "quorum\n",
        "quorum none none\n",
        "quorum X1\n",
        f"quorum X1\n{_X1}",
        "frobnicate\nquorum none\n",
        "LOG x\nquorum none\n",
        "log\nquorum none\n",
        "log not-a-key\nquorum none\n",
        f"log {_LOG} url more\nquorum none\n",
        f"log {_LOG}\nlog {_LOG}\nquorum none\n",
        f"log {_LOG}\nlog {log_key('other', made_up_key(ORIGIN))}\nquorum none\n",
        f"log {_KEYS['X1']}\nquorum none\n",
        f"witness X1 {_LOG}\nquorum none\n",
        f"witness none {_KEYS['X1']}\nquorum none\n",
        f"witness {_KEYS['X1']}\nquorum none\n",
        f"{_X1}{_X1}quorum none\n",
        f"{_X1}witness X2 {_KEYS['X1']}\nquorum none\n",
        f"{_X1}witness X2 {witness_key('other', made_up_key('X1'))}\nquorum none\n",
        f"{_X1}witness X1 {_KEYS['X2']}\nquorum none\n",
        f"{_X1}group X1 any X1\nquorum none\n",
        f"{_X1}group none any X1\nquorum none\n",
        f"{_X1}group G any none\nquorum none\n",
        f"{_X1}group G any G\nquorum none\n",
        f"{_X1}group G any\nquorum none\n",
        f"{_X1}group G all\nquorum none\n",
        f"{_X1}group G\nquorum none\n",
        f"{_X1}group G 0 X1\nquorum none\n",
        f"{_X1}group G 2 X1\nquorum none\n",
        f"{_X1}group G 01 X1\nquorum none\n",
        f"{_X1}group G -1 X1\nquorum none\n",
        f"{_X1}group G \u0661 X1\nquorum none\n",
        f"{_X1}group G some X1\nquorum none\n",
        f"{_X1}group G {'9' * 5000} X1\nquorum none\n",
        f"{_X1}group G any X1 X1\nquorum none\n",
        f"{_X1}group G any X1\ngroup H any X1\nquorum none\n",
        f"{_X1}group G any X2\nwitness X2 {_KEYS['X2']}\nquorum none\n",
        "quorum none\r\n",
        "quorum none\x0b\n",
        "# \x00\nquorum none\n",
        "# \x7f\nquorum none\n",
        "quorum\u00a0none\n",
    ],
)  # fmt: skip
def test_what_is_no_policy_is_refused(policy: str) -> None:
    with pytest.raises(PolicyError):
        TrustPolicy.parse(policy)


@given(st.text() | st.binary(), st.sampled_from(["log ", "witness x ", "group g any ", "quorum "]))
def test_whatever_is_read_is_a_policy_or_a_policy_error(text: str | bytes, word: str) -> None:
    whole = word.encode() + text + b"\n" if isinstance(text, bytes) else f"{word}{text}\n"
    try:
        TrustPolicy.parse(whole)
    except PolicyError as error:
        assert str(error).encode()  # noqa: PT017 - it can be shown
