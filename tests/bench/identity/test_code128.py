"""Code 128 both ways, judged by an independent reader."""

from __future__ import annotations

import random

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bench.identity.code128 import QUIET, modules, read_row

PRINTABLE = "".join(map(chr, range(32, 127)))
texts = st.text(PRINTABLE, min_size=1, max_size=30) | st.text("0123456789A", min_size=1)


def drawn(text: str, module: int = 1, quiet: int = QUIET) -> list[bool]:
    row = [False] * (quiet * module)
    for place, width in enumerate(modules(text)):
        row += [place % 2 == 0] * (width * module)
    return row + [False] * (quiet * module)


def as_image(row: list[bool]) -> Image.Image:
    line = Image.new("L", (len(row), 1))
    line.putdata([0 if black else 255 for black in row])
    return line.resize((len(row), 60), Image.Resampling.NEAREST)


@given(texts)
@settings(max_examples=300)
def test_what_is_drawn_is_read_by_an_independent_reader(text: str) -> None:
    found = zxingcpp.read_barcodes(as_image(drawn(text, 3)))
    assert {code.format for code in found} == {zxingcpp.BarcodeFormat.Code128}
    assert [code.bytes.decode() for code in found] == [text]


@given(texts, st.integers(1, 7))
def test_what_is_drawn_is_read_back_at_any_module_size(text: str, module: int) -> None:
    assert read_row(drawn(text, module)) == text


@given(texts)
def test_a_label_is_read_upside_down(text: str) -> None:
    assert read_row(drawn(text, 2)[::-1]) == text


@given(st.text(PRINTABLE, min_size=1, max_size=20), st.integers(20, 90))
def test_a_code_scaled_by_no_whole_number_is_read(text: str, tenths: int) -> None:
    row = drawn(text, 10, QUIET + 1)
    scaled = [row[place * 100 // tenths // 1] for place in range(len(row) * tenths // 100)]
    if tenths >= 40:
        assert read_row(scaled) == text


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("PHN-000001", 11),
        ("12345678", 7),
        ("A1234", 7),
        ("12A", 6),
        ("1234567", 8),
        ("ABCDE-12345678", 14),
    ],
)
def test_code_sets_are_mixed_for_the_shortest_symbol(text: str, symbols: int) -> None:
    assert sum(modules(text)) == symbols * 11 + 2


def test_a_code_without_its_quiet_zones_is_not_read() -> None:
    row = drawn("PHN-000001", 2)
    assert read_row(row) == "PHN-000001"
    assert read_row(row[2:]) is None
    assert read_row(row[:-2]) is None


@given(st.integers(0, 122), st.integers(0, 122))
def test_a_damaged_code_is_never_read_as_another(first: int, second: int) -> None:
    row = drawn("PHN-000001")
    for place in {first, second}:
        row[QUIET + place] = not row[QUIET + place]
    assert read_row(row) in (None, "PHN-000001")


def test_every_misprinted_symbol_is_caught_by_the_check_symbol() -> None:
    good, other = modules("PHN-000001"), modules("PHN-000002")
    for place in range(0, len(good) - 7, 6):
        mixed = (*good[:place], *other[place : place + 6], *good[place + 6 :])
        row = [False] * QUIET
        for bar, width in enumerate(mixed):
            row += [bar % 2 == 0] * width
        if mixed != good:
            assert read_row(row + [False] * QUIET) is None


def test_noise_says_nothing() -> None:
    noise = random.Random(1)
    for _ in range(200):
        assert read_row([noise.random() < 0.5 for _ in range(406)]) is None
    for row in ([], [True], [False] * 400, [True] * 400):
        assert read_row(row) is None


@pytest.mark.parametrize("text", ["", "é", "a\nb", "\x00", "\x7f"])
def test_what_code_128_here_cannot_say_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="space to tilde"):
        modules(text)
