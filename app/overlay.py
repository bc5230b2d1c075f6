"""What may lie over the window: one sheet at a time, loaded when it is first needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.parts import Card

if TYPE_CHECKING:
    from app.checkup import Checkup
    from app.theme import Theme


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

    def show_check(self, checkup: Checkup, theme: Theme) -> None:
        """Check the station, anew if it was being checked."""
        from app.station_check import CheckSheet  # noqa: PLC0415 - as above

        opened = CheckSheet(self._under, checkup, theme)
        opened.check.rules_wanted.connect(self.show_text)
        self._open(opened)

    def show_theme(self, theme: Theme) -> None:
        """Change to another theme; most sheets have no colours of their own."""
        if self.sheet and (show := getattr(self.sheet, "show_theme", None)):
            show(theme)

    def close(self) -> None:
        """Close what is open."""
        if self.sheet:
            self.sheet.close()
        self.sheet = None

    def _open(self, opened: Card) -> None:
        self.close()
        self.sheet = opened
