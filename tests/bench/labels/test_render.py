"""Labels as dots, read by an independent reader."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bench.identity.identifiers import AssetTag, SlotCode
from bench.labels.content import LabelContent, SlotContent
from bench.labels.render import render, to_image, to_pdf
from bench.labels.resolution import dots_per_mm
from bench.labels.template import Box, LabelTemplate
from bench.ports import Bitmap

ROOT = Path(__file__).parents[3]
TEMPLATE = LabelTemplate.load(ROOT / "resources/labels/asset-50x25.toml")
TEMPLATES = sorted((ROOT / "resources/labels").glob("asset-*.toml"))
TAG = AssetTag.numbered("PHN", 1)
HOSTILE = ["^XA~JA", "^FS^XZ^XA^FDx", "<b>x</b>", "a\x00b", "=1+1", "é" * 300, "W" * 500, "\u202e"]

tags = st.from_regex(r"[A-Z]{2,5}-[0-9]{6,8}", fullmatch=True).map(AssetTag.parse)
models = st.text(max_size=200) | st.sampled_from(HOSTILE)


def content(
    tag: AssetTag = TAG, model: str = "Testphone 5", copy: int = 1, *, simulated: bool = False
) -> LabelContent:
    return LabelContent(tag, model, "0017", copy, simulated)


def read(bitmap: Bitmap) -> set[tuple[str, str]]:
    picture = to_image(bitmap).convert("L")
    paper = Image.new("L", (picture.width + 40, picture.height + 40), 255)
    paper.paste(picture, (20, 20))
    return {(code.format.name, code.text) for code in zxingcpp.read_barcodes(paper)}


def dots_in(bitmap: Bitmap, box: Box) -> bytes:
    place = (box.x, box.y, box.x + box.width, box.y + box.height)
    return to_image(bitmap).crop(place).tobytes()


def differing_boxes(one: Bitmap, other: Bitmap) -> set[str]:
    """Where two labels differ; everything outside of all boxes is checked to be equal."""
    pictures = [to_image(bitmap) for bitmap in (one, other)]
    for box in TEMPLATE.boxes.values():
        for picture in pictures:
            picture.paste(1, (box.x, box.y, box.x + box.width, box.y + box.height))
    assert pictures[0].tobytes() == pictures[1].tobytes()
    boxes = TEMPLATE.boxes.items()
    return {name for name, box in boxes if dots_in(one, box) != dots_in(other, box)}


@given(tags, models, st.integers(1, 99), st.booleans())
@settings(max_examples=60, deadline=None)
def test_both_codes_of_any_label_say_the_asset_tag(
    tag: AssetTag,
    model: str,
    copy: int,
    simulated: bool,
) -> None:
    label = render(TEMPLATE, content(tag, model, copy, simulated=simulated))
    assert read(label) == {("QRCode", str(tag)), ("Code128", str(tag))}


@given(models)
@settings(max_examples=60, deadline=None)
def test_a_model_name_changes_its_own_field_and_nothing_else(model: str) -> None:
    assert differing_boxes(
        render(TEMPLATE, content(model=model)), render(TEMPLATE, content(model=""))
    ) <= {"model"}


def test_each_part_of_the_content_is_on_the_label_in_its_place() -> None:
    plain = render(TEMPLATE, content())
    other = LabelContent(TAG, "Testphone 5", "0025", 1, simulated=False)
    assert differing_boxes(plain, render(TEMPLATE, other)) == {"imei"}
    assert differing_boxes(plain, render(TEMPLATE, content(copy=2))) == {"copy"}
    assert differing_boxes(plain, render(TEMPLATE, content(model="Testphone 6"))) == {"model"}
    assert differing_boxes(plain, render(TEMPLATE, content(AssetTag.numbered("PHN", 2)))) == {
        "asset_tag",
        "qr",
        "code128",
    }


def test_a_simulated_label_says_training_white_on_black() -> None:
    real, training = render(TEMPLATE, content()), render(TEMPLATE, content(simulated=True))
    assert differing_boxes(real, training) == {"training"}
    box = TEMPLATE.boxes["training"]
    assert not any(byte != 0xFF for byte in dots_in(real, box)[: box.width // 8])
    black = to_image(training).crop((box.x, box.y, box.x + box.width, box.y + box.height))
    assert black.histogram()[0] > box.width * box.height / 2


@pytest.mark.parametrize("model", ["W" * 500, "i" * 80, "Word " * 40])
def test_a_long_model_name_ends_in_an_ellipsis_inside_its_field(model: str) -> None:
    box = TEMPLATE.boxes["model"]
    label = render(TEMPLATE, content(model=model))
    assert differing_boxes(label, render(TEMPLATE, content(model=""))) == {"model"}
    edge = to_image(label).crop((box.x + box.width, box.y, TEMPLATE.boxes["qr"].x, box.y + 8))
    assert edge.histogram()[0] == 0


@pytest.mark.parametrize("model", ["Téléphone", "Größe 5", "Ωμέγα", "Экран", "Điện thoại", "テル"])
def test_a_letter_with_an_accent_or_of_another_script_is_printed_as_it_is(model: str) -> None:
    label = render(TEMPLATE, content(model=model))
    base = "".join(part for part in unicodedata.normalize("NFKD", model) if part.isascii())
    for other in (base, "", "\ue000" * len(model)):
        assert differing_boxes(label, render(TEMPLATE, content(model=other))) == {"model"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
@pytest.mark.parametrize("dpi", [203, 300])
def test_the_longest_tag_is_never_cut_short(path: Path, dpi: int) -> None:
    template = LabelTemplate.load(path, dots_per_mm(dpi))
    one, other = (
        render(template, content(AssetTag.parse(tag)))
        for tag in ("WWWWW-88888881", "WWWWW-88888882")
    )
    assert dots_in(one, template.boxes["asset_tag"]) != dots_in(other, template.boxes["asset_tag"])


def test_the_same_content_gives_the_same_dots() -> None:
    assert render(TEMPLATE, content()) == render(TEMPLATE, content())


def test_pad_bits_are_white_and_black_is_one() -> None:
    label = render(TEMPLATE, content(simulated=True))
    row = (label.width + 7) // 8
    assert len(label.dots) == row * label.height
    assert not any(byte & 0b11 for byte in label.dots[row - 1 :: row])
    assert to_image(label).histogram()[0] == sum(byte.bit_count() for byte in label.dots)


def test_code_modules_are_whole_dots_with_their_quiet_zones() -> None:
    picture = to_image(render(TEMPLATE, content()))
    box = TEMPLATE.boxes["code128"]
    line = [picture.getpixel((box.x + x, box.y + 9)) == 0 for x in range(box.width)]
    first, last = line.index(True), len(line) - 1 - line[::-1].index(True)
    assert min(first, len(line) - 1 - last) >= 20
    assert (last - first + 1) % 2 == 0
    assert all(line[x] == line[x + 1] for x in range(first, last, 2))


def test_a_label_is_saved_as_a_picture_that_reads_the_same(tmp_path: Path) -> None:
    label = render(TEMPLATE, content())
    to_image(label).save(tmp_path / "label.png")
    with Image.open(tmp_path / "label.png") as picture:
        assert picture.mode == "1"
        assert picture.tobytes() == to_image(label).tobytes()


def test_a_page_has_the_labels_true_size() -> None:
    for dpi, size in ((203, (406, 203)), (300, (600, 300))):
        template = LabelTemplate.load(ROOT / "resources/labels/asset-50x25.toml", dots_per_mm(dpi))
        assert (template.width, template.height) == size
        page = to_pdf(render(template, content()), template.dots_per_mm)
        box = re.search(rb"/MediaBox \[ ?0 0 ([0-9.]+) ([0-9.]+) ?\]", page)
        assert box
        width, height = (float(side) / 72 * 25.4 for side in box.groups())
        assert width == pytest.approx(50.8, abs=0.15)
        assert height == pytest.approx(25.4, abs=0.15)


def test_the_card_of_a_slot_says_the_slot_in_both_codes() -> None:
    template = LabelTemplate.load(ROOT / "resources/labels/slot-57x32.toml")
    card = render(template, SlotContent(SlotCode("B", 14), "bench-07"))
    assert read(card) == {("QRCode", "SLOT-B14"), ("Code128", "SLOT-B14")}
    assert SlotCode.parse("SLOT-B14") == SlotCode("B", 14)


def test_a_template_of_one_kind_is_not_taken_for_the_other() -> None:
    template = LabelTemplate.load(ROOT / "resources/labels/slot-57x32.toml")
    with pytest.raises(AssertionError, match="other kind"):
        render(template, content())
