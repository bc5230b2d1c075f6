"""Where the parts of the editor go."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.parts import Text

_LIST, _TEXT, _WORDS = 2, 6, 3


def arranged(
    inside: QWidget,
    files: QWidget,
    text: Sequence[QWidget],
    words: QWidget,
    state: QWidget,
    buttons: Sequence[QWidget],
) -> None:
    """Put files, text and words beside each other; below them what is said, and the keys."""
    middle = QVBoxLayout()
    for place, part in enumerate(text):
        middle.addWidget(part, 0 if place else 1)
    row = QHBoxLayout()
    row.addLayout(_headed("Profiles", files), _LIST)
    row.addLayout(middle, _TEXT)
    row.addLayout(_headed("What it does", words), _WORDS)
    foot = QHBoxLayout()
    for button in buttons:
        foot.addWidget(button, 1)
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 0, 0)
    column.addLayout(row, 1)
    column.addWidget(state)
    column.addLayout(foot)


def _headed(heading: str, part: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.addWidget(Text(heading, bold=True, muted=True))
    column.addWidget(part, 1)
    return column
