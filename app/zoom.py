"""How large everything is: the application's font in steps, and the factor for what is painted."""

from __future__ import annotations

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

_STEPS = (0.7, 0.8, 0.9, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0)
_USUAL = _STEPS.index(1.0)
_BASE = 11.0
"""Points of the running text at the usual zoom; a desktop that asks for more gets more."""


class Zoom:
    """One step of several; each step sets the application's font."""

    def __init__(self) -> None:
        self._points = max(_BASE, QApplication.font().pointSizeF())
        self._step = _USUAL
        self._set()

    @property
    def factor(self) -> float:
        """How much larger than usual."""
        return _STEPS[self._step]

    def move(self, steps: int) -> None:
        """Go some steps larger, or smaller below zero; 0 goes back to the usual size."""
        moved = self._step + steps if steps else _USUAL
        self._step = max(0, min(len(_STEPS) - 1, moved))
        self._set()

    def _set(self) -> None:
        font = QFont(QApplication.font())
        font.setPointSizeF(self._points * self.factor)
        QApplication.setFont(font)
