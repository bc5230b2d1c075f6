"""A label as a job for CUPS, and the options that keep every dot where it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

from PIL import Image

from bench.ports import Bitmap
from hardware.printers.zpl.job import to_zpl

_MM_PER_INCH = 25.4


class Language(StrEnum):
    """What the label is sent as: a page for the queue's driver, or ZPL past it."""

    PDF = "pdf"
    ZPL = "zpl"


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of a job, and what `lp -o` is told of them."""

    data: bytes
    options: tuple[str, ...]


def document(label: Bitmap, language: Language, dots_per_mm: float) -> Document:
    """Return the job for a label that is drawn at so many dots."""
    if language is Language.ZPL:
        return Document(to_zpl(label), ("raw",))
    width, height = label.width / dots_per_mm, label.height / dots_per_mm
    size = f"media=Custom.{width:.3f}x{height:.3f}mm"
    return Document(_page(label, dots_per_mm), (size, "print-scaling=none", "nopdfAutorotate"))


def _page(label: Bitmap, dots_per_mm: float) -> bytes:
    """One page of the label's true size, nothing on it but the picture."""
    page = BytesIO()
    picture = Image.frombytes("1", (label.width, label.height), label.dots, "raw", "1;I")
    picture.save(page, "PDF", resolution=dots_per_mm * _MM_PER_INCH)
    return page.getvalue()
