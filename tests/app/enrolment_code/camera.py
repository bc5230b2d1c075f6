"""A screen as a handset's camera sees it: from the side, turned, out of focus, with a grain."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import zxingcpp
from PIL import Image, ImageChops, ImageFilter

_SENSOR = 1200
"""Pixels of the picture that the code takes with its quiet zone: a camera of two megapixels."""


@dataclass(frozen=True)
class Look:
    """One way of holding a handset.

    `aside` is how much shorter the far edge is than the near one, `turned` degrees, `blur` the
    standard deviation of the focus in modules, `grain` grey levels of noise.
    """

    aside: float = 0.0
    turned: float = 0.0
    blur: float = 0.0
    grain: int = 0


STRAIGHT = Look()
HELD = (
    Look(blur=0.35),
    Look(aside=0.12, turned=4.0, blur=0.3, grain=10),
    Look(aside=-0.1, turned=-7.0, blur=0.25, grain=16),
    Look(turned=93.0, blur=0.3, grain=12),
)


def seen(code: Image.Image, modules: int, look: Look) -> Image.Image:
    """Return the picture that the camera takes of a code with its quiet zone; always the same."""
    picture = code.convert("L").resize((_SENSOR, _SENSOR), Image.Resampling.BICUBIC)
    picture = _from_aside(picture, look.aside)
    picture = picture.rotate(look.turned, Image.Resampling.BICUBIC, expand=True, fillcolor=230)
    picture = picture.filter(ImageFilter.GaussianBlur(look.blur * _SENSOR / modules))
    return _grained(picture, look.grain) if look.grain else picture


def read(picture: Image.Image) -> bytes | None:
    """Return what an independent reader reads there, None for nothing."""
    found = zxingcpp.read_barcodes(picture)
    return found[0].bytes if found else None


def _from_aside(picture: Image.Image, aside: float) -> Image.Image:
    """Make one side edge shorter than the other, as it looks to a camera beside it."""
    if not aside:
        return picture
    wide, high = picture.size
    near, far = (0.0, abs(aside)) if aside > 0 else (abs(aside), 0.0)
    corners = (
        (0, near * high / 2), (0, high - near * high / 2),
        (wide * math.cos(aside), high - far * high / 2), (wide * math.cos(aside), far * high / 2),
    )  # fmt: skip
    flat = ((0, 0), (0, high), (wide, high), (wide, 0))
    return picture.transform(
        (wide, high), Image.Transform.PERSPECTIVE, _onto(corners, flat),
        Image.Resampling.BICUBIC, fillcolor=230,
    )  # fmt: skip


def _onto(
    seen_at: tuple[tuple[float, float], ...], flat: tuple[tuple[float, float], ...]
) -> list[float]:
    """Return the eight coefficients that map what is seen onto what is flat (Gauss elimination)."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(seen_at, flat, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for at in range(8):
        best = max(range(at, 8), key=lambda row: abs(rows[row][at]))
        rows[at], rows[best] = rows[best], rows[at]
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for other in range(8):
            if other != at:
                factor = rows[other][at]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[at], strict=True)]
    return [row[8] for row in rows]


def _grained(picture: Image.Image, grain: int) -> Image.Image:
    specks = random.Random(4).randbytes(picture.width * picture.height)
    noise = Image.frombytes("L", picture.size, specks).point([g * grain // 128 for g in range(256)])
    return ImageChops.add(picture, noise, offset=-grain)
