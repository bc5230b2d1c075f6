"""What is heard: three rhythms for scans and trouble, and words for a screen reader.

The rhythms differ even on a speaker that knows one pitch. Sound is never the only channel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from bench.events.views import ScanTone

RHYTHMS: Mapping[ScanTone, tuple[int, ...]] = {
    ScanTone.GOOD: (0,),
    ScanTone.REPEATED: (0, 140),
    ScanTone.BAD: (0, 320, 320, 320),
}
"""Milliseconds before each beep: one; two quick; four slow, which nobody takes for the others."""


class Sounds(QObject):
    """Plays one rhythm at a time; a new one ends the old, but nothing cuts bad news short."""

    def __init__(
        self, parent: QObject | None = None, beep: Callable[[], None] = QApplication.beep
    ) -> None:
        super().__init__(parent)
        self._beep = beep
        self._rest: list[int] = []
        self._tone = ScanTone.GOOD
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._next)

    def play(self, tone: ScanTone) -> None:
        """Play the rhythm of a tone."""
        if self._rest and self._tone is ScanTone.BAD:
            return
        self._tone = tone
        self._rest = list(RHYTHMS[tone])
        self._timer.start(self._rest[0])

    @Slot()
    def _next(self) -> None:
        self._beep()
        del self._rest[0]
        if self._rest:
            self._timer.start(self._rest[0])


def announce(source: QObject, message: str, *, urgent: bool) -> None:
    """Have a screen reader say something without moving the focus."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent  # noqa: PLC0415 - slow, and not for the start

    event = QAccessibleAnnouncementEvent(source, message)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if urgent else politeness.Polite)
    QAccessible.updateAccessibility(event)


def worst(tones: list[ScanTone]) -> ScanTone:
    """Return the tone that must not be missed among several at once."""
    order = (ScanTone.BAD, ScanTone.REPEATED, ScanTone.GOOD)
    return min(tones, key=order.index)
