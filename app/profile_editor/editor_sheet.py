"""The editor of profiles, laid over the window."""

from __future__ import annotations

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QWidget

from app.profile_editor.editor import ProfileEditor
from app.profile_shelf import ProfileShelf
from app.sheet import Sheet
from app.theme import Theme


class EditorSheet(Sheet):
    """Closing it ends the checking; with unsaved work it asks for that twice."""

    def __init__(self, parent: QWidget, shelf: ProfileShelf, theme: Theme) -> None:
        self.editor = ProfileEditor(shelf, theme)
        super().__init__(parent, "Profiles", self.editor, fits=False)

    def is_unsaved(self) -> bool:
        """Whether work would be lost with it now."""
        return self.editor.is_unsaved()

    def may_close(self) -> bool:
        """Return whether it may go; where it may not yet, it has said why."""
        return self.editor.may_close()

    def show_theme(self, theme: Theme) -> None:
        """Change to another theme."""
        self.editor.show_theme(theme)

    def fit(self) -> None:
        """Follow the application's font."""
        self.editor.text.fit()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """End the checking."""
        self.editor.stop()
        super().closeEvent(event)
