"""Why a run is voided, asked in place: typed, or chosen from the usual reasons."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent

from app.parts import Card, Text
from app.written_field import WrittenField
from bench.identity.identifiers import SlotCode
from bench.identity.plain import plain

REASONS = ("Dead on arrival", "Damaged on the bench", "Wrong model delivered", "Goes back to store")
_LONGEST = 120


class ReasonField(WrittenField):
    """One line for the reason of a void; up and down offer the usual ones."""

    def __init__(self) -> None:
        super().__init__(_LONGEST)
        self.setAccessibleName("Reason of the void; up and down offer the usual ones")
        self.setPlaceholderText("Reason: type it, or ↑ ↓ to choose")
        self._at = -1

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Offer the next or the last usual reason."""
        match event.key():
            case Qt.Key.Key_Down:
                self._offer(1)
            case Qt.Key.Key_Up:
                self._offer(-1)
            case _:
                super().keyPressEvent(event)

    def _offer(self, way: int) -> None:
        self._at = (self._at + way) % len(REASONS) if self._at >= 0 or way > 0 else len(REASONS) - 1
        self.setText(REASONS[self._at])


class VoidQuestion(Card):
    """The question, out of sight until it is asked."""

    answered = Signal(object, str)
    """The slot it was asked for, and the reason; "" where none was given."""

    def __init__(self) -> None:
        super().__init__()
        self._slot: SlotCode | None = None
        self._asked = Text(wrap=True)
        self.reason = ReasonField()
        self.column.addWidget(self._asked)
        self.column.addWidget(self.reason)
        self.reason.returnPressed.connect(self._given)
        self.hide()

    def ask(self, slot: SlotCode) -> None:
        """Ask for one slot."""
        self._slot = slot
        self.reason.clear()
        self._asked.setText(f"Why is {slot} voided? Enter voids it, Esc leaves it.")
        self.show()
        self.reason.setFocus()

    def withdraw(self) -> None:
        """Close the question without an answer."""
        self._slot = None
        self.hide()

    @Slot()
    def _given(self) -> None:
        if self._slot is not None:
            self.answered.emit(self._slot, plain(self.reason.text(), _LONGEST))
