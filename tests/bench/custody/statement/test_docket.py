"""Dockets on paper and on labels, read back by an independent reader."""

from __future__ import annotations

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from bench.custody.proof.note import NoteError
from bench.custody.statement.content import SIMULATED, DocketDetails
from bench.custody.statement.docket import docket
from bench.custody.statement.docket_label import docket_bitmap
from bench.custody.statement.note_code import NoteTooLongError
from bench.labels.render import to_image
from bench.ports import Bitmap
from tests.bench.custody.statement.paper import FONTS, HOSTILE, details, signed_note
from tests.bench.custody.statement.readers import attached, codes_in, conforms, opened, text_of

CODE_ROWS = 0.62


def sheet(note: bytes | None = None, said: DocketDetails | None = None) -> bytes:
    return docket(signed_note(1) if note is None else note, said or details(), fonts=FONTS)


def label(note: bytes | None = None, said: DocketDetails | None = None, width: int = 800) -> Bitmap:
    return docket_bitmap(
        note or signed_note(1), said or details(), fonts=FONTS, width=width, height=width * 3 // 2
    )


def read(bitmap: Bitmap) -> list[bytes]:
    paper = Image.new("L", (bitmap.width + 40, bitmap.height + 40), 255)
    paper.paste(to_image(bitmap).convert("L"), (20, 20))
    return [code.bytes for code in zxingcpp.read_barcodes(paper)]


@pytest.mark.parametrize("witnesses", [0, 1, 3, 8, 18])
def test_the_code_on_the_sheet_is_the_note_byte_for_byte(witnesses: int, tmp_path: Path) -> None:
    note = signed_note(witnesses)
    assert codes_in(sheet(note), tmp_path, 300) == [note]
    assert attached(sheet(note), tmp_path, "checkpoint.txt") == note


@pytest.mark.parametrize("witnesses", [0, 1, 3, 8, 18])
def test_the_code_on_the_label_is_the_note_byte_for_byte(witnesses: int) -> None:
    assert read(label(signed_note(witnesses))) == [signed_note(witnesses)]


def test_a_docket_says_which_record_stood_where_and_why(tmp_path: Path) -> None:
    told = " ".join(text_of(sheet(), tmp_path).split())
    for words in (
        "Record custody.example", "Bench bench-07", "Epoch 1", "Events 300",
        "Time 2026-11-02 12:00:00 UTC", "Reason consignment C-0012", "Handed over by",
        "Received by", "Page 1 of 1", "Root 4813494d137e1631…",
    ):  # fmt: skip
        assert words in told
    assert "SIMULATED" not in told


def test_an_origin_of_another_form_is_shown_as_it_is(tmp_path: Path) -> None:
    note = signed_note().replace(b"custody.example/bench-07/e1", b"somewhere")
    assert "Record somewhere" in " ".join(text_of(sheet(note), tmp_path).split())


def test_a_simulated_docket_says_so_in_words(tmp_path: Path) -> None:
    said = details(simulated=True)
    assert text_of(sheet(said=said), tmp_path).count(SIMULATED) >= 2
    assert label(said=said) != label()


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=list(HOSTILE))
def test_a_hostile_reason_leaves_the_docket_one_page_with_its_code(
    hostile: str, tmp_path: Path
) -> None:
    pdf = sheet(said=details(reason=hostile))
    with opened(pdf) as document:
        assert len(document.pages) == 1
        assert conforms(document)
    assert codes_in(pdf, tmp_path) == [signed_note(1)]
    assert "Handed over by" in text_of(pdf, tmp_path)


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=list(HOSTILE))
def test_a_hostile_reason_changes_its_own_row_of_the_label(hostile: str) -> None:
    usual, other = (to_image(label(said=details(reason=reason))) for reason in ("?", hostile))
    row = next(top for top in range(usual.height) if strip(usual, top, 1) != strip(other, top, 1))
    assert row > usual.height * CODE_ROWS - 100
    assert strip(usual, row + 40, 400) == strip(other, row + 40, 400)


def strip(picture: Image.Image, top: int, height: int) -> bytes:
    return picture.crop((0, top, picture.width, min(top + height, picture.height))).tobytes()


def test_a_note_that_no_code_holds_is_refused() -> None:
    with pytest.raises(NoteTooLongError):
        sheet(signed_note(40))


def test_a_label_too_small_for_the_code_is_refused() -> None:
    assert read(label(width=300)) == [signed_note(1)]
    with pytest.raises(NoteTooLongError, match="does not fit this label"):
        label(width=150)


def test_what_is_no_checkpoint_makes_no_docket() -> None:
    for junk in (b"", b"text\n", signed_note()[:-1], b"\xff\n\n\xe2\x80\x94 a b\n"):
        with pytest.raises(NoteError):
            sheet(junk)


def test_the_same_docket_gives_the_same_bytes() -> None:
    assert sheet() == sheet()
    assert label() == label()
