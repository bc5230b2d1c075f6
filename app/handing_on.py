"""Characters that came to the wrong place are given to the window, as if they were typed there."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def hand_on(part: QWidget, text: str, end: int = 0) -> None:
    """Give the window what was typed at a part of it: part of a scan then stands in the scan bar.

    `end` is the key behind it, one of `ENDS`: it goes to where the text went, never back.
    """
    window = part.window()
    for character in text:
        _press(window, 0, character)
    place = window.focusWidget()
    if end and place and place is not part:
        _press(place, end, "\r")


def _press(place: QWidget, key: int, text: str) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text)
    QCoreApplication.sendEvent(place, event)
