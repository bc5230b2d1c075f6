"""A checkpoint as one-bit dots, for the label printer that stands on the bench anyway.

The same words as the sheet, without anti-aliasing, code modules in whole dots. It loads Pillow's
and fontTools' readers: import it where it is used.
"""

from __future__ import annotations

from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from bench.custody.statement import docket_words as words
from bench.custody.statement.content import SIMULATED, DocketDetails
from bench.custody.statement.docket_words import docket_lines
from bench.custody.statement.lettering import lettered
from bench.custody.statement.note_code import Modules, NoteTooLongError, code_image, note_modules
from bench.ports import Bitmap

WIDTH, HEIGHT = 800, 1200
"""Dots of a 100 by 150 mm label at 203 dpi, the size that parcels carry."""
_FACE = "DejaVuSansCondensed.ttf"
_FEWEST_DOTS = 2
_BLACK, _WHITE = 0, 1
_CODE_SHARE = 0.62
_ROWS_TO_SIGN = 2
_MARGIN = 16
_LONGEST = 60


def docket_bitmap(
    note: bytes, details: DocketDetails, *, fonts: Path, width: int = WIDTH, height: int = HEIGHT
) -> Bitmap:
    """Return the docket in the printer's dots.

    Raises `NoteError` when `note` is no signed checkpoint, `NoteTooLongError` when its code does
    not fit this label in modules of two dots, `OSError` when the face cannot be read.
    """
    label = Image.new("1", (width, height), _WHITE)
    bottom = _draw_code(label, note_modules(note))
    texts = _texts(note, details, fonts / _FACE)
    rows = len(texts) + _ROWS_TO_SIGN * len(words.SIGN)
    row = (height - bottom) // rows
    font = _font(fonts / _FACE, row)
    for number, text in enumerate(texts):
        _draw_text(label, bottom + number * row, row, text, font)
    for number, text in enumerate(words.SIGN):
        top = bottom + (len(texts) + _ROWS_TO_SIGN * number) * row
        _draw_text(label, top, row, f"{text}:", font)
        _draw_rule(label, top + _ROWS_TO_SIGN * row - 2)
    return Bitmap(width, height, label.tobytes("raw", "1;I"))


def _draw_code(label: Image.Image, modules: Modules) -> int:
    """Draw the code at the top and return where it ends, its quiet zone included."""
    dots = min(label.width, int(label.height * _CODE_SHARE)) // len(modules)
    if dots < _FEWEST_DOTS:
        raise NoteTooLongError(f"A code of {len(modules)} modules does not fit this label.")
    picture = code_image(modules, dots)
    label.paste(picture, ((label.width - picture.width) // 2, 0))
    return picture.height


def _texts(note: bytes, details: DocketDetails, face: Path) -> tuple[str, ...]:
    with TTFont(face, lazy=True) as font:
        glyphs = frozenset(font.getBestCmap())
    lines = docket_lines(note, details)
    said = (f"{line.name}: {lettered(line.text, glyphs, _LONGEST)}" for line in lines)
    mark = (SIMULATED,) if details.simulated else ()
    return (words.TITLE, *mark, *said)


def _font(face: Path, row: int) -> ImageFont.FreeTypeFont:
    """Without the system's text engine, so that two benches print the same label."""
    size = max(row * 3 // 4, 1)
    return ImageFont.truetype(face, size, layout_engine=ImageFont.Layout.BASIC)


def _draw_text(
    label: Image.Image, top: int, row: int, text: str, font: ImageFont.FreeTypeFont
) -> None:
    """Draw on a strip of the row's size, so that no text can leave its row."""
    strip = Image.new("1", (label.width - 2 * _MARGIN, row), _WHITE)
    pen = ImageDraw.Draw(strip)
    pen.fontmode = "1"
    pen.text((0, row // 2), text, _BLACK, font=font, anchor="lm")
    label.paste(strip, (_MARGIN, top))


def _draw_rule(label: Image.Image, top: int) -> None:
    label.paste(_BLACK, (_MARGIN, top, label.width - _MARGIN, top + 2))
