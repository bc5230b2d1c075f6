"""The list of profiles for one slot: a digit chooses at once, or the arrows and Enter.

A scanner that types sends digits too. Whole bursts are taken for scans before they come here; of a
scan that paused, a digit counts only if none came soon before or after it, and an Enter never.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, QTimer, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from app.handing_on import ENDS, hand_on
from app.parts import scaled
from app.profile_chooser.words import NUMBERED, entry
from app.sheet import Sheet
from bench.events.views import ProfileView, SlotView
from bench.identity.identifiers import SlotCode

ALONE = 200
"""Milliseconds for which a digit must stand alone: three keys of a person in a hurry."""
_WIDE, _MOST = 46, 12
"""Letters of a line, and lines, for which there is room without scrolling."""


class ProfileList(QListWidget):
    """The profiles; `choose` is told the fingerprint of the one that was chosen."""

    def __init__(
        self, profiles: Sequence[ProfileView], present: str, choose: Callable[[str], None]
    ) -> None:
        super().__init__()
        self._profiles = tuple(profiles)
        self._choose = choose
        self._typed = ""
        self._alone = QTimer(self, singleShot=True, interval=ALONE)
        self._alone.timeout.connect(self._settled)
        self.setAccessibleName("Profiles: a digit chooses, or the arrows and Enter")
        self.setFrameShape(QListWidget.Shape.NoFrame)
        for place, profile in enumerate(self._profiles, 1):
            told = entry(place, profile, is_present=profile.fingerprint == present)
            self.addItem(QListWidgetItem(told))
        prints = [profile.fingerprint for profile in self._profiles]
        self.setCurrentRow(prints.index(present) if present in prints else 0)
        self.itemActivated.connect(self._entered)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the room for every line, up to a dozen."""
        metrics = QFontMetrics(scaled(1.0))
        lines = min(_MOST, max(2, len(self._profiles)))
        return QSize(metrics.averageCharWidth() * _WIDE * 2, (metrics.height() + 8) * lines)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Take digits; the list itself only moves and enters, all else is the window's."""
        text = event.text()
        if event.key() in ENDS and self._typed:
            self._ended(event.key())
        elif text.isprintable() and text.strip() and (text.isdecimal() or self._typed):
            self._typed += text
            self._alone.start()
        elif text.isprintable() and text.strip():
            event.ignore()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _settled(self) -> None:
        typed, self._typed = self._typed, ""
        if len(typed) > 1:
            hand_on(self, typed)
        elif typed.isascii() and 1 <= int(typed) <= min(NUMBERED, len(self._profiles)):
            self._choose(self._profiles[int(typed) - 1].fingerprint)

    def _ended(self, end: int) -> None:
        """Take no Enter behind characters for one of the list: of a scan, it ends the scan."""
        if len(self._typed) > 1:
            self._alone.stop()
            typed, self._typed = self._typed, ""
            hand_on(self, typed, end)

    @Slot(QListWidgetItem)
    def _entered(self, _item: QListWidgetItem) -> None:
        self._choose(self._profiles[self.currentRow()].fingerprint)


def chooser(
    parent: QWidget,
    view: SlotView,
    profiles: Sequence[ProfileView],
    choose: Callable[[SlotCode, str], None],
) -> Sheet:
    """Return the list for a slot, laid over the window."""
    body = ProfileList(
        profiles, view.fingerprint, lambda fingerprint: choose(view.slot, fingerprint)
    )
    return Sheet(parent, f"Profile for the handset in {view.slot}", body, fits=True)
