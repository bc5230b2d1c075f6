"""Text from outside made harmless."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bench.identity.plain import LIMIT, plain


@given(st.text(), st.integers(1, 200))
def test_plain_text_stays_as_it_is(text: str, limit: int) -> None:
    once = plain(text, limit)
    assert plain(once, limit) == once


@given(st.text())
def test_plain_text_is_one_short_line_without_anything_hidden(text: str) -> None:
    line = plain(text)
    assert len(line) <= LIMIT
    assert line == line.strip()
    assert not any(unicodedata.category(character)[0] == "C" for character in line)
    assert len(line.splitlines()) <= 1


def test_what_is_cut_says_so() -> None:
    assert plain("x" * 100, 10) == "x" * 9 + "…"
    assert plain("x" * 10, 10) == "x" * 10


def test_escapes_direction_marks_and_line_ends_become_spaces() -> None:
    assert plain("a\x1b[31m\u202eb\u2028c\r\nd\x00") == "a [31m b c d"


def test_half_a_surrogate_pair_is_no_trouble() -> None:
    assert plain("a\ud800b") == "a b"
