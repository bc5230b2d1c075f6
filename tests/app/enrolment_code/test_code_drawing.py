"""A code as pixels: every module a whole block, at every size that a screen has room for."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QRect

from app.enrolment_code.drawing import QUIET, picture, place

ROWS = tuple(bytes(random.Random(y).choices((0, 1), k=177)) for y in range(177))
SHADES = (b"\xff", b"\x00")


@pytest.mark.parametrize(
    ("modules", "module"), [(21, 1), (21, 31), (41, 29), (89, 22), (113, 3), (113, 9), (177, 2)]
)
def test_every_module_is_a_block_of_pixels_at_every_size(modules: int, module: int) -> None:
    rows = tuple(row[:modules] for row in ROWS[:modules])
    made = picture(rows, module)
    side = (modules + 2 * QUIET) * module
    assert (made.width(), made.height()) == (side, side)
    blank = (bytes(modules),) * QUIET
    whole = (bytes(QUIET) + row + bytes(QUIET) for row in (*blank, *rows, *blank))
    lines = [b"".join(SHADES[dark] * module for dark in row) for row in whole]
    stride, pixels = made.bytesPerLine(), bytes(made.constBits())
    for y in range(side):
        assert pixels[y * stride : y * stride + side] == lines[y // module]


@pytest.mark.parametrize(
    ("modules", "room", "expected"),
    [
        (113, QRect(0, 0, 363, 363), (3, 0, 0)),
        (113, QRect(0, 0, 362, 363), (2, 60, 60)),
        (113, QRect(10, 20, 363, 400), (3, 10, 38)),
        (177, QRect(0, 0, 3840, 2160), (11, 902, 62)),
        (177, QRect(0, 0, 184, 400), (0, 92, 200)),
    ],
)
def test_a_code_is_as_large_as_its_room_and_in_the_middle(
    modules: int, room: QRect, expected: tuple[int, int, int]
) -> None:
    assert place(modules, room) == expected
