"""Scanners that type: told from a person by their speed, whatever has the focus.

Printable keys are held for a few hundredths of a second. A burst that ends in Enter or Tab, or in
one and then the other, is a scan and reaches no widget; anything else is handed on unchanged, so
slow typing stays as it is. A burst that ends in a pause is handed on too: it may be half a scan, or
no scan at all, so it stands in the scan bar until someone presses Enter. What comes soon behind it
is its other half, never a scan of its own: it is put beside the first one, and its Enter counts for
both. The filter sits on the native window, which sees each key once and before every widget.

Two scanners that type at the same moment type one text: the desktop mixes them. It means nothing,
is shown and refused, and what is left of the slower one behind it is dropped.

While a PIN is waited for, it must not be shown as a scan. Then it counts when the keys were
pressed, not when this thread saw them; and digits as fast as a scanner's and as few as a PIN's are
neither: they are dropped, and it is said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import (
    QCoreApplication,
    QElapsedTimer,
    QEvent,
    QObject,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

HOLD = 35
"""Milliseconds between two keys of a burst: slow scanners need 20, quick fingers 60."""
SHORTEST = 6
"""Characters of the shortest burst taken for a scan."""
BROKEN = 500
"""Milliseconds within which the rest follows of a scan that paused: radio links do."""
LONGEST_PIN = 12
"""Digits of the longest PIN; the shortest has as many as the shortest scan."""
_ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_CapsLock, Qt.Key.Key_AltGr, Qt.Key.Key_Control)
_GS = "\x1d"
"""The separator inside 2-D codes: Control and `]` where a scanner is set to send it."""
_COMMAND = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


class _Key(NamedTuple):
    type: QEvent.Type
    key: int
    modifiers: Qt.KeyboardModifier
    text: str
    at: int


class Wedge(QObject):
    """Filters the keys of one shown window; `scanned` carries the text of each burst.

    `is_secret` says whether a PIN is waited for now.
    """

    scanned = Signal(str)
    unclear = Signal()
    """A burst was dropped that may have been a PIN."""

    def __init__(self, window: QWidget, is_secret: Callable[[], bool] = lambda: False) -> None:
        super().__init__(window)
        self.hold = HOLD
        self.pressed_at: Callable[[QKeyEvent], int] = QKeyEvent.timestamp
        self.is_alone = False
        """Whether what is handed on now is one key, pressed by itself: half a scan is not."""
        self._is_secret = is_secret
        self._window = window
        self._held: list[_Key] = []
        self._last = QElapsedTimer()
        self._scan = QElapsedTimer()
        self._scan_at = 0
        self._broken_at: int | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._paused)
        window.windowHandle().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Take keys of a burst; let everything else pass."""
        if not isinstance(event, QKeyEvent) or not event.spontaneous():
            return super().eventFilter(watched, event)
        match event.type():
            case QEvent.Type.KeyPress:
                return self._pressed(event)
            case QEvent.Type.KeyRelease if self._held:
                return self._hold(event)
            case _:
                return False

    def _pressed(self, event: QKeyEvent) -> bool:
        if event.key() in _MODIFIERS:
            return self._hold(event) if self._held else False
        if event.key() in _ENDS:
            return self._ended(event)
        if self._belongs(event):
            self._last.start()
            self._timer.start(self.hold)
            return self._hold(event)
        self._replay()
        return False

    def _hold(self, event: QKeyEvent) -> bool:
        at = self.pressed_at(event)
        self._held.append(_Key(event.type(), event.key(), event.modifiers(), event.text(), at))
        return True

    def _belongs(self, event: QKeyEvent) -> bool:
        """A repeat within a burst is a key that was pressed twice in one millisecond."""
        if self._held:
            return _prints(event) or event.text() == _GS
        return _prints(event) and not event.isAutoRepeat()

    def _ended(self, end: QKeyEvent) -> bool:
        """Take a scan whole; another end right behind it belongs to it: some send CR and LF."""
        text, is_rest, self._broken_at = self._text(), self._is_rest(), None
        is_scan = len(text) >= SHORTEST and not is_rest
        if is_scan and not (self._is_secret() and self._was_by_hand()):
            self._done(end)
            self._tell(text)
            return True
        if self._is_left_over():
            self._done(end)
            return True
        if not self._held and self._scan.isValid() and not self._scan.hasExpired(2 * self.hold):
            return True
        self._replay(is_rest=is_rest)
        return False

    def _done(self, end: QKeyEvent) -> None:
        self._forget()
        self._scan.start()
        self._scan_at = self.pressed_at(end)

    def _is_rest(self) -> bool:
        """Whether what is held began so soon behind half a scan that it is the rest of it."""
        if not self._held or self._broken_at is None:
            return False
        return 0 <= self._held[0].at - self._broken_at <= BROKEN

    def _is_left_over(self) -> bool:
        """Whether what is held began right behind a scan, sooner than a person presses a key."""
        if not self._held or not self._scan.isValid():
            return False
        return 0 <= self._held[0].at - self._scan_at <= self.hold

    def _tell(self, text: str) -> None:
        if self._is_secret() and text.isascii() and text.isdigit() and len(text) <= LONGEST_PIN:
            self.unclear.emit()
        else:
            self.scanned.emit(text)

    def _was_by_hand(self) -> bool:
        """Whether keys that this thread saw at once, being late, were pressed one by one."""
        times = self._times()
        return times[-1] - times[0] >= HOLD * (len(times) - 1)

    def _times(self) -> list[int]:
        """When each printing key that is held was pressed."""
        return [k.at for k in self._held if k.type == QEvent.Type.KeyPress and k.text]

    def _text(self) -> str:
        return "".join(k.text for k in self._held if k.type == QEvent.Type.KeyPress)

    @Slot()
    def _paused(self) -> None:
        """Hand on what was typed, unless this thread was late and the rest is still queued."""
        if self._last.isValid() and self._last.hasExpired(2 * self.hold):
            self._last.invalidate()
            self._timer.start(1)
        else:
            times, is_rest = self._times(), self._is_rest()
            if len(times) > 1 and not self._was_by_hand():
                self._broken_at = times[-1]
            self._replay(is_rest=is_rest)

    def _replay(self, *, is_rest: bool = False) -> None:
        self.is_alone = len(self._times()) == 1 and not is_rest
        for key in self._forget():
            target = self._window.focusWidget() or self._window
            event = QKeyEvent(key.type, key.key, key.modifiers, key.text)
            QCoreApplication.sendEvent(target, event)
        self.is_alone = False

    def _forget(self) -> list[_Key]:
        self._timer.stop()
        held, self._held = self._held, []
        return held


def _prints(event: QKeyEvent) -> bool:
    return event.text().isprintable() and bool(event.text()) and not event.modifiers() & _COMMAND
