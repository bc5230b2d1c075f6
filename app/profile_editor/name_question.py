"""Under which name a profile is kept in the user's folder, asked in place."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot

from app.parts import Card, Text
from app.written_field import WrittenField

_LONGEST = 60
_HASTY = "Enter came as fast as a scanner's: look at the name, then press it once more."


class NameQuestion(Card):
    """Out of sight until it is asked; `answered` carries what was typed and ended with Enter."""

    answered = Signal(str)
    hasty = Signal(str)
    """Enter came too soon behind a character: a line for the person."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.field = WrittenField(_LONGEST, is_wary=True)
        self.field.setAccessibleName(f"Name of the new file in {folder}")
        told = f"Name of the file in {folder}: letters, digits and -. Enter saves, Esc leaves it."
        self.column.addWidget(Text(told, wrap=True))
        self.column.addWidget(self.field)
        self.field.returnPressed.connect(self._entered)
        self.field.hasty.connect(lambda: self.hasty.emit(_HASTY))
        self.hide()

    @property
    def is_asking(self) -> bool:
        """Whether a name is waited for."""
        return not self.isHidden()

    def ask(self, name: str) -> None:
        """Ask, and offer a name."""
        self.field.setText(name)
        self.show()
        self.field.setFocus()
        self.field.selectAll()

    @Slot()
    def _entered(self) -> None:
        self.answered.emit(self.field.text())
