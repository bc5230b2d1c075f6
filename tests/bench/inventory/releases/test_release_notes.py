"""What a release says, and whose word it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.custody.key import BenchKey, new_pem
from bench.custody.proof.note import NoteError
from bench.inventory.releases.form import FormError
from bench.inventory.releases.release import PartLine, Receipt, Release
from bench.inventory.releases.signing import (
    Addressee,
    ahead,
    believed,
    known_keys,
    publisher_key,
    sign,
)
from tests.bench.inventory.releases.shelf import ADDRESSEE, BENCH, KEY, NOW, ORGANISATION, Shelf

DIGEST = "0f" * 32
RELEASE = Release(
    "force.example/centre/bench-01", 12, NOW,
    (PartLine("orders", 1, DIGEST, 90), PartLine("tags", 1, "1" * 64, 0)),
    Receipt(1, 4711, "ab" * 32),
)  # fmt: skip
LINES = (
    "force.example/centre/bench-01\n12\n2026-11-24T03:00:00.000Z\n"
    f"part orders 1 {DIGEST} 90\npart tags 1 {'1' * 64} 0\nreceived 1 4711 {'ab' * 32}\n"
)


def note(number: int = 1, **other: object) -> str:
    shelf = Shelf()
    shelf.put(number, {}, **other)  # type: ignore[arg-type]
    assert shelf.note
    return shelf.note


def test_a_release_is_spelled_line_by_line() -> None:
    assert RELEASE.text == LINES
    assert Release.parse(LINES) == RELEASE
    assert RELEASE.part("tags") == RELEASE.parts[1]
    assert RELEASE.part("people") is None


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("\n12\n", "\n012\n"),
        ("\n12\n", "\n0\n"),
        ("\n12\n", "\n-1\n"),
        ("\n12\n", "\n9007199254740992\n"),
        ("\n12\n", "\n\N{ARABIC-INDIC DIGIT ONE}\n"),
        ("T03:00:00.000Z", "T03:00:00Z"),
        ("T03:00:00.000Z", "T03:00:00.000+00:00"),
        ("2026-11-24T", "2026-02-30T"),
        ("part orders", "part  orders"),
        ("part orders", "part Orders"),
        ("part orders", "parts orders"),
        ("part orders 1", "part tags 1"),
        ("part orders 1", "part zebra 1"),
        (DIGEST, DIGEST.upper()),
        (DIGEST, DIGEST[:-1]),
        ("received 1", "received 0"),
        ("4711", "0"),
        ("4711 " + "ab" * 32, "4711 " + "0" * 64),
        ("received", "recieved"),
        ("received", "more\nreceived"),
        (f"received 1 4711 {'ab' * 32}\n", ""),
        ("force.example/centre/bench-01", ""),
        ("\n12\n", "\n12\r\n"),
    ],
)
def test_any_other_spelling_is_none(was: str, becomes: str) -> None:
    assert was in LINES
    with pytest.raises(FormError):
        Release.parse(LINES.replace(was, becomes, 1))


@given(st.text(max_size=300))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    with pytest.raises((FormError, NoteError)):
        believed(text, ADDRESSEE, 0)


@given(st.integers(0, len(LINES) - 1), st.characters(exclude_categories=["Cs"]))
def test_one_letter_changed_is_another_release_or_none(place: int, letter: str) -> None:
    changed = LINES[:place] + letter + LINES[place + 1 :]
    try:
        found = Release.parse(changed)
    except FormError:
        return
    assert found.text == changed


def test_more_parts_than_a_release_may_have_are_refused() -> None:
    many = tuple(PartLine(f"kind-{n:02d}", 1, DIGEST, 1) for n in range(33))
    Release.parse(replace(RELEASE, parts=many[:32]).text)
    with pytest.raises(FormError):
        Release.parse(replace(RELEASE, parts=many).text)


def test_a_release_is_believed_by_whom_it_is_for() -> None:
    assert believed(note(3), ADDRESSEE, 2).number == 3


@pytest.mark.parametrize(
    ("addressee", "after", "words"),
    [
        (Addressee(ORGANISATION, "bench-02", ADDRESSEE.keys), 0, "another bench"),
        (Addressee("other.example", BENCH, ADDRESSEE.keys), 0, "another bench"),
        (ADDRESSEE, 3, "had number 3 already"),
        (ADDRESSEE, 4, "had number 4 already"),
        (replace(ADDRESSEE, keys=()), 0, "no key"),
    ],
)
def test_a_release_of_others_or_of_before_is_not_believed(
    addressee: Addressee, after: int, words: str
) -> None:
    with pytest.raises(FormError, match=words):
        believed(note(3), addressee, after)


def test_a_note_that_was_edited_is_not_believed() -> None:
    with pytest.raises(FormError, match="changed on the way"):
        believed(note(3).replace("\n3\n", "\n4\n"), ADDRESSEE, 0)


def test_while_keys_are_changed_either_may_sign() -> None:
    other = BenchKey.from_pem(new_pem(), "next")
    text = f"{publisher_key(ORGANISATION, KEY)}  {publisher_key(ORGANISATION, other)}"
    both = Addressee(ORGANISATION, BENCH, known_keys(text))
    for key in (KEY, other):
        assert believed(note(1, key=key), both, 0).number == 1
    with pytest.raises(FormError, match="no key"):
        believed(note(1, key=other), ADDRESSEE, 0)


def test_another_publishers_key_of_the_same_name_is_not_believed() -> None:
    with pytest.raises(FormError, match="no key"):
        believed(note(1, key=BenchKey.from_pem(new_pem(), "thief")), ADDRESSEE, 0)


@pytest.mark.parametrize("text", ["", "force.example/centre", "a+00000000+AQ==", "x " * 9])
def test_what_is_no_key_cannot_be_set(text: str) -> None:
    with pytest.raises(NoteError):
        known_keys(text)


def test_a_time_in_the_future_is_only_said() -> None:
    late = replace(RELEASE, made_at=NOW + timedelta(days=1, seconds=1))
    assert "future" in ahead(late, NOW)
    assert not ahead(replace(RELEASE, made_at=NOW + timedelta(days=1)), NOW)


def test_a_release_is_a_note_that_others_can_check() -> None:
    signed = sign(RELEASE, ORGANISATION, KEY)
    assert signed.is_signed_by(publisher_key(ORGANISATION, KEY))
    assert str(signed).startswith(LINES + "\n\N{EM DASH} force.example/centre ")
