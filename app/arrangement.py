"""Where the parts of the window go: scans on top, slots below, what needs reading beside them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.actions import hints
from app.parts import RIGHT, Strip, Text
from app.theme import TRAINING

_TRAINING = "TRAINING — simulated handsets, nothing leaves this bench"
_GAP = 10
_UNBROKEN = "\N{NO-BREAK SPACE}"
_BENCH, _BESIDE = 70, 30
"""Per cent of the width; what stands beside never gets less than it needs."""


def stacked(parts: Sequence[tuple[QWidget, int]]) -> QVBoxLayout:
    """Return parts below each other, each with its share of spare height."""
    column = QVBoxLayout()
    column.setSpacing(_GAP)
    for part, share in parts:
        column.addWidget(part, share)
    return column


def banner(centre: QWidget, *, simulated: bool) -> QVBoxLayout:
    """Return the window's whole column, begun with the watermark of a training bench."""
    column = QVBoxLayout(centre)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    if simulated:
        column.addWidget(watermark())
    return column


def watermark() -> Strip:
    """Return what says that this is a training bench; whatever covers the window has its own."""
    return Strip(_TRAINING, TRAINING.fill, TRAINING.ink)


def beside_each_other(bench: QBoxLayout, beside: QWidget) -> QHBoxLayout:
    """Return the slots and what stands beside them."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(_GAP + 4)
    row.addLayout(bench, _BENCH)
    row.addWidget(beside, _BESIDE)
    return row


def body(top: QWidget, room: QBoxLayout, foot: Foot) -> QVBoxLayout:
    """Return the window's inside; most of it is room for the workplace."""
    column = QVBoxLayout()
    column.setContentsMargins(14, 12, 14, 8)
    column.setSpacing(_GAP)
    column.addWidget(top)
    column.addLayout(room, 1)
    column.addLayout(foot.row)
    return column


class Foot:
    """The last line: what was just said, room for a chip, and the keys used most."""

    def __init__(self) -> None:
        self.status = Text(muted=True, wrap=True)
        self.corner = QVBoxLayout()
        self.keys = Text(scale=0.92, muted=True, wrap=True)
        self.keys.align(RIGHT)
        self.row = QHBoxLayout()
        self.row.addWidget(self.status, 2)
        self.row.addLayout(self.corner)
        self.row.addWidget(self.keys, 3)
        self.show_hints(at_desk=False)

    def show_hints(self, *, at_desk: bool) -> None:
        """Show the keys for the slots, or those for a desk."""
        unbroken = (hint.replace(" ", _UNBROKEN) for hint in hints(at_desk=at_desk))
        self.keys.setText(f"{_UNBROKEN * 4} ".join(unbroken))
