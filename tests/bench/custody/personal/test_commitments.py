from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.custody.chain import UnrecordableError
from bench.custody.entries import Entry, PersonalText
from bench.custody.personal import table
from bench.custody.personal.commitments import check, commit_to, commitment
from bench.events.orders import CustodyKind
from tests.bench.custody.people.enrolled import ask, events, real_ledger

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


def test_a_commitment_is_a_hash_over_salt_and_text() -> None:
    made = commit_to(PersonalText("recipient", "Testperson Ægir", "p-00000000000a"))
    expected = hashlib.sha256(made.salt + "Testperson Ægir".encode()).hexdigest()
    assert made.digest == expected
    assert len(made.salt) == 16


def test_one_name_twice_shows_in_no_two_commitments() -> None:
    one, two = (commit_to(PersonalText("name", "Testperson", "p-0")) for _ in range(2))
    assert one.digest != two.digest


def test_two_spellings_of_one_text_are_one() -> None:
    salt = bytes(16)
    assert commitment("e\u0301", salt) == commitment("\u00e9", salt)
    assert commit_to(PersonalText("note", "e\u0301", "p-0")).text == "\u00e9"


@given(texts, st.binary(min_size=16, max_size=16), texts)
def test_an_auditor_opens_a_commitment_with_its_text_and_no_other(
    text: str, salt: bytes, other: str
) -> None:
    commit = commitment(text, salt)
    assert check(text, salt, commit)
    assert check(other, salt, commit) is (commitment(other, salt) == commit)
    assert not check(text, bytes(byte ^ 1 for byte in salt), commit)


@pytest.mark.parametrize(
    ("text", "salt", "commit"),
    [
        ("x", b"", "0" * 64),
        ("x", bytes(17), "0" * 64),
        ("\ud800", bytes(16), "é"),
        ("", bytes(16), ""),
    ],
)
def test_what_is_no_commitment_opens_nothing(text: str, salt: bytes, commit: str) -> None:
    assert not check(text, salt, commit)


@pytest.mark.parametrize("field", ["", "Name", "na me", "naïve", "x" * 33, "1a", "name\n"])
def test_a_field_says_nothing_about_the_text(field: str) -> None:
    with pytest.raises(UnrecordableError):
        commit_to(PersonalText(field, "Testperson", "p-0"))


@pytest.mark.parametrize("text", ["\x00", "\ud800"])
def test_what_is_no_text_cannot_be_kept(text: str) -> None:
    with pytest.raises(UnrecordableError):
        commit_to(PersonalText("note", text, "p-0"))


def test_a_text_lies_beside_the_record_and_opens_its_commitment(tmp_path: Path) -> None:
    ledger = real_ledger(tmp_path)
    said = (
        PersonalText("recipient", "Testperson'); DROP TABLE event;--", "p-00000000000a"),
        PersonalText("note", "=1+1\n<b>", "p-00000000000a"),
    )
    (appended,) = ledger.append([Entry(CustodyKind.CARRIED, personal=said)])
    body = json.loads(events(ledger)[-1].body)
    kept = ask(ledger, lambda c: table.read(c, appended.event_id))
    assert {text.field: text.text for text in kept} == {each.field: each.text for each in said}
    assert all(check(text.text, text.salt, body["commit"][text.field]) for text in kept)
    assert sorted(body["commit"]) == ["note", "recipient"]
    assert kept == ask(ledger, lambda c: table.by_subject(c, "p-00000000000a"))
    assert b"DROP" not in events(ledger)[-1].body
    ledger.close()


def test_a_text_is_kept_only_if_its_event_is(tmp_path: Path) -> None:
    ledger = real_ledger(tmp_path)
    entry = Entry(CustodyKind.CARRIED, personal=(PersonalText("note", "Testperson", "p-0"),))

    def fail(_: object) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        ledger.append([entry], besides=fail)
    assert ask(ledger, lambda c: tuple(table.everything(c))) == ()
    ledger.close()
