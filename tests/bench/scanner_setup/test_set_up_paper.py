"""The set-up paper: every code on it is read off the rendered page by an independent reader."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from bench.identity.commands import CARD
from bench.identity.identifiers import SlotCode
from bench.identity.scans import read_scan
from bench.identity.trial import TEST_CARD
from bench.scanner_setup.codes import bars, picture
from bench.scanner_setup.makers import GUIDES
from bench.scanner_setup.page import set_up_paper

FONTS = Path(__file__).parents[3] / "resources/fonts"
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
SLOTS = [SlotCode(row, column) for row in "ABCDEFGH" for column in range(1, 9)]


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("paper") / "paper.pdf"
    file.write_bytes(set_up_paper(SLOTS, NOON, fonts=FONTS))
    return file


def pages(paper: Path, dots_per_inch: int) -> list[Image.Image]:
    assert shutil.which("pdftoppm"), "install the package poppler-utils"
    name = str(paper.with_suffix(""))
    words = ["pdftoppm", "-r", str(dots_per_inch), "-gray", "-png", str(paper), name]
    subprocess.run(words, check=True)
    return [Image.open(file) for file in sorted(paper.parent.glob("*.png"))]


def sent(code: zxingcpp.Barcode) -> str:
    """What a scanner sends that is set up as the paper says."""
    return code.symbology_identifier + code.bytes.decode()


def test_every_code_on_the_paper_is_read_and_means_what_stands_below_it(paper: Path) -> None:
    found = [code for page in pages(paper, 150) for code in zxingcpp.read_barcodes(page)]
    meanings = {read_scan(sent(code)).meaning for code in found}
    assert meanings == {*TEST_CARD, *SLOTS, *CARD}
    assert len(found) == len(TEST_CARD) + len(SLOTS) + len(CARD)


def test_the_test_codes_are_scanned_off_a_screen_too() -> None:
    for code, aim in zip(TEST_CARD, ("]C0", "]Q1"), strict=True):
        with Image.open(io.BytesIO(picture(code))) as shown:
            (read,) = zxingcpp.read_barcodes(shown)
        reading = read_scan(sent(read))
        assert (reading.meaning, reading.aim) == (code, aim)


def test_the_paper_names_every_maker_and_where_its_manual_says_what(paper: Path) -> None:
    told = subprocess.run(
        ["pdftotext", "-layout", str(paper), "-"], capture_output=True, check=True
    )
    words = " ".join(told.stdout.decode().split())
    for guide in GUIDES:
        for said in (guide.maker, guide.serial, guide.aim, guide.suffix, guide.remark):
            assert said in words


def test_the_same_paper_is_the_same_bytes_and_fits_few_slots() -> None:
    one = set_up_paper(SLOTS[:3], NOON, fonts=FONTS)
    assert one == set_up_paper(SLOTS[:3], NOON, fonts=FONTS)
    assert one != set_up_paper(SLOTS[:2], NOON, fonts=FONTS)
    assert set_up_paper([], NOON, fonts=FONTS).startswith(b"%PDF")


def test_bars_are_runs_of_black() -> None:
    assert bars([]) == []
    assert bars([False, True, True, False, True]) == [(1, 2), (4, 1)]
