from __future__ import annotations

import base64

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.custody.proof.note import (
    COSIGNATURE_V1,
    ED25519,
    NoteError,
    NoteSignature,
    SignedNote,
    VerifierKey,
)
from tests.bench.custody.proof.signers import ORIGIN, made_up_key

# The example of c2sp.org/signed-note, "Verifier keys".
_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
_LINE = (
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYj"
    "OBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
_NOTE = f"This is an example message.\n\n{_LINE}"
# The example at its top: a text with an empty line in it.
_POEM = """Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
"""  # noqa: E501 - as it stands there
_OTHER_LINE = f"— example.com/other {base64.b64encode(bytes(68)).decode()}\n"


def test_the_specification_s_own_note_verifies() -> None:
    note, vkey = SignedNote.parse(_NOTE.encode()), VerifierKey.parse(_VKEY)
    assert note.text == "This is an example message.\n"
    assert (vkey.name, vkey.algorithm, vkey.key_id.hex()) == ("example.com/foo", 1, "530d903a")
    assert note.is_signed_by(vkey)


def test_the_text_ends_at_the_last_empty_line() -> None:
    note = SignedNote.parse(_POEM.encode())
    assert note.text.endswith("\n\ned è subito sera.\n")
    (line,) = note.signatures
    assert (line.name, line.key_id.hex()) == ("quasimodo.example/salvatore", "367ba04b")


@pytest.mark.parametrize("text", [_NOTE, _POEM, f"\n\n{_LINE}", f"a\n\n\n{_LINE}{_OTHER_LINE}"])
def test_a_note_is_written_as_it_was_read(text: str) -> None:
    assert str(SignedNote.parse(text.encode())) == text


def test_lines_of_unknown_keys_are_ignored_wherever_they_stand() -> None:
    vkey = VerifierKey.parse(_VKEY)
    same_name = f"— example.com/foo {base64.b64encode(b'id--' + bytes(2420)).decode()}\n"
    same_id = f"— example.com/oof {_LINE.split()[2]}\n"
    for others in (_OTHER_LINE, same_name, same_id):
        for lines in (others + _LINE, _LINE + others):
            note = SignedNote.parse(f"This is an example message.\n\n{lines}".encode())
            assert note.is_signed_by(vkey)
    unsigned = SignedNote.parse(f"This is an example message.\n\n{same_name}{same_id}".encode())
    assert not unsigned.is_signed_by(vkey)


def test_one_wrong_line_of_a_known_key_spoils_its_right_ones() -> None:
    vkey, note = VerifierKey.parse(_VKEY), SignedNote.parse(_NOTE.encode())
    wrong = NoteSignature(vkey.name, vkey.key_id, bytes(64))
    assert not SignedNote(note.text, (*note.signatures, wrong)).is_signed_by(vkey)
    assert not SignedNote(note.text, (wrong, *note.signatures)).is_signed_by(vkey)


def test_no_other_text_is_signed() -> None:
    vkey = VerifierKey.parse(_VKEY)
    for text in ("This is an example message!\n", "This is an example message.\n\n", "\n"):
        assert not SignedNote.parse(f"{text}\n{_LINE}".encode()).is_signed_by(vkey)


def test_every_changed_byte_is_refused_or_is_not_signed() -> None:
    vkey = VerifierKey.parse(_VKEY)
    for place in range(len(_NOTE.encode())):
        for flip in (0x01, 0x04, 0x20, 0x80):
            data = bytearray(_NOTE.encode())
            data[place] ^= flip
            try:
                note = SignedNote.parse(bytes(data))
            except NoteError:
                continue
            assert not note.is_signed_by(vkey), (place, flip)


def test_a_new_line_of_a_key_takes_the_place_of_its_old_one() -> None:
    note = SignedNote.parse((_NOTE + _OTHER_LINE).encode())
    again = note.with_signature(note.signatures[0])
    assert [each.name for each in again.signatures] == ["example.com/other", "example.com/foo"]
    assert len(again.with_signature(NoteSignature("new", bytes(4), b"x")).signatures) == 3


def test_sixteen_large_signatures_are_read() -> None:
    data = base64.b64encode(bytes(5000)).decode()
    lines = "".join(f"— pq.example/{number} {data}\n" for number in range(16))
    assert len(SignedNote.parse(f"text\n\n{lines}".encode()).signatures) == 16


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\n\n",
        b"text\n",
        b"text\n\n",
        b"text\n\n\n",
        _LINE.encode(),
        f"\n{_LINE}".encode(),
        f"text\n{_LINE}".encode(),
        f"text{_LINE}".encode(),
        _NOTE.encode() + b"\n",
        _NOTE.encode()[:-1],
        _NOTE.encode() + b"trailing\n",
        _NOTE.replace("—", "-").encode(),
        _NOTE.replace("—", "\u2013").encode(),
        _NOTE.replace("— ", "—").encode(),
        _NOTE.replace("— ", "—  ").encode(),
        _NOTE.replace("example.com/foo ", "example.com/foo").encode(),
        _NOTE.replace("example.com/foo ", "").encode(),
        _NOTE.replace("example.com/foo ", "example.com/foo  ").encode(),
        _NOTE.replace("example.com/foo", "example.com+foo").encode(),
        _NOTE.replace("example.com/foo", "example.com\u00a0foo").encode(),
        _NOTE.replace("example.com/foo", "example.com\u2028foo").encode(),
        _NOTE.replace("\n", "\r\n").encode(),
        _NOTE.replace("This", "\tThis").encode(),
        _NOTE.replace("This", "\x00This").encode(),
        _NOTE.replace("This", "\x1bThis").encode(),
        _NOTE.encode().replace(b"This", b"\xffThis"),
        _NOTE.encode().replace(b"This", b"\xed\xa0\x80This"),
        _NOTE.replace("QM=", "QM").encode(),
        _NOTE.replace("QM=", "QM==").encode(),
        _NOTE.replace("QM=", "QN=").encode(),
        _NOTE.replace("QM=", "Q_=").encode(),
        _NOTE.replace("QM=", "Qé=").encode(),
        _NOTE.replace("QM=", "QM= ").encode(),
        b"text\n\n\xe2\x80\x94 name \n",
        b"text\n\n\xe2\x80\x94 name AAAA\n",
        b"text\n\n\xe2\x80\x94 name AAAAAA==\n",
        b"text\n\n" + _LINE.encode() * 101,
        b"x" * 1_000_001,
        b"\n" * 1_000_000,
    ],
)  # fmt: skip
def test_what_is_no_note_is_refused(data: bytes) -> None:
    with pytest.raises(NoteError):
        SignedNote.parse(data)


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b"\n\n\xe2\x80\x94 \n")
def test_whatever_is_read_is_a_note_or_a_note_error(data: bytes) -> None:
    for whole in (data, data + b"\n\n" + _LINE.encode(), _NOTE.encode() + data):
        try:
            note = SignedNote.parse(whole)
        except NoteError:
            continue
        assert str(note).encode() == whole


