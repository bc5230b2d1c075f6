from __future__ import annotations

from itertools import combinations

import pytest

from app.theme import DARK, LIGHT, LOOKS, TRAINING, Paint, Theme
from bench.events.views import Category

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear sRGB.
MATRICES = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": (
        (0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}  # fmt: skip


def linear(colour: str) -> list[float]:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def lab(rgb: list[float]) -> tuple[float, float, float]:
    r, g, b = rgb
    xyz = (
        (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047,
        0.2126729 * r + 0.7151522 * g + 0.0721750 * b,
        (0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883,
    )
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def seen(colour: str, eyes: str) -> tuple[float, float, float]:
    rgb = linear(colour)
    dots = (sum(m * c for m, c in zip(row, rgb, strict=True)) for row in MATRICES[eyes])
    return lab([min(1.0, max(0.0, value)) for value in dots])


def difference(one: str, other: str, eyes: str) -> float:
    pairs = zip(seen(one, eyes), seen(other, eyes), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


def contrast(one: str, other: str) -> float:
    light = [0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(one), linear(other))]
    return (max(light) + 0.05) / (min(light) + 0.05)


@pytest.mark.parametrize("eyes", MATRICES)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_two_categories_differ_in_colour_for_every_kind_of_eye(
    theme: Theme, eyes: str
) -> None:
    fills = {category: theme.paint(category).fill for category in Category}
    near = {
        (one, other): difference(fills[one], fills[other], eyes)
        for one, other in combinations(fills, 2)
    }
    assert min(near.values()) >= 16, min(near, key=lambda pair: near[pair])


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_word_on_a_tile_can_be_read(theme: Theme) -> None:
    for category in Category:
        paint = theme.paint(category)
        assert contrast(paint.fill, paint.ink) >= 4.5, category


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_around_the_tiles_can_be_read(theme: Theme) -> None:
    for text in (theme.ink, theme.muted):
        for ground in (theme.window, theme.card):
            assert contrast(text, ground) >= 4.5, (text, ground)
    assert contrast(theme.accent, theme.card) >= 3


def test_the_training_watermark_can_be_read_and_looks_like_no_state() -> None:
    assert contrast(TRAINING.fill, TRAINING.ink) >= 4.5
    fills = {paint.fill for look in LOOKS.values() for paint in (look.light, look.dark)}
    assert min(difference(TRAINING.fill, fill, "normal") for fill in fills) >= 16


def test_every_category_has_an_outline_of_its_own() -> None:
    assert len({LOOKS[category].shape for category in Category}) == len(Category)


def test_the_calculation_finds_the_pair_that_an_earlier_palette_got_wrong() -> None:
    assert difference("#D55E00", "#D55E10", "deutan") < 16
    assert contrast(*(Paint("#777777", "#888888").fill, "#888888")) < 4.5
