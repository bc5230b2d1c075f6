"""One bitmap at the printer's dots for every output: preview, file and printer show the same.

Everything is drawn without anti-aliasing; code modules are whole dots. The font is the one inside
Pillow, laid out without the system's text engine, so that two benches print the same label.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import accumulate, pairwise

from PIL import Image, ImageDraw, ImageFont
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.main import QRCode

from bench.identity.code128 import QUIET, modules
from bench.identity.identifiers import AssetTag
from bench.identity.plain import plain
from bench.labels.template import Box, LabelContent, LabelTemplate
from bench.ports import Bitmap

_BLACK, _WHITE = 0, 1
_SMALLEST = 14
"""Dots of the smallest font a person reads at 203 dpi; below, a text is shortened instead."""


def render(template: LabelTemplate, content: LabelContent) -> Bitmap:
    """Draw the label; a text that is too long is made smaller, then shortened, never more."""
    label = Image.new("1", (template.width, template.height), _WHITE)
    for name, text in _texts(content).items():
        if name in template.boxes and text:
            _paste_text(label, template.boxes[name], text, inverse=name == "training")
    _draw_qr(label, template.boxes["qr"], content.asset_tag)
    _draw_code128(label, template.boxes["code128"], content.asset_tag)
    return Bitmap(label.width, label.height, _dots(label))


def to_image(bitmap: Bitmap) -> Image.Image:
    """Return the bitmap as a picture, black on white, for a file or a preview."""
    return Image.frombytes("1", (bitmap.width, bitmap.height), bitmap.dots, "raw", "1;I")


def _texts(content: LabelContent) -> dict[str, str]:
    return {
        "asset_tag": str(content.asset_tag),
        "model": _drawable(content.model),
        "imei": f"IMEI …{_drawable(content.imei_tail)}",
        "copy": f"Copy {content.copy}" if content.copy > 1 else "",
        "training": "TRAINING" if content.simulated else "",
    }


def _drawable(text: str) -> str:
    """Plain text without accents: the font has none, and a model without is still known."""
    parts = unicodedata.normalize("NFKD", plain(text))
    return "".join(part for part in parts if not unicodedata.combining(part))


def _paste_text(label: Image.Image, box: Box, text: str, *, inverse: bool) -> None:
    """Draw on a picture of the box's size, so that no text can leave its box."""
    paper, ink = (_BLACK, _WHITE) if inverse else (_WHITE, _BLACK)
    place = Image.new("1", (box.width, box.height), paper)
    line, font = _fitted(text, box.width, box.height)
    x, anchor = (box.width // 2, "mm") if inverse else (0, "lm")
    ImageDraw.Draw(place).text((x, box.height // 2), line, ink, font=font, anchor=anchor)
    label.paste(place, (box.x, box.y))


def _fitted(text: str, width: int, height: int) -> tuple[str, ImageFont.FreeTypeFont]:
    length = _font(height).getlength(text)
    size = height if length <= width else int(height * width / length)
    font = _font(max(size, min(_SMALLEST, height)))
    return _shortened(text, width, font), font


def _shortened(text: str, width: int, font: ImageFont.FreeTypeFont) -> str:
    line = text
    while len(line) > 1 and font.getlength(line) > width:
        text = text[:-1]
        line = text.rstrip() + "…"
    return line


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont), "Pillow was built without FreeType"
    return font.font_variant(layout_engine=ImageFont.Layout.BASIC)


def _draw_qr(label: Image.Image, box: Box, tag: AssetTag) -> None:
    code = QRCode(error_correction=ERROR_CORRECT_Q, border=4)
    code.add_data(str(tag))
    matrix = code.get_matrix()
    dots = min(box.width, box.height) // len(matrix)
    left = box.x + (box.width - dots * len(matrix)) // 2
    top = box.y + (box.height - dots * len(matrix)) // 2
    modules_only = Image.new("1", (len(matrix), len(matrix)))
    modules_only.putdata([not black for line in matrix for black in line])
    side = dots * len(matrix)
    label.paste(modules_only.resize((side, side), Image.Resampling.NEAREST), (left, top))


def _draw_code128(label: Image.Image, box: Box, tag: AssetTag) -> None:
    widths = modules(str(tag))
    dots = box.width // (sum(widths) + 2 * QUIET)
    left = box.x + (box.width - dots * sum(widths)) // 2
    edges = pairwise(accumulate(widths, initial=0))
    for place, (start, end) in enumerate(edges):
        if place % 2 == 0:
            _fill(label, left + start * dots, box.y, (end - start) * dots, box.height)


def _fill(label: Image.Image, x: int, y: int, width: int, height: int) -> None:
    label.paste(_BLACK, (x, y, x + width, y + height))


def _dots(label: Image.Image) -> bytes:
    """Pillow's rows with 1 as black; what pads a row to whole bytes is 0 in Pillow's packer."""
    return label.tobytes("raw", "1;I")