def test_a_verifier_key_is_written_as_it_was_read() -> None:
    assert str(VerifierKey.parse(_VKEY)) == _VKEY
    for algorithm in (ED25519, COSIGNATURE_V1):
        vkey = VerifierKey(ORIGIN, algorithm, made_up_key("a").public)
        assert VerifierKey.parse(str(vkey)) == vkey


def test_one_key_has_another_id_for_each_name_and_type() -> None:
    public = made_up_key("a").public
    keys = [VerifierKey(name, type_, public) for name in ("a", "b") for type_ in (1, 4, 6)]
    assert len({key.key_id for key in keys}) == 6


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "++",
        "name",
        "name+530d903a",
        "name+530d903a+",
        _VKEY.replace("example.com/foo", ""),
        _VKEY.replace("example.com/foo", "example.com/f o"),
        _VKEY.replace("example.com/foo", "example.com/oof"),
        _VKEY.replace("530d903a", "530D903A"),
        _VKEY.replace("530d903a", "530d903b"),
        _VKEY.replace("530d903a", "530d903"),
        _VKEY.replace("530d903a", ""),
        _VKEY.replace("Aeky", "Beky"),
        _VKEY.replace("U2k", "U2l"),
        _VKEY[:-4],
        _VKEY + "\n",
        _VKEY + "AAAA",
        str(VerifierKey("short", ED25519, bytes(31))),
        str(VerifierKey("long", COSIGNATURE_V1, bytes(33))),
        "half\ud800+00000000+AQ==",
    ],
)
def test_what_is_no_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        VerifierKey.parse(text)


@given(st.text())
def test_whatever_is_read_is_a_verifier_key_or_a_note_error(text: str) -> None:
    for whole in (text, _VKEY + text, text + _VKEY, f"{text}+530d903a+AQ=="):
        try:
            vkey = VerifierKey.parse(whole)
        except NoteError:
            continue
        assert str(vkey) == whole


def test_a_key_of_another_type_verifies_no_text() -> None:
    public = made_up_key("a").public
    vkey = VerifierKey("a", COSIGNATURE_V1, public)
    line = NoteSignature("a", vkey.key_id, made_up_key("a").sign(b"text\n"))
    assert not SignedNote("text\n", (line,)).is_signed_by(vkey)
