"""A label template: what is wrong with one is said with its line and key."""

from __future__ import annotations

import tomllib
from contextlib import suppress
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.labels.resolution import dots_per_mm
from bench.labels.template import LabelTemplate, TemplateError

SHIPPED = Path(__file__).parents[3] / "resources/labels/asset-50x25.toml"


def changed(folder: Path, old: str, new: str) -> Path:
    source = SHIPPED.read_text(encoding="utf-8")
    assert old in source
    path = folder / "label.toml"
    path.write_text(source.replace(old, new, 1), encoding="utf-8")
    return path


def line_of(path: Path, text: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_the_shipped_label_is_two_inches_by_one_at_203_dpi() -> None:
    template = LabelTemplate.load(SHIPPED)
    assert (template.width, template.height) == (406, 203)
    assert not any(a.overlaps(b) for a, b in combinations(template.boxes.values(), 2))


@pytest.mark.parametrize("path", sorted(SHIPPED.parent.glob("*.toml")), ids=lambda path: path.stem)
@pytest.mark.parametrize("dpi", [203, 300, 305, 600])
def test_every_shipped_label_has_its_true_size_on_every_printer(path: Path, dpi: int) -> None:
    stated = tomllib.loads(path.read_text(encoding="utf-8"))
    template = LabelTemplate.load(path, dots_per_mm(dpi))
    exact = dpi / 25.4
    assert template.width / exact == pytest.approx(stated["label"]["width_mm"], abs=0.2)
    assert template.height / exact == pytest.approx(stated["label"]["height_mm"], abs=0.2)
    for name, box in template.boxes.items():
        for dots, key in ((box.x, "x_mm"), (box.y, "y_mm"), (box.width, "width_mm")):
            assert dots / exact == pytest.approx(stated[name][key], abs=0.2)


def test_three_hundred_dots_an_inch_are_not_twelve_a_millimetre() -> None:
    widths = [LabelTemplate.load(SHIPPED, dots_per_mm(dpi)).width for dpi in (203, 300, 305)]
    assert widths == [406, 600, 609]


def test_brothers_tape_is_as_wide_as_its_head_prints() -> None:
    template = LabelTemplate.load(SHIPPED.with_name("asset-62x29.toml"), dots_per_mm(300))
    assert (template.width, template.height) == (696, 271)


@pytest.mark.parametrize(
    ("dpi", "dots"), [(152, 6), (203, 8), (300, 11.811), (305, 12), (600, 23.622), (610, 24)]
)
def test_a_printer_is_as_fine_as_its_data_sheet_says(dpi: int, dots: float) -> None:
    assert dots_per_mm(dpi) == pytest.approx(dots, abs=0.0005)


def test_a_code_that_a_finer_printer_would_print_too_narrow_is_refused(tmp_path: Path) -> None:
    path = changed(tmp_path, "width_mm = 50.0", "width_mm = 44.3")
    assert LabelTemplate.load(path, dots_per_mm(203)).boxes["code128"].width >= 352
    with pytest.raises(TemplateError, match=r"code128\.width_mm is at least 45"):
        LabelTemplate.load(path, dots_per_mm(300))


def test_a_label_too_coarse_for_its_code_is_refused_for_that_printer() -> None:
    with pytest.raises(TemplateError, match=r"code128\.width_mm is at least 59"):
        LabelTemplate.load(SHIPPED, dots_per_mm(152))


def test_one_of_the_two_codes_may_be_left_out_and_not_both(tmp_path: Path) -> None:
    source = SHIPPED.read_text(encoding="utf-8")
    qr, code128 = source.index("[qr]"), source.index("[code128]")
    path = tmp_path / "label.toml"
    path.write_text(source[:qr] + source[code128:], encoding="utf-8")
    assert "qr" not in LabelTemplate.load(path).boxes
    path.write_text(source[:qr], encoding="utf-8")
    with pytest.raises(TemplateError, match="qr is missing, and code128 too"):
        LabelTemplate.load(path)


def test_a_label_that_says_both_a_slot_and_an_asset_is_refused(tmp_path: Path) -> None:
    path = changed(tmp_path, "[model]", "[slot]")
    with pytest.raises(TemplateError, match="asset_tag is not a part of a label"):
        LabelTemplate.load(path)


def test_boxes_that_are_not_needed_may_be_left_out(tmp_path: Path) -> None:
    source = SHIPPED.read_text(encoding="utf-8")
    start, end = source.index("[model]"), source.index("[imei]")
    path = tmp_path / "label.toml"
    path.write_text(source[:start] + source[end:], encoding="utf-8")
    assert "model" not in LabelTemplate.load(path).boxes


@pytest.mark.parametrize(
    ("old", "new", "at", "what"),
    [
        ("dots_per_mm = 8", "dots_per_mm = 203", "dots_per_mm", "300 dpi are 11.811"),
        ("dots_per_mm = 8", "dots_per_mm = true", "dots_per_mm", "label.dots_per_mm"),
        ("dots_per_mm = 8", "dots_per_mm = [8]", "dots_per_mm", "label.dots_per_mm"),
        ("dots_per_mm = 8", "dpi = 203", "dpi", "label.dpi is not a key"),
        ("width_mm = 50.8", "width_mm = nan", "width_mm = nan", "label.width_mm is a number"),
        ("width_mm = 50.8", "width_mm = 1e9", "width_mm = 1e9", "label.width_mm is a number"),
        ("width_mm = 50.8", "width_mm = -1", "width_mm = -1", "label.width_mm is a number"),
        ('name = "', 'name = 1 # "', "name = 1", "label.name is a text"),
        ("[model]", "[modell]", "[modell]", "modell is not a part of a label"),
        ("[training]", "[imei.training]", "height_mm = 7.8", "training is missing"),
        ("x_mm = 34.5", 'x_mm = "34.5"', '"34.5"', "qr.x_mm is a number"),
        ("x_mm = 34.5", "x_mm = true", "x_mm = true", "qr.x_mm is a number"),
        ("x_mm = 34.5", "# x_mm", "[qr]", "qr.x_mm is missing"),
        ("x_mm = 34.5", "x_mm = 40", "= 15.5", "qr.width_mm reaches over the label's right"),
        ("x_mm = 34.5", "x_mm = 30", "x_mm = 30", "qr.x_mm overlaps the box asset_tag"),
        ("width_mm = 15.5", "width_mm = 5.1", "width_mm = 5.1", "qr.width_mm is at least 8"),
        ("width_mm = 50.0", "width_mm = 43", "width_mm = 43", "code128.width_mm is at least 44"),
        ("height_mm = 7.8", "height_mm = 9", "height_mm = 9", "reaches over the label's lower"),
        ("height_mm = 7.8", "height_mm = 0", "height_mm = 0", "code128.height_mm is at least 1"),
    ],
)
def test_a_fault_is_named_by_line_and_key(
    tmp_path: Path, old: str, new: str, at: str, what: str
) -> None:
    path = changed(tmp_path, old, new)
    with pytest.raises(TemplateError) as caught:
        LabelTemplate.load(path)
    assert what in str(caught.value)
    assert f"label.toml, line {line_of(path, at)}:" in str(caught.value)


def test_the_line_is_that_of_the_right_table(tmp_path: Path) -> None:
    path = changed(tmp_path, "x_mm = 34.5\ny_mm = 0.6", "x_mm = 34.5\ny_mm = 'low'")
    line = line_of(path, "'low'")
    with pytest.raises(TemplateError, match=rf"line {line}: qr\.y_mm"):
        LabelTemplate.load(path)


@pytest.mark.parametrize("source", [b"[label", b"\xff\xfe", b"", b"label = 3", b"[[label]]"])
def test_a_file_that_is_no_template_is_refused_by_name(tmp_path: Path, source: bytes) -> None:
    path = tmp_path / "label.toml"
    path.write_bytes(source)
    with pytest.raises(TemplateError, match=r"label\.toml"):
        LabelTemplate.load(path)


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"none\.toml"):
        LabelTemplate.load(tmp_path / "none.toml")


@given(where=st.integers(0, 900), what=st.sampled_from(["", "=", "9", "\n", "[", "mm", "-", "."]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_typing_slip_is_more_than_a_refusal(tmp_path: Path, where: int, what: str) -> None:
    source = SHIPPED.read_text(encoding="utf-8")
    path = tmp_path / "label.toml"
    path.write_text(source[:where] + what + source[where + 1 :], encoding="utf-8")
    with suppress(TemplateError):
        assert LabelTemplate.load(path).boxes.keys() >= {"asset_tag", "training", "qr", "code128"}
