"""The code of the chosen slot in the whole window: on its panel, and in no picture of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtWidgets import QWidget

from app.enrolment_code import CodeView
from app.pictures import Pictures
from bench.events.enrolment import ShownCode
from bench.events.views import Category, SlotView
from bench.identity.identifiers import SlotCode
from tests.app.enrolment_code import payloads

if TYPE_CHECKING:
    from tests.app.conftest import Floor

Read = Callable[[QWidget], bytes | None]


@pytest.fixture
def texts() -> dict[str, str]:
    return payloads.texts()


def waiting(code: ShownCode | None, slot: str = "A1") -> SlotView:
    return SlotView(SlotCode.parse(slot), Category.NEEDS_YOU, "Scan code", "SM-A325F", code=code)


@pytest.mark.parametrize("kind", ["intune", "wifi", "service", "staging", "own app", "eap"])
def test_a_screenshot_of_the_window_has_the_code_of_the_chosen_slot(
    kind: str, floor: Floor, texts: dict[str, str], code: Callable[..., ShownCode], read: Read
) -> None:
    floor.show(waiting(code(texts[kind], None)))
    floor.window.resize(1360, 1000)
    assert read(floor.window) == texts[kind].encode()
    floor.show(waiting(None))
    assert read(floor.window) is None


def test_a_code_of_a_slot_that_is_not_chosen_is_not_in_sight(
    floor: Floor, code: Callable[..., ShownCode], read: Read
) -> None:
    floor.show(waiting(code("of B3", None), "B3"))
    assert read(floor.window) is None


def test_pictures_that_are_kept_have_no_code(
    floor: Floor, tmp_path: Path, code: Callable[..., ShownCode], read: Read
) -> None:
    floor.show(waiting(code("canary", None)))
    floor.window.resize(1360, 1000)
    pictures = Pictures(tmp_path, floor.window)
    pictures.look((SlotView(SlotCode.parse("A2"), Category.WORKING),))
    pictures.end()
    assert len(list(tmp_path.glob("*.png"))) == 2
    for kept in tmp_path.glob("*.png"):
        with Image.open(kept) as picture:
            assert zxingcpp.read_barcodes(picture.convert("L")) == []
    assert read(floor.window) == b"canary", "and afterwards it is shown as before"


def test_a_locked_bench_covers_the_code_on_the_panel(
    floor: Floor, code: Callable[..., ShownCode], read: Read
) -> None:
    floor.show(waiting(code("canary", None)))
    floor.window.resize(1360, 1000)
    for view in floor.window.findChildren(CodeView):
        view.set_locked(True)
    assert read(floor.window) is None
