"""Collects cyclic rubbish on Qt's thread, at times when nobody waits."""

from __future__ import annotations

import gc

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Slot

_COLLECT_EVERY = 250
_IDLE_AFTER = 5_000
_LONGEST_WAIT = 60_000


class Collector(QObject):
    """Collects cyclic rubbish on this thread, because a collection may destroy Qt objects.

    What is there from the start is never looked at again; of the rest, the old generation waits
    until nothing happens, a minute at most.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._was = gc.isenabled()
        self._quiet = QElapsedTimer()
        self._whole = QElapsedTimer()
        self._timer = QTimer(self, interval=_COLLECT_EVERY)
        self._timer.timeout.connect(self._collect)

    def start(self) -> None:
        """Take collection over from the interpreter, which does it on any thread."""
        gc.disable()
        gc.freeze()
        self._quiet.start()
        self._whole.start()
        self._timer.start()

    def stop(self) -> None:
        """Give collection back."""
        self._timer.stop()
        gc.unfreeze()
        if self._was:
            gc.enable()

    def busy(self) -> None:
        """Note that something happens."""
        self._quiet.start()

    @Slot()
    def _collect(self) -> None:
        if self._quiet.hasExpired(_IDLE_AFTER) or self._whole.hasExpired(_LONGEST_WAIT):
            gc.collect()
            self._quiet.start()
            self._whole.start()
            return
        young, middle, _old = gc.get_count()
        if middle > gc.get_threshold()[1]:
            gc.collect(1)
        elif young > gc.get_threshold()[0]:
            gc.collect(0)
