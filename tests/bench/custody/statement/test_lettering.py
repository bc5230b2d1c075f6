"""A text in a font's letters: nothing is lost without a trace."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bench.custody.statement.lettering import CLOSE, OPEN, lettered, settled
from bench.identity.plain import plain
from tests.bench.custody.statement.paper import content, event

ASCII = frozenset((*range(32, 127), ord("…"), ord(OPEN), ord(CLOSE)))


@given(st.text(max_size=60))
def test_what_is_written_can_be_read_back(text: str) -> None:
    shown = lettered(text, ASCII, 10_000)
    back = re.sub(f"{OPEN}U\\+([0-9A-F]+){CLOSE}", lambda found: chr(int(found[1], 16)), shown)
    assert back == plain(text, 10_000)


@given(st.text(max_size=400), st.integers(1, 80))
def test_it_is_never_too_long_and_has_no_letter_that_the_font_lacks(text: str, limit: int) -> None:
    shown = lettered(text, ASCII, limit)
    assert len(shown) <= limit
    assert all(ord(letter) in ASCII for letter in shown)


def test_what_is_cut_ends_in_an_ellipsis_and_no_number_is_cut_in_two() -> None:
    assert lettered("中文", ASCII, 16) == "⟦U+4E2D⟧⟦U+6587⟧"
    assert lettered("中文", ASCII, 15) == "⟦U+4E2D⟧…"


def test_every_text_of_a_content_is_settled_however_deep() -> None:
    said = settled(content(event(1), remarks=("one", "two")), lambda _, text: text.upper())
    assert said.handset.serial == "R58TEST0001"
    assert said.handset.model == "TESTPHONE 5"
    assert said.events[0].who == "P-3F9A"
    assert said.remarks == ("ONE", "TWO")
    assert said.note == content().note
    assert said.signatory.issuer is None
