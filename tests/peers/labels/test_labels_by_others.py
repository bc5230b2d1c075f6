"""Every label of every template, rendered by one independent party and read by another."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from bench.identity.identifiers import AssetTag, SlotCode
from bench.labels.content import LabelContent, SlotContent
from bench.labels.render import render, to_image
from bench.labels.resolution import dots_per_mm
from bench.labels.template import LabelTemplate
from bench.ports import Bitmap
from hardware.printers.zpl.job import to_zpl
from tests.peers.labels.camera import HANDHELD, STEADY, View, read, seen
from tests.peers.labels.rendering import Renderer, renderer

LABELS = Path(__file__).parents[3] / "resources" / "labels"
LONGEST = "ABCDE-12345678"
ON_PAPER = [
    pytest.param(path, dpi, id=f"{path.stem}-{dpi}")
    for path in sorted(LABELS.glob("*.toml"))
    for dpi in (203, 300)
]
ASSETS = [label for label in ON_PAPER if "asset" in str(label.id)]
MODELS = ("Testphone 5", "Téléphone Größe Ωμέγα", "^FS^XZ~JA " + "W" * 200, "テスト", "")


@pytest.fixture(scope="module")
def other() -> Iterator[Renderer]:
    with renderer() as running:
        yield running


def asset_labels() -> Iterator[LabelContent]:
    """What is most likely to go wrong, then tags as chance gives them."""
    chance = random.Random(25)
    for number, model in enumerate(MODELS):
        tag = AssetTag.parse(LONGEST) if number < 3 else AssetTag.numbered("PHN", number)
        yield LabelContent(tag, model, "0017", 1 + number % 2, simulated=number % 3 == 0)
    tag = AssetTag.numbered("SIM", chance.randrange(10**8))
    yield LabelContent(tag, "Testphone 5", f"{chance.randrange(10**4):04d}", 99, simulated=True)


def slot_cards() -> Iterator[SlotContent]:
    for code in ("A1", "B14", "Z99"):
        yield SlotContent(SlotCode.parse(code), "bench-07")


def contents(template: LabelTemplate) -> Iterator[LabelContent | SlotContent]:
    return slot_cards() if template.of_slot else asset_labels()


def printed(label: Bitmap, other: Renderer) -> Image.Image:
    """What another renderer makes of the job that a printer gets."""
    return other.rendered(to_zpl(label), label.width, label.height)


def differing(label: Bitmap, theirs: Image.Image) -> int:
    """How many dots are otherwise than we show them."""
    ours = to_image(label).convert("L")
    assert theirs.size == ours.size
    return sum(ImageChops.difference(ours, theirs).histogram()[1:])


@pytest.mark.parametrize(("path", "dpi"), ON_PAPER)
def test_another_renderer_prints_every_dot_and_another_reader_reads_every_code(
    path: Path, dpi: int, other: Renderer
) -> None:
    template = LabelTemplate.load(path, dots_per_mm(dpi))
    for content in contents(template):
        label = render(template, content)
        theirs = printed(label, other)
        assert differing(label, theirs) == 0, content
        assert read(theirs) == dict.fromkeys(_codes(template), content.code)


def test_the_other_renderer_sees_a_single_dot(other: Renderer) -> None:
    dots = bytearray(50 * 200)
    blank = Bitmap(400, 200, bytes(dots))
    dots[4999] = 0x10
    theirs = printed(Bitmap(400, 200, bytes(dots)), other)
    assert ImageChops.invert(theirs).getbbox() == (395, 99, 396, 100)
    assert differing(blank, theirs) == 1


@pytest.mark.parametrize(("path", "dpi"), ASSETS)
def test_a_camera_in_the_hand_reads_the_tag_from_every_side(path: Path, dpi: int) -> None:
    template = LabelTemplate.load(path, dots_per_mm(dpi))
    label = render(template, next(asset_labels()))
    for view in random.Random(f"{path.stem} {dpi}").sample(HANDHELD, 4):
        picture = seen(label, template.dots_per_mm, view)
        assert LONGEST in read(picture).values(), view


@pytest.mark.soak
@pytest.mark.parametrize(("path", "dpi"), ASSETS)
def test_no_view_of_any_label_is_unreadable(path: Path, dpi: int) -> None:
    template = LabelTemplate.load(path, dots_per_mm(dpi))
    for content in asset_labels():
        label = render(template, content)
        for view in HANDHELD:
            picture = seen(label, template.dots_per_mm, view)
            assert content.code in read(picture).values(), (content, view)


@pytest.mark.parametrize(("path", "dpi"), ASSETS)
def test_a_steady_camera_reads_every_code(path: Path, dpi: int) -> None:
    template = LabelTemplate.load(path, dots_per_mm(dpi))
    label = render(template, next(asset_labels()))
    said = read(seen(label, template.dots_per_mm, STEADY))
    assert said == dict.fromkeys(_codes(template), LONGEST)


def test_what_no_camera_can_read_is_not_read() -> None:
    template = LabelTemplate.load(LABELS / "asset-50x25.toml")
    label = render(template, next(asset_labels()))
    assert not read(seen(label, template.dots_per_mm, View(blur=0.6)))


def _codes(template: LabelTemplate) -> set[str]:
    names = {"qr": "QRCode", "code128": "Code128"}
    return {names[name] for name in template.boxes if name in names}
