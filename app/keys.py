"""The keys of the table of actions, given to a window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from app.actions import ACTIONS, REPEATING, Act, Action


def give_keys(window: QWidget, do: Callable[[Act], None]) -> None:
    """Have every key that prints no character ask for its act, whatever has the focus."""
    for action in ACTIONS:
        if not action.typed:
            window.addAction(_keyed(window, action, do))


def _keyed(window: QWidget, action: Action, do: Callable[[Act], None]) -> QAction:
    key = QAction(action.text, window)
    key.setShortcuts([QKeySequence(keys) for keys in action.keys])
    key.setAutoRepeat(action.act in REPEATING)
    key.triggered.connect(lambda _checked=False: do(action.act))
    return key
