"""The answers that a desk offers, each on its digit, in as many columns as there is width for."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from app.desks.choice_button import ChoiceButton
from app.parts import scaled
from bench.events.desks import Choice
from bench.identity.plain import plain

DIGITS = "1234567890"
"""The keys of the choices, in their order."""
_LONGEST = 160
_MOST_COLUMNS = 4
_LARGE = 14.0
"""Points from which letters are large enough by themselves."""


class Choices(QWidget):
    """`chosen` carries the `Choice` whose button or digit was pressed."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.choices: tuple[Choice, ...] = ()
        self.buttons: list[ChoiceButton] = []
        self.setAccessibleName("Answers")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._columns = 0
        self._alone = False

    def show_choices(self, choices: tuple[Choice, ...], *, alone: bool = False) -> None:
        """Show these, larger where they stand `alone`; what stays the same keeps the focus."""
        was_alone, self._alone = self._alone, alone
        if choices == self.choices:
            if alone is not was_alone:
                self.fit()
            return
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.choices = choices
        self.buttons = [self._button(place, choice) for place, choice in enumerate(choices)]
        self._columns = 0
        self.fit()
        self.setVisible(bool(choices))

    def press(self, digit: str) -> bool:
        """Press the button of a digit; False where none has it."""
        place = DIGITS.find(digit) if len(digit) == 1 else -1
        if not 0 <= place < len(self.choices):
            return False
        self.chosen.emit(self.choices[place])
        return True

    def fit(self) -> None:
        """Follow the application's font and the width there is."""
        is_roomy = self._alone and scaled(1.0).pointSizeF() < _LARGE
        for button in self.buttons:
            button.is_roomy = is_roomy
        columns = self._fitting()
        if columns != self._columns:
            self._columns = columns
            for place, button in enumerate(self.buttons):
                self._grid.addWidget(button, place // columns, place % columns)
            for column in range(_MOST_COLUMNS):
                self._grid.setColumnStretch(column, int(column < columns))
        for button in self.buttons:
            button.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Use as many columns as there is width for."""
        super().resizeEvent(event)
        self.fit()

    def _fitting(self) -> int:
        widest = max((button.sizeHint().width() for button in self.buttons), default=1)
        room = self.width() + self._grid.horizontalSpacing()
        fitting = room // (widest + self._grid.horizontalSpacing())
        return max(1, min(_MOST_COLUMNS, len(self.buttons) or 1, fitting))

    def _button(self, place: int, choice: Choice) -> ChoiceButton:
        key = DIGITS[place] if place < len(DIGITS) else ""
        button = ChoiceButton(key, plain(choice.text, _LONGEST))
        button.clicked.connect(lambda _checked=False: self.chosen.emit(choice))
        return button
