"""The window at the scales of screens, and what a camera reads from it, byte for byte."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet
from PIL import Image

from bench.enrolment.codes import make_code
from bench.events.person import HiddenText
from tests.app.enrolment_code import camera, payloads

_AROUND = 1.1
"""How much more than the code's room a camera has in its picture, a side."""
ROOT = Path(__file__).parents[3]
SCALES = ("1", "1.25", "1.5", "2")
KINDS = (
    "intune", "wifi", "locale", "not ascii", "eap", "service", "staging", "own app", "crowded",
)  # fmt: skip
OF_THE_MAIN_WINDOW = ("service", "crowded")


@dataclass(frozen=True)
class Screen:
    """What one window painted: a picture for each text, and where its code stands."""

    folder: Path
    texts: dict[str, str]
    squares: dict[str, list[float]]

    def square(self, kind: str) -> Image.Image:
        """Return the part of the window's picture that is the code's."""
        left, top, width, height = self.squares[kind]
        with Image.open(self.folder / f"{kind}.png") as picture:
            whole = (round(left), round(top), round(left + width), round(top + height))
            return picture.convert("L").crop(whole)

    def code(self, kind: str) -> Image.Image:
        """Return of that the code itself, with four modules around it."""
        square = self.square(kind)
        dark = square.point([255] + [0] * 255).getbbox()
        assert dark
        quiet = 4 * (dark[2] - dark[0]) // len(make_code(HiddenText(self.texts[kind])).rows)
        return square.crop((dark[0] - quiet, dark[1] - quiet, dark[2] + quiet, dark[3] + quiet))

    def photo(self, kind: str, look: camera.Look) -> Image.Image:
        """Return the picture that a camera takes of the code where it stands in the window."""
        left, top, width, height = self.squares[kind]
        side = max(width, height) * _AROUND
        x, y = left + width / 2 - side / 2, top + height / 2 - side / 2
        with Image.open(self.folder / f"{kind}.png") as picture:
            there = picture.convert("L").crop(
                (round(x), round(y), round(x + side), round(y + side))
            )
        module = self.code(kind).width / (len(make_code(HiddenText(self.texts[kind])).rows) + 8)
        return camera.seen(there, round(side / module), look)


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return payloads.texts()


@pytest.fixture(scope="module")
def screen(
    texts: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Screen]:
    """Paint all texts in a window at a scale, once."""
    painted: dict[str, Screen] = {}

    def at(scale: str) -> Screen:
        if scale not in painted:
            painted[scale] = paint(scale, texts, tmp_path_factory.mktemp("scaled"))
        return painted[scale]

    return at


def paint(scale: str, texts: dict[str, str], folder: Path, child: str = "scaled") -> Screen:
    scaling = {"QT_SCALE_FACTOR": scale, "QT_SCALE_FACTOR_ROUNDING_POLICY": "PassThrough"}
    offscreen = {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    told = subprocess.run(
        [sys.executable, str(Path(__file__).parent / f"{child}_child.py"), str(folder)],
        input=json.dumps(texts), env=os.environ | scaling | offscreen, check=False,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    assert found["ratio"] == float(scale), "the platform took another scale"
    return Screen(folder, texts, found["squares"])


def every_scale() -> Iterator[ParameterSet]:
    """Every kind at every scale; of the broken ones the suite takes some."""
    for number, (kind, scale) in enumerate(itertools.product(KINDS, SCALES)):
        marks = () if scale in ("1", "2") or number % 3 == 0 else (pytest.mark.soak,)
        yield pytest.param(kind, scale, marks=marks, id=f"{kind}-{scale}")


@pytest.mark.parametrize(("kind", "scale"), [*every_scale()])
def test_every_module_is_a_block_of_whole_pixels_with_a_quiet_zone(
    scale: str, kind: str, screen: Callable[[str], Screen], texts: dict[str, str]
) -> None:
    rows = make_code(HiddenText(texts[kind])).rows
    painted = screen(scale).code(kind)
    module, rest = divmod(painted.width, len(rows) + 8)
    assert rest == 0
    assert module >= int(2 * float(scale)), "finer than a camera needs"
    assert painted.tobytes() == expected(rows, module).tobytes()


def expected(rows: tuple[bytes, ...], module: int) -> Image.Image:
    """Draw what is to be painted, module by module."""
    side = len(rows) + 8
    fine = Image.new("L", (side, side), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            fine.putpixel((x + 4, y + 4), 0 if dark else 255)
    return fine.resize((side * module, side * module), Image.Resampling.BOX)


@pytest.mark.parametrize("scale", ["1", "2"])
@pytest.mark.parametrize("kind", KINDS)
def test_another_reader_finds_the_text_in_the_whole_window(
    scale: str, kind: str, screen: Callable[[str], Screen], texts: dict[str, str]
) -> None:
    with Image.open(screen(scale).folder / f"{kind}.png") as picture:
        assert camera.read(picture.convert("L")) == texts[kind].encode()


def by_hand() -> Iterator[ParameterSet]:
    """Every kind, scale and way of holding a camera; the suite takes one way for each window."""
    for number, (kind, scale) in enumerate(itertools.product(KINDS, ("1", "2"))):
        for way, look in enumerate(camera.HELD):
            is_sample = way == number % len(camera.HELD)
            marks = () if is_sample else (pytest.mark.soak,)
            yield pytest.param(kind, scale, look, marks=marks, id=f"{kind}-{scale}-{way}")


@pytest.mark.parametrize(("kind", "scale", "look"), [*by_hand()])
def test_a_camera_that_is_held_by_hand_reads_the_text_byte_for_byte(
    kind: str,
    scale: str,
    look: camera.Look,
    screen: Callable[[str], Screen],
    texts: dict[str, str],
) -> None:
    modules = len(make_code(HiddenText(texts[kind])).rows) + 8
    picture = camera.seen(screen(scale).code(kind), modules, look)
    assert camera.read(picture) == texts[kind].encode()


@pytest.fixture(scope="module", params=["1", "2"])
def main_window(
    request: pytest.FixtureRequest,
    texts: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Screen:
    """The main window at that scale, with the codes of some kinds on its panel."""
    shown = {kind: texts[kind] for kind in OF_THE_MAIN_WINDOW}
    return paint(request.param, shown, tmp_path_factory.mktemp("window"), "window")


@pytest.mark.parametrize("look", camera.HELD, ids=lambda look: f"{look.turned:g}")
@pytest.mark.parametrize("kind", OF_THE_MAIN_WINDOW)
def test_a_camera_reads_the_code_in_the_main_window_byte_for_byte(
    kind: str, look: camera.Look, main_window: Screen
) -> None:
    assert camera.read(main_window.photo(kind, look)) == main_window.texts[kind].encode()


def test_the_camera_of_these_tests_can_fail_to_read(
    screen: Callable[[str], Screen], texts: dict[str, str]
) -> None:
    modules = len(make_code(HiddenText(texts["locale"])).rows) + 8
    blurred = camera.seen(screen("1").code("locale"), modules, camera.Look(blur=1.0))
    assert camera.read(blurred) is None
