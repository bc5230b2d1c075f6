"""A code with what is to be said below it: until when it is valid, warnings, correction."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from math import ceil

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.enrolment_code.expiry import EXPIRED, is_past, told
from app.enrolment_code.lookout import Lookout
from app.enrolment_code.square import CodeSquare
from app.parts import Text
from bench.events.enrolment import ShownCode
from bench.identity.plain import plain

COVERED = "Press Shift to show the code"
LOCKED = "Sign in to show the code"
IN_PICTURE = "The code is kept out of pictures"
_SECOND = 1000
_LONGEST = 200


def _utc() -> datetime:
    return datetime.now(UTC)


class CodeView(QWidget):
    """Shows one code, as long as somebody is there and it is valid.

    `lookout` says whether somebody is there: give the same one to every view of a window. `now` is
    UTC. Nothing but the painted modules holds what the code says: no text, name or tool tip does.
    """

    def __init__(self, lookout: Lookout | None = None, now: Callable[[], datetime] = _utc) -> None:
        super().__init__()
        self.lookout = lookout or Lookout(parent=self)
        self._now = now
        self._code: ShownCode | None = None
        self._covers = 0
        self._state = ""
        self.square = CodeSquare(self._rows, self._words)
        self.until = Text(bold=True, wrap=True)
        self.warnings = Text(wrap=True)
        self.level = Text(muted=True, wrap=True)
        self._ticks = QTimer(self, singleShot=True)
        self._arrange()
        self._connect()

    def show_code(self, code: ShownCode | None) -> None:
        """Show another code, or none."""
        self._code = code
        self.square.make_room(len(code.rows) if code else 0)
        self.square.update()
        self._tell()

    def set_locked(self, locked: bool) -> None:  # noqa: FBT001 - the state that a lock has
        """Cover the code at once while the bench is locked."""
        self.lookout.set_locked(locked)

    @contextlib.contextmanager
    def cover(self) -> Iterator[None]:
        """Keep the code covered meanwhile, whoever is there: a picture is taken that is kept."""
        self._covers += 1
        try:
            yield
        finally:
            self._covers -= 1

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Look out at the window that this is in."""
        super().showEvent(event)
        if handle := self.window().windowHandle():
            self.lookout.watch(handle)

    def _rows(self) -> tuple[bytes, ...]:
        """Return what may be painted at this moment."""
        code = self._code
        hidden = self._covers or not self.lookout.is_here
        return () if code is None or hidden or self._is_past else code.rows

    def _words(self) -> str:
        if self._code is None:
            return "There is no code"
        if self._is_past:
            return EXPIRED.capitalize()
        if self._covers:
            return IN_PICTURE
        return LOCKED if self.lookout.is_locked else COVERED

    @property
    def _is_past(self) -> bool:
        return self._code is not None and is_past(self._code.expires, self._now())

    @Slot()
    def _tell(self) -> None:
        """Say what is so now, and have the code painted or covered where that is new."""
        code = self._code
        _say(self.until, told(code.expires, self._now()) if code else "")
        _say(self.warnings, "\n".join(_plain(code.warnings)) if code else "")
        side = f"{len(code.rows)} modules a side" if code else ""
        _say(self.level, f"QR code {code.version}-{code.level}, {side}" if code else "")
        state = "shown" if self._rows() else self._words()
        self.setAccessibleDescription(f"{state}; {self.until.text()}" if code else state)
        if state != self._state:
            self._state = state
            self.square.update()
        self._wait()

    def _wait(self) -> None:
        """Come back for the next second, and at the very end of the last one."""
        expires = self._code.expires if self._code else None
        left = (expires - self._now()).total_seconds() if expires else 0.0
        if left > 0:
            self._ticks.start(min(_SECOND, ceil(left * _SECOND)))
        else:
            self._ticks.stop()

    def _arrange(self) -> None:
        self.setAccessibleName("Code for the handset's camera")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.square, 1)
        for line in (self.until, self.warnings, self.level):
            column.addWidget(line)
        self._tell()

    def _connect(self) -> None:
        self.lookout.turned.connect(self._tell)
        self._ticks.timeout.connect(self._tell)


def _plain(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(plain(text, _LONGEST) for text in texts)


def _say(line: Text, words: str) -> None:
    """Show a line, or hide it where there is nothing to say; what stays is left alone."""
    if line.text() != words:
        line.setText(words)
    line.setVisible(bool(words))
