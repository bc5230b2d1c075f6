"""Texts as dots: fitted into their boxes, without anti-aliasing.

The typeface is the one that comes with the program, laid out without the system's text engine, so
that two benches print the same label. It has the letters of the European and many other scripts;
a character that it lacks is an empty box, so that a person sees that something was there.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

BLACK, WHITE = 0, 1
"""In Pillow's one-bit pictures."""

_FACES = Path(__file__).parents[2] / "resources" / "fonts"
_REGULAR, _BOLD = "DejaVuSansCondensed.ttf", "DejaVuSansCondensed-Bold.ttf"
_LINE = 1.165
"""Height of a line over the font's size, from the top of an accent to the foot of a g."""


def lettered(
    text: str,
    size: tuple[int, int],
    smallest: int = 1,
    *,
    bold: bool = False,
    inverse: bool = False,
) -> Image.Image:
    """Draw a text on a picture of its box's width and height, which it therefore cannot leave.

    One that is too long is made smaller, down to the font size `smallest`, then shortened. An
    inverse one is white on black, and in the middle.
    """
    width, height = size
    paper, ink = (BLACK, WHITE) if inverse else (WHITE, BLACK)
    place = Image.new("1", size, paper)
    line, font = _fitted(text, width, height, smallest, bold=bold)
    x, anchor = (width // 2, "mm") if inverse else (0, "lm")
    ImageDraw.Draw(place).text((x, height // 2), line, ink, font=font, anchor=anchor)
    return place


def _fitted(
    text: str, width: int, height: int, smallest: int, *, bold: bool
) -> tuple[str, ImageFont.FreeTypeFont]:
    largest = max(1, int(height / _LINE))
    length = _length(text, _font(largest, bold=bold))
    size = largest if length <= width else int(largest * width / length)
    font = _font(max(size, min(smallest, largest)), bold=bold)
    return _shortened(text, width, font), font


def _shortened(text: str, width: int, font: ImageFont.FreeTypeFont) -> str:
    line = text
    while len(line) > 1 and _length(line, font) > width:
        text = text[:-1]
        line = text.rstrip() + "…"
    return line


def _length(text: str, font: ImageFont.FreeTypeFont) -> float:
    return font.getlength(text, mode="1")


@cache
def _font(size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    face = _FACES / (_BOLD if bold else _REGULAR)
    return ImageFont.truetype(face, size, layout_engine=ImageFont.Layout.BASIC)
