"""Where the run panel shows the code for a handset's camera; nothing of it is loaded before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

if TYPE_CHECKING:
    from app.enrolment_code import CodeView  # where a handset's camera is to read one
    from bench.events.enrolment import ShownCode


class CodeRoom(QWidget):
    """Out of sight while there is no code; covered while nobody is there."""

    def __init__(self) -> None:
        super().__init__()
        self._view: CodeView | None = None
        self._is_locked = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def show_code(self, code: ShownCode | None) -> None:
        """Show a code, or none."""
        if code is None and self._view is None:
            return
        view = self._view = self._view or self._made()
        view.show_code(code)
        self.setVisible(code is not None)

    def set_locked(self, locked: bool) -> None:  # noqa: FBT001 - the state that a lock has
        """Cover the code while nobody is there to use it."""
        self._is_locked = locked
        if self._view:
            self._view.set_locked(locked)

    def enlarge(self) -> bool:
        """Show the code as large as the screen; False where there is none."""
        return False

    def _made(self) -> CodeView:
        from app.enrolment_code import CodeView  # noqa: PLC0415 - as above

        made = CodeView()
        made.set_locked(self._is_locked)
        layout = self.layout()
        assert layout
        layout.addWidget(made)
        return made
