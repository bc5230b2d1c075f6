"""What a technician is asked to confirm, as one sentence, and the key that does it."""

from __future__ import annotations

from PySide6.QtCore import Signal

from app.actions import Act, key_of
from app.feedback import announce
from app.parts import Card, Text
from app.staging.key_button import KeyButton
from bench.identity.plain import plain

_LONGEST = 300
"""Characters of the sentence that are shown: a profile's question is far shorter."""


class Confirming(Card):
    """Out of sight while nothing is to be confirmed; a screen reader hears each new sentence."""

    pressed = Signal()
    gone = Signal()
    """It went out of sight while its button had the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.sentence = Text(bold=True, wrap=True)
        self.button = KeyButton("Confirm", key_of(Act.CONFIRM))
        self.button.clicked.connect(self.pressed)
        self.column.addWidget(self.sentence)
        self.column.addWidget(self.button)
        self.hide()

    def show_sentence(self, asked: str) -> None:
        """Show what is asked now; "" is nothing."""
        told = plain(asked, _LONGEST)
        is_new = told != self.sentence.text()
        had_focus = self.button.hasFocus()
        self.sentence.setText(told)
        self.button.setAccessibleName(f"Confirm: {told}")
        self.setVisible(bool(told))
        if told and is_new:
            announce(self, told, urgent=False)
        elif had_focus and not told:
            self.gone.emit()
