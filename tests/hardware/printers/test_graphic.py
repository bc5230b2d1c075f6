"""The job a printer gets: one picture, whatever the label says."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bench.identity.identifiers import AssetTag
from bench.labels.content import LabelContent
from bench.labels.render import render
from bench.labels.template import LabelTemplate
from bench.ports import Bitmap
from hardware.printers.zpl.job import to_zpl
from hardware.simulator.printer import decode
from hardware.simulator.printer_zpl import ZplMachine

TEMPLATE = LabelTemplate.load(Path(__file__).parents[3] / "resources/labels/asset-50x25.toml")


def drawn(model: str) -> Bitmap:
    tag = AssetTag.numbered("PHN", 1)
    return render(TEMPLATE, LabelContent(tag, model, "0017", 1, simulated=False))


@st.composite
def bitmaps(draw: st.DrawFn) -> Bitmap:
    width, height = draw(st.integers(1, 70)), draw(st.integers(1, 20))
    row = (width + 7) // 8
    dots = bytearray(draw(st.binary(min_size=row * height, max_size=row * height)))
    pads = row * 8 - width
    for end in range(row - 1, len(dots), row):
        dots[end] = dots[end] >> pads << pads
    return Bitmap(width, height, bytes(dots))


@given(bitmaps())
def test_every_picture_comes_out_as_it_went_in(label: Bitmap) -> None:
    assert decode(to_zpl(label)) == label


@given(st.text(max_size=100) | st.sampled_from(["^XA~JA", "^FS^XZ~HS", "~DG", "\x02\x03\x10"]))
def test_no_text_on_a_label_reaches_the_printers_language(model: str) -> None:
    job = to_zpl(drawn(model))
    commands = b"".join(re.findall(rb"[\^~][A-Z@]{2}", job))
    assert commands == b"^XA^PW^LL^FO^GF^FS^XZ"
    assert decode(job) == drawn(model)


def test_a_label_with_a_flipped_byte_is_not_printed() -> None:
    job = to_zpl(drawn("Testphone 5"))
    start = job.index(b":Z64:") + 5
    for place in range(start, start + 40):
        other = b"A" if job[place : place + 1] != b"A" else b"B"
        assert decode(job[:place] + other + job[place + 1 :]) is None


def test_the_job_is_small_enough_for_a_slow_line() -> None:
    assert len(to_zpl(drawn("Testphone 5"))) < 2500


def test_a_job_cut_off_at_any_byte_prints_nothing_and_the_next_one_prints_all_the_same() -> None:
    label, answers = drawn("Testphone 5"), list[bytes]()
    job = to_zpl(label)
    for cut in range(len(job)):
        printer = ZplMachine()
        line = printer.session(answers.append)
        assert line.receive(job[:cut])
        assert printer.labels == []
        assert line.receive(b"~JX" + job)
        assert printer.labels == [label], f"cut at {cut}"
