"""A field for what a person writes, in which no scan ends up as an answer.

Whole bursts are taken for scans before they come here; a scan that paused is typed here in pieces,
and its Enter would give it for the reason of a void, or for the name of a file.
"""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from app.handing_on import ENDS, hand_on
from app.wedge import BROKEN, HOLD, SHORTEST

BEHIND = 200
"""Milliseconds behind a character in which Enter may be a scanner's."""


class WrittenField(QLineEdit):
    """One line; with `is_wary`, an Enter that may be a scanner's is not taken: `hasty` says so."""

    hasty = Signal()

    def __init__(self, longest: int, *, is_wary: bool = False) -> None:
        super().__init__(maxLength=longest)
        self._is_wary = is_wary
        self.behind = BEHIND
        self._typed, self._before = "", ""
        self._quick = 0
        self._last = QElapsedTimer()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Give a scan that came in pieces to the window; its Enter ends it."""
        text = event.text()
        if event.key() in ENDS and self._since(self.behind) and self._ended(event.key()):
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

    def _ended(self, end: int) -> bool:
        """Return whether an Enter soon behind a character is no answer."""
        typed, self._typed = self._typed, ""
        self._last.invalidate()
        if len(typed) >= SHORTEST and 2 * self._quick > len(typed):
            self.setText(self._before)
            hand_on(self, typed, end)
            return True
        if self._is_wary:
            self.hasty.emit()
        return self._is_wary

    def _since(self, milliseconds: int) -> bool:
        """Whether the last character came so soon before now."""
        return self._last.isValid() and not self._last.hasExpired(milliseconds)
