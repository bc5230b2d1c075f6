"""A label as a camera sees it: turned, out of focus, in poor light, with a grain."""

from __future__ import annotations

import random
from dataclasses import dataclass

import zxingcpp
from PIL import Image, ImageChops, ImageFilter

from bench.labels.render import to_image
from bench.ports import Bitmap

_PIXELS_PER_MM = 16.0
"""A phone's camera over a label a hand wide has about as many."""


@dataclass(frozen=True)
class View:
    """Degrees turned, blur (standard deviation, mm), share of contrast, grey levels of grain."""

    turned: float = 0.0
    blur: float = 0.0
    contrast: float = 1.0
    grain: int = 0


STEADY = View()
HANDHELD = tuple(
    View(turned, blur, contrast, grain)
    for turned in (0, 3, -20, 90, 187)
    for blur, contrast, grain in ((0.06, 0.8, 8), (0.09, 0.4, 12), (0.12, 0.25, 6))
)
"""Twenty degrees off or upside down, just out of focus, in the light of a store-room."""


def seen(label: Bitmap, dots_per_mm: float, view: View) -> Image.Image:
    """Return the picture that the camera takes; the same each time."""
    scale = _PIXELS_PER_MM / dots_per_mm
    picture = to_image(label).convert("L")
    size = (round(label.width * scale), round(label.height * scale))
    picture = picture.resize(size, Image.Resampling.BOX if scale < 1 else Image.Resampling.NEAREST)
    table = Image.new("L", (size[0] + 120, size[1] + 120), 255)
    table.paste(picture, (60, 60))
    table = table.rotate(view.turned, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    table = table.filter(ImageFilter.GaussianBlur(view.blur * _PIXELS_PER_MM))
    table = table.point([round(128 + (grey - 128) * view.contrast) for grey in range(256)])
    return _grained(table, view.grain) if view.grain else table


def read(picture: Image.Image) -> dict[str, str]:
    """Return what each kind of code in the picture says, by an independent reader."""
    return {code.format.name: code.text for code in zxingcpp.read_barcodes(picture)}


def _grained(picture: Image.Image, grain: int) -> Image.Image:
    specks = random.Random(4).randbytes(picture.width * picture.height)
    noise = Image.frombytes("L", picture.size, specks).point([g * grain // 128 for g in range(256)])
    return ImageChops.add(picture, noise, offset=-grain)
