"""One bitmap at the printer's dots for every output: preview, file and printer show the same."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from bench.labels.codes import code128, qr
from bench.labels.content import LabelContent, SlotContent
from bench.labels.lettering import WHITE, lettered
from bench.labels.template import LabelTemplate
from bench.ports import Bitmap

_MM_PER_INCH = 25.4
_BOLD = ("asset_tag", "slot", "training")
_SHORTENED = ("model", "bench")
"""What is still known by its beginning; a tag cut short would be another handset's."""
_SMALLEST_MM = 1.75
"""Font size that a person still reads at arm's length; below, such a text is shortened."""
_CODES = {"qr": qr, "code128": code128}


def render(template: LabelTemplate, content: LabelContent | SlotContent) -> Bitmap:
    """Draw the label; a text that is too long is made smaller, a name also shortened."""
    assert template.of_slot == isinstance(content, SlotContent), "a label of the other kind"
    label = Image.new("1", (template.width, template.height), WHITE)
    texts = content.texts()
    for name, box in template.boxes.items():
        size = (box.width, box.height)
        if name in _CODES:
            label.paste(_CODES[name](content.code, size), (box.x, box.y))
        elif text := texts.get(name):
            smallest = round(_SMALLEST_MM * template.dots_per_mm) if name in _SHORTENED else 1
            bold, inverse = name in _BOLD, name == "training"
            drawn = lettered(text, size, smallest, bold=bold, inverse=inverse)
            label.paste(drawn, (box.x, box.y))
    return Bitmap(label.width, label.height, _dots(label))


def to_image(bitmap: Bitmap) -> Image.Image:
    """Return the bitmap as a picture, black on white, for a file or a preview."""
    return Image.frombytes("1", (bitmap.width, bitmap.height), bitmap.dots, "raw", "1;I")


def to_pdf(bitmap: Bitmap, dots_per_mm: float) -> bytes:
    """Return the bitmap as a page of its true size, every dot as it is printed."""
    page = BytesIO()
    to_image(bitmap).save(page, "PDF", resolution=dots_per_mm * _MM_PER_INCH)
    return page.getvalue()


def _dots(label: Image.Image) -> bytes:
    """Pillow's rows with 1 as black; what pads a row to whole bytes is 0 in Pillow's packer."""
    return label.tobytes("raw", "1;I")
