"""What may lie over the window: one sheet at a time, loaded when it is first needed."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.parts import Card


class Overlay:
    """Opens sheets over one widget."""

    def __init__(self, under: QWidget) -> None:
        self._under = under
        self.sheet: Card | None = None

    def show_keys(self) -> None:
        """Show every key."""
        from app import sheet  # noqa: PLC0415 - nothing of it is seen at the start

        self._open(sheet.keys(self._under))

    def show_text(self, heading: str, told: str) -> None:
        """Show a longer text."""
        from app import sheet  # noqa: PLC0415 - as above

        self._open(sheet.text(self._under, heading, told))

    def show_note(self, heading: str, told: str) -> None:
        """Show a few sentences."""
        from app import sheet  # noqa: PLC0415 - as above

        self._open(sheet.note(self._under, heading, told))

    def close(self) -> None:
        """Close what is open."""
        if self.sheet:
            self.sheet.close()
        self.sheet = None

    def _open(self, opened: Card) -> None:
        self.close()
        self.sheet = opened
