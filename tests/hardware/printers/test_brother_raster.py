"""The job a Brother QL gets: strictly by the reference, and the dots that were drawn."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.ports import Bitmap
from hardware.printers.brother_ql.media import MEDIA, Kind, Medium, medium_named, medium_of
from hardware.printers.brother_ql.models import MODELS, Model, model_named
from hardware.printers.brother_ql.packbits import packed
from hardware.printers.brother_ql.raster import reset, to_raster
from hardware.simulator.printer_brother import BrotherMachine
from hardware.simulator.printer_raster import (
    AREAS,
    QL_700,
    QL_800,
    QL_810W,
    QL_1110NWB,
    Make,
    unpacked,
)

SIMULATED = {"QL-700": QL_700, "QL-800": QL_800, "QL-810W": QL_810W, "QL-1110NWB": QL_1110NWB}


def medium(name: str) -> Medium:
    found = medium_named(name)
    assert found is not None
    return found


def model(name: str) -> Model:
    found = model_named(name)
    assert found is not None
    return found


def machine(name: str, roll: str) -> BrotherMachine:
    loaded = medium(roll).roll
    return BrotherMachine(SIMULATED[name], (loaded.kind.value, loaded.width, loaded.length))


def fed(printer: BrotherMachine, job: bytes) -> list[Bitmap]:
    session = printer.session(lambda _: None)
    assert session.receive(job)
    session.end()
    return printer.labels


@st.composite
def pictures(draw: st.DrawFn, width: int, height: int) -> Bitmap:
    """Draw a picture; a few lines at random and the rest of one of them, so that it stays fast."""
    row, pads = (width + 7) // 8, -width % 8
    lines = draw(st.lists(st.binary(min_size=row, max_size=row), min_size=1, max_size=4))
    clean = [line[:-1] + bytes([line[-1] >> pads << pads]) for line in lines]
    order = draw(st.lists(st.sampled_from(clean), min_size=20, max_size=20))
    return Bitmap(width, height, b"".join(order[n % 20] for n in range(height)))


ROLLS = pytest.mark.parametrize(
    ("name", "roll", "height"),
    [
        ("QL-810W", "62", 150), ("QL-800", "62", 150), ("QL-700", "29", 150),
        ("QL-1110NWB", "102", 150), ("QL-1110NWB", "62", 150), ("QL-700", "62x29", 271),
        ("QL-810W", "12", 150), ("QL-810W", "38", 150), ("QL-810W", "17x54", 566),
    ],
)  # fmt: skip


@ROLLS
@settings(max_examples=8)
@given(data=st.data())
def test_every_picture_comes_out_as_it_went_in(
    data: st.DataObject, name: str, roll: str, height: int
) -> None:
    comes_out(data.draw(pictures(medium(roll).width, height)), name, roll)


@pytest.mark.soak
@ROLLS
@settings(max_examples=500, deadline=None)
@given(data=st.data())
def test_five_hundred_pictures_come_out_as_they_went_in(
    data: st.DataObject, name: str, roll: str, height: int
) -> None:
    comes_out(data.draw(pictures(medium(roll).width, height)), name, roll)


def comes_out(label: Bitmap, name: str, roll: str) -> None:
    printer = machine(name, roll)
    assert fed(printer, to_raster(label, medium(roll), model(name))) == [label]
    assert printer.mistakes == []


@pytest.mark.parametrize("name", SIMULATED)
def test_one_dot_in_each_corner_comes_out_in_its_corner(name: str) -> None:
    width, height = 696, 150
    row = (width + 7) // 8
    for x, y in ((0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)):
        dots = bytearray(row * height)
        dots[y * row + x // 8] = 0x80 >> x % 8
        label = Bitmap(width, height, bytes(dots))
        assert fed(machine(name, "62"), to_raster(label, medium("62"), model(name))) == [label]


def test_the_example_of_the_reference_is_compressed_as_it_says() -> None:
    line = bytes(20) + bytes.fromhex("22 22 23 BA BF A2 22 2B")
    assert packed(line) == bytes.fromhex("ED 00 FF 22 05 23 BA BF A2 22 2B")


@given(st.binary(min_size=1, max_size=200) | st.binary(max_size=3).map(lambda b: b * 60))
def test_a_compressed_line_is_the_line_and_hardly_ever_longer(line: bytes) -> None:
    short = packed(line)
    assert unpacked(short) == line
    assert len(short) <= len(line) + 1 + len(line) // 128


def test_the_example_of_the_reference_names_a_roll_as_the_reference_does() -> None:
    label = Bitmap(306, 991, bytes(39 * 991))
    job = to_raster(label, medium("29x90"), model("QL-700"))
    assert bytes.fromhex("1B 69 7A CE 0B 1D 5A DF 03 00 00 00 00") in job


@pytest.mark.parametrize("made", MODELS, ids=lambda made: made.name)
def test_no_model_is_sent_what_its_reference_does_not_have(made: Model) -> None:
    job = to_raster(Bitmap(696, 300, bytes(87 * 300)), medium("62"), made)
    codes = job.partition(b"g\x00")[0]
    assert job.startswith(bytes(made.invalidate) + b"\x1b@")
    assert (b"M\x02" in codes) == made.compresses
    assert (b"\x1bia\x01" in codes) == made.switches
    assert (b"\x1bi!" in codes) == made.notifies
    assert (b"\x1biK\x08" in codes) == made.expands
    assert job.endswith(b"\x1a" + b"\x1bia\xff" * made.returns)


def test_what_resets_an_unknown_model_is_enough_for_all() -> None:
    assert all(len(reset(made)) <= len(reset()) for made in MODELS)


@pytest.mark.parametrize("name", SIMULATED)
def test_every_job_cut_off_at_any_byte_prints_nothing_and_the_next_one_prints(name: str) -> None:
    label = Bitmap(696, 150, bytes(range(87)) * 150)
    job = to_raster(label, medium("62"), model(name))
    for cut in sorted({*range(0, len(job), 997), 1, 399, 401, 403, len(job) - 1}):
        printer = machine(name, "62")
        session = printer.session(lambda _: None)
        session.receive(job[:cut])
        assert printer.labels == []
        session.receive(job)
        assert printer.labels == [label], f"cut at {cut}"


@given(st.binary(max_size=300))
def test_what_is_no_job_prints_nothing(data: bytes) -> None:
    assert fed(machine("QL-810W", "62"), data) == []


@pytest.mark.parametrize(
    ("was", "instead"),
    [
        (b"\x1biM\x40", b"\x1biM\x41"),
        (b"\x1bid\x23", b"\x1bid\x01"),
        (b"g\x00", b"G\x00"),
        (b"\x1bia\x01", b"\x1bia\x00"),
        (b"M\x02", b"M\x01"),
        (b"\x1biz", b"\x1bix"),
    ],
)
def test_the_simulated_printer_forgives_no_mistake(was: bytes, instead: bytes) -> None:
    printer = machine("QL-810W", "62")
    job = to_raster(Bitmap(696, 150, bytes(87 * 150)), medium("62"), model("QL-810W"))
    assert fed(printer, job.replace(was, instead, 1)) == []
    assert printer.mistakes


@pytest.mark.parametrize("each", MEDIA, ids=lambda each: str(each.roll))
def test_each_medium_lies_under_the_head(each: Medium) -> None:
    assert medium_of(each.roll) is each
    assert medium_named(str(each.roll)) is each
    assert each.wide_offset + each.width <= 1296
    assert each.offset is None or each.offset + each.width <= 720
    assert (each.roll.kind is Kind.TAPE) == (each.height == 0)
    # a print area is narrower than its roll by a millimetre and a half at each edge at the least
    assert 0 < each.roll.width * 300 / 25.4 - each.width < 48
    for pins, offset in ((720, each.offset), (1296, each.wide_offset)):
        if (pins, each.roll.width) in AREAS:
            assert AREAS[pins, each.roll.width] == (offset, each.width)


def test_a_label_fits_a_roll_or_does_not() -> None:
    tape, labels = medium("62"), medium("62x29")
    assert tape.fits(696, 300)
    assert not tape.fits(695, 300)
    assert not tape.fits(696, 149)
    assert not tape.fits(696, 11812)
    assert not tape.fits(696, 150, model("QL-1050"))
    assert labels.fits(696, 271)
    assert not labels.fits(696, 270)
    assert not labels.fits(271, 696)


def test_a_make_is_what_the_product_takes_it_for() -> None:
    for name, make in SIMULATED.items():
        known = model(name)
        assert (
            Make(known.series, known.code, known.pins, known.compresses, known.invalidate) == make
        )
