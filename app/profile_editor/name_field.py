"""The field for a file's name, in which no scan ends up as a name.

Whole bursts are taken for scans before they come here; a scan that paused is typed here in pieces,
and its Enter would save under it.
"""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from app.handing_on import ENDS, hand_on
from app.wedge import BROKEN, HOLD, SHORTEST

BEHIND = 200
"""Milliseconds behind a character in which Enter may be a scanner's."""


class NameField(QLineEdit):
    """`hasty` says that an Enter came too soon to be a person's for certain."""

    hasty = Signal()

    def __init__(self, longest: int) -> None:
        super().__init__(maxLength=longest)
        self.behind = BEHIND
        self._typed, self._before = "", ""
        self._quick = 0
        self._last = QElapsedTimer()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Give a scan to the window, and take Enter only from somebody who has read the name."""
        text = event.text()
        if event.key() in ENDS and self._since(self.behind):
            self._ended(event.key())
            return
        if text.isprintable() and text:
            self._note(text)
        super().keyPressEvent(event)

    def _note(self, text: str) -> None:
        if not self._since(BROKEN):
            self._typed, self._before, self._quick = "", self.text(), 0
        self._quick += self._since(HOLD)
        self._typed += text
        self._last.start()

    def _ended(self, end: int) -> None:
        typed, self._typed = self._typed, ""
        self._last.invalidate()
        if len(typed) >= SHORTEST and 2 * self._quick > len(typed):
            self.setText(self._before)
            hand_on(self, typed, end)
        else:
            self.hasty.emit()

    def _since(self, milliseconds: int) -> bool:
        """Whether the last character came so soon before now."""
        return self._last.isValid() and not self._last.hasExpired(milliseconds)
