"""Has a text checked while it is written: after a short pause, and never two at a time."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.profile_editor.checking import Checking, Look, whole_check

PAUSE = 250
"""Milliseconds without a key before the text is checked."""
_FETCH = 20


class LiveCheck(QObject):
    """`checked` carries what was found of the newest text; an older one's findings are dropped."""

    checked = Signal(object)

    def __init__(self, parent: QObject, look: Look | None = None) -> None:
        super().__init__(parent)
        self._look = look or whole_check()
        self._wanted: tuple[str, Path, str] | None = None
        self._under_way: Checking | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._begin)
        self._fetch = QTimer(self, interval=_FETCH)
        self._fetch.timeout.connect(self._look_in)

    @property
    def is_busy(self) -> bool:
        """Whether something was written that is not checked yet."""
        return self._wanted is not None or self._under_way is not None

    def want(self, text: str, folder: Path, name: str, *, at_once: bool = False) -> None:
        """Have a text checked once nothing more is written, or at once."""
        self._wanted = text, folder, name
        self._pause.start(0 if at_once else PAUSE)

    def stop(self) -> None:
        """Check nothing more."""
        self._pause.stop()
        self._fetch.stop()
        self._wanted = self._under_way = None

    @Slot()
    def _begin(self) -> None:
        if self._wanted and self._under_way is None:
            self._under_way, self._wanted = Checking(*self._wanted, self._look), None
            self._fetch.start()

    @Slot()
    def _look_in(self) -> None:
        if self._under_way is None or (found := self._under_way.found) is None:
            return
        self._fetch.stop()
        self._under_way = None
        if self._wanted is None:
            self.checked.emit(found)
        elif not self._pause.isActive():
            self._begin()
