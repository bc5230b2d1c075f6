"""Looks out for somebody at the window: what they do to it, and whether it can be seen at all.

It filters the native window, which sees each key once and before every widget, and takes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QScreen, QWindow

from app.enrolment_code.presence import Presence

PATIENCE = 60.0
"""Seconds after which nobody is taken to be there."""
_SIGNS = (
    QEvent.Type.KeyPress,
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
    QEvent.Type.TabletPress,
)
GLANCE = 1.0
"""Seconds that somebody who came needs, at the least, to see what was covered before."""
_PRESSES = (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress)
_ENDS = (QEvent.Type.KeyRelease, QEvent.Type.MouseButtonRelease)
_UNSEEN = (QWindow.Visibility.Minimized, QWindow.Visibility.Hidden)


class Lookout(QObject):
    """Says whether a secret may be shown; one for all places of a window that show one."""

    turned = Signal()
    """Somebody came, or nobody is there any more, or for another reason."""

    def __init__(
        self,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._presence = Presence(patience, clock())
        self._was_here = True
        self._back_since = clock() - GLANCE
        self._is_coming = False
        self._windows: list[QWindow] = []
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.look)
        self._wait()

    @property
    def is_here(self) -> bool:
        """Whether somebody is there, at this moment."""
        return self._presence.is_here(self._clock())

    @property
    def has_looked(self) -> bool:
        """Whether somebody is there, and has been for a glance: not by this very press."""
        return self.is_here and self._clock() - self._back_since >= GLANCE

    @property
    def is_locked(self) -> bool:
        """Whether nobody is taken to be there because the bench is locked."""
        return self._presence.is_locked

    def watch(self, window: QWindow) -> None:
        """Look out at a window that is shown; once is enough."""
        if window in self._windows:
            return
        self._windows.append(window)
        window.installEventFilter(self)
        window.visibilityChanged.connect(self._seen)
        window.screenChanged.connect(self._moved)
        window.destroyed.connect(lambda: self._windows.remove(window))

    def acted(self) -> None:
        """Somebody did something: a scan that came by another way than the window, say."""
        self._presence.acted(self._clock())
        self._tell()

    def handled(self) -> None:
        """A handset was put into the slot that is shown, or taken out of it."""
        self._presence.handled(self._clock())

    def left(self) -> None:
        """Nobody can be seen to be there."""
        self._presence.left(self._clock())
        self._tell()

    def set_locked(self, locked: bool) -> None:  # noqa: FBT001 - the state that a lock has
        """Take nobody to be there while the bench is locked."""
        was_locked, was_here = self.is_locked, self._was_here
        self._presence.lock(self._clock(), locked=locked)
        self._tell()
        if was_locked is not locked and self._was_here is was_here:
            self.turned.emit()  # why nobody is there is another reason now

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Notice what a person does, and let everything pass."""
        if event.type() in _SIGNS:
            self._signed(is_press=event.type() in _PRESSES)
        elif event.type() in _ENDS and self._is_coming:  # a button is pressed by letting go of it
            self._is_coming, self._back_since = False, self._clock()
        return super().eventFilter(watched, event)

    def _signed(self, *, is_press: bool) -> None:
        was_here = self._was_here
        self.acted()
        if is_press:
            self._is_coming = not was_here or (self._is_coming and not self.has_looked)

    @Slot()
    def look(self) -> None:
        """See whether somebody is still there."""
        self._tell()

    @Slot(QWindow.Visibility)
    def _seen(self, visibility: QWindow.Visibility) -> None:
        if visibility in _UNSEEN:
            self.left()

    @Slot(QScreen)
    def _moved(self, _screen: QScreen | None) -> None:
        """The screen is gone, or the window went to another one, which others may see."""
        self.left()

    def _tell(self) -> None:
        self._wait()
        if (here := self.is_here) is not self._was_here:
            self._was_here = here
            self._back_since = self._clock()
            self.turned.emit()

    def _wait(self) -> None:
        left = self._presence.remaining(self._clock())
        if left and not self._timer.isActive():
            self._timer.start(round(left * 1000) + 1)
