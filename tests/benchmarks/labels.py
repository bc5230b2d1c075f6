"""Labels: how long one takes from template to the printer's bytes, and what others make of it."""

from __future__ import annotations

import statistics
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import ImageChops
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.main import QRCode

from bench.identity.identifiers import AssetTag
from bench.labels.content import LabelContent
from bench.labels.render import render, to_image
from bench.labels.resolution import dots_per_mm
from bench.labels.template import LabelTemplate
from bench.ports import Bitmap
from hardware.printers.zpl.job import to_zpl
from tests.benchmarks.figures import Figure, quantile
from tests.peers.labels.camera import HANDHELD, read, seen
from tests.peers.labels.rendering import Renderer, renderer

_TEMPLATES = sorted(
    (Path(__file__).parents[2] / "resources" / "labels").glob("asset-*.toml"),
    key=lambda path: path.stem != "asset-50x25",  # the usual one first
)
_MS, _LABELS = 1000.0, 50


def labels(times: int) -> Iterator[Figure]:
    """Draw labels and make their jobs; let others render and read them."""
    for dpi in (203, 300):
        usual = LabelTemplate.load(_TEMPLATES[0], dots_per_mm(dpi))
        runs = [_timed(lambda n, t=usual: to_zpl(_drawn(t, n))) for _ in range(times)]  # type: ignore[misc]
        bare = [_timed(_bare(_drawn(usual, 0).dots)) for _ in range(times)]
        yield Figure(
            f"label from template to bytes, {dpi} dpi", "ms", list(map(statistics.median, runs)),
            list(map(statistics.median, bare)), "QR matrix, zlib", limit=10.0,
            notes={"p99": [quantile(run, 0.99) for run in runs]},
        )  # fmt: skip
    with renderer() as other:
        yield Figure("dots another renderer prints otherwise", "%", [_differing(other)], limit=0.0)
    yield Figure("pictures of labels no reader reads", "%", [_unread()], limit=0.0)


def _timed(work: Callable[[int], object]) -> list[float]:
    took = []
    for number in range(_LABELS):
        began = time.perf_counter()
        work(number)
        took.append((time.perf_counter() - began) * _MS)
    return took


def _bare(dots: bytes) -> Callable[[int], object]:
    """What cannot be left out: the QR code's matrix, and packing as many dots."""

    def work(number: int) -> None:
        code = QRCode(error_correction=ERROR_CORRECT_Q, border=4)
        code.add_data(f"PHN-{number:06d}")
        code.get_matrix()
        zlib.compress(dots, 9)

    return work


def _drawn(template: LabelTemplate, number: int) -> Bitmap:
    tag = AssetTag.numbered("PHN", number)
    content = LabelContent(tag, f"Téléphone {number} Pro", "0017", 2, simulated=True)
    return render(template, content)


def _differing(other: Renderer) -> float:
    differ = dots = 0
    for label, _ in _of_every_template():
        theirs = other.rendered(to_zpl(label), label.width, label.height)
        ours = to_image(label).convert("L")
        differ += sum(ImageChops.difference(ours, theirs).histogram()[1:])
        dots += label.width * label.height
    return 100.0 * differ / dots


def _unread() -> float:
    pictures = [
        seen(label, fineness, view) for label, fineness in _of_every_template() for view in HANDHELD
    ]
    unread = sum("PHN-000007" not in read(picture).values() for picture in pictures)
    return 100.0 * unread / len(pictures)


def _of_every_template() -> Iterator[tuple[Bitmap, float]]:
    for path in _TEMPLATES:
        for dpi in (203, 300):
            template = LabelTemplate.load(path, dots_per_mm(dpi))
            yield _drawn(template, 7), template.dots_per_mm
