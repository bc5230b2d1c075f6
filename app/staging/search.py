"""The field that finds a slot by anything it shows; out of sight until it is asked for."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit


class Search(QLineEdit):
    """Hidden between two searches."""

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText("Find a slot by anything it shows; Enter chooses it")
        self.setAccessibleName("Find a slot")
        self.hide()

    def enter(self) -> None:
        """Come into sight and take the focus."""
        self.show()
        self.setFocus()

    def leave(self) -> None:
        """Forget what was sought and go out of sight."""
        self.clear()
        self.hide()
