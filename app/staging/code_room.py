"""Where the run panel shows the code for a handset's camera; nothing of it is loaded before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

if TYPE_CHECKING:
    from app.enrolment_code import CodeView, Lookout  # where a handset's camera is to read one
    from bench.events.enrolment import ShownCode


class CodeRoom(QWidget):
    """Out of sight while there is no code; covered while nobody is there."""

    def __init__(self) -> None:
        super().__init__()
        self.view: CodeView | None = None
        self._is_locked = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.hide()

    @property
    def lookout(self) -> Lookout | None:
        """Whoever says whether somebody is there; None before the first code."""
        return self.view.lookout if self.view else None

    def show_code(self, code: ShownCode | None) -> None:
        """Show a code, or none."""
        if code is None and self.view is None:
            return
        view = self.view = self.view or self._made()
        view.show_code(code)
        self.setVisible(code is not None)

    def set_locked(self, locked: bool) -> None:  # noqa: FBT001 - the state that a lock has
        """Cover the code while nobody is there to use it."""
        self._is_locked = locked
        if self.view:
            self.view.set_locked(locked)

    @property
    def is_hidden_or_new(self) -> bool:
        """Whether there is a code that nobody at the bench has had the time to see."""
        return bool(self.lookout and not self.isHidden() and not self.lookout.has_looked)

    def notice(self, *, scanned: bool, handled: bool) -> None:
        """Take a scan by whatever scanner for a person, and a handset in hand for one who stays."""
        if self.lookout and scanned:
            self.lookout.acted()
        elif self.lookout and handled:
            self.lookout.handled()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Make the code no higher than it is wide: more would be empty."""
        super().resizeEvent(event)
        if self.view:
            self.view.square.setMaximumHeight(self.width())

    def _made(self) -> CodeView:
        from app.enrolment_code import CodeView  # noqa: PLC0415 - as above

        made = CodeView()
        made.set_locked(self._is_locked)
        layout = self.layout()
        assert layout
        layout.addWidget(made)
        return made
