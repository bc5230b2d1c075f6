"""Where the parts of the window go: scans on top, slots below, what needs reading beside them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.actions import ACTIONS
from app.parts import Text

_GAP = 10
_BENCH, _BESIDE = 70, 30
"""Per cent of the width; what stands beside never gets less than it needs."""


def stacked(parts: Sequence[tuple[QWidget, int]]) -> QVBoxLayout:
    """Return parts below each other, each with its share of spare height."""
    column = QVBoxLayout()
    column.setSpacing(_GAP)
    for part, share in parts:
        column.addWidget(part, share)
    return column


def body(top: QWidget, bench: QBoxLayout, beside: QBoxLayout, status: Text) -> QVBoxLayout:
    """Return the window's inside."""
    row = QHBoxLayout()
    row.setSpacing(_GAP + 4)
    row.addLayout(bench, _BENCH)
    row.addLayout(beside, _BESIDE)
    column = QVBoxLayout()
    column.setContentsMargins(14, 12, 14, 8)
    column.setSpacing(_GAP)
    column.addWidget(top)
    column.addLayout(row, 1)
    column.addLayout(_foot(status))
    return column


def _foot(status: Text) -> QHBoxLayout:
    """Return the last line: what was just said, and the keys used most."""
    hints = "     ".join(f"{action.keys[0]} {action.hint}" for action in ACTIONS if action.hint)
    keys = Text(hints, scale=0.92, muted=True)
    keys.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    row = QHBoxLayout()
    row.addWidget(status, 2)
    row.addWidget(keys, 3)
    return row
