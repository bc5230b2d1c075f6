"""Who is signed in, in one line over the bench; a PIN is typed there, in place and out of sight.

Made when somebody is enrolled, and never before the first paint. What is typed leaves as a fact
whose repr hides it, and the field is empty at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRegularExpression, Qt, Slot
from PySide6.QtGui import QFontMetrics, QRegularExpressionValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from app.actions import Act, key_of
from app.feedback import announce
from app.parts import Text, scaled
from app.staging.key_button import KeyButton
from bench.events.access import AccessView
from bench.identity.plain import plain

if TYPE_CHECKING:
    from bench.events.run import Fact  # loads every room of the facts; the window posts a few

_LONGEST = 12
_TOLD = 200
_HINTS = (
    Qt.InputMethodHint.ImhHiddenText
    | Qt.InputMethodHint.ImhSensitiveData
    | Qt.InputMethodHint.ImhDigitsOnly
    | Qt.InputMethodHint.ImhNoPredictiveText
)


class PinField(QLineEdit):
    """Takes digits and shows none; its text never reaches the clipboard or a screen reader."""

    def __init__(self) -> None:
        super().__init__(maxLength=_LONGEST)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(_HINTS)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]*"), self))
        self.setPlaceholderText("PIN")
        self.fit()
        self.hide()

    def fit(self) -> None:
        """Follow the application's font, with room for the longest PIN."""
        self.setFont(scaled(1.15))
        metrics = QFontMetrics(self.font())
        self.setMinimumHeight(metrics.height() + 12)
        self.setFixedWidth(metrics.horizontalAdvance("●" * _LONGEST) + 32)


class SignInLine(QWidget):
    """Shows who is here, and posts what they show of themselves; `say` is a line for the person."""

    def __init__(self, post: Callable[[Fact], bool], say: Callable[[str], None]) -> None:
        super().__init__()
        self._post = post
        self._say = say
        self._view = AccessView()
        self._before: QWidget | None = None
        self.setAccessibleName("Who is signed in")
        self.state = Text(bold=True, wrap=True)
        self.field = PinField()
        self.told = Text(wrap=True)
        self.button = KeyButton("Lock", key_of(Act.LOCK))
        self.field.returnPressed.connect(self._entered)
        self.button.clicked.connect(self.lock)
        self._arrange()

    @property
    def is_asking(self) -> bool:
        """Whether a PIN is waited for."""
        return bool(self._view.asks)

    def show_view(self, view: AccessView) -> None:
        """Show who is here and what is asked of whom."""
        before, self._view = self._view, view
        told = state_of(view)
        self.state.setText(told)
        self.told.setText("The PIN is being checked…" if view.checking else plain(view.told, _TOLD))
        self.told.setVisible(bool(self.told.text()))
        self.button.setEnabled(bool(view.who or view.asks))
        self.field.setAccessibleName(f"{told} Enter takes it, Escape leaves it.")
        if view.asks != before.asks:
            self._ask() if view.asks else self._answer()
        if before.who and not view.who and not view.asks:
            announce(self, f"{plain(view.told, _TOLD)} {told}".strip(), urgent=False)

    def type(self, text: str) -> bool:
        """Take a digit that nobody wrote down while a PIN is waited for; False for all else."""
        if not (self.is_asking and text.isascii() and text.isdigit()):
            return False
        self.field.setFocus()
        self.field.insert(text)
        return True

    @Slot()
    def lock(self) -> None:
        """Sign out whoever is here."""
        from bench.events.person import BenchLocked  # noqa: PLC0415 - as everywhere in the window

        if self._view.who or self._view.asks:
            self._posted(BenchLocked())
        else:
            self._say("Nobody is signed in.")

    def leave(self) -> bool:
        """Leave the question for a badge or a PIN; return whether there was one."""
        from bench.events.person import PinWithdrawn  # noqa: PLC0415 - as above

        if self._view.asks or self._view.purpose:
            self.field.clear()
            self._posted(PinWithdrawn())
        return bool(self._view.asks or self._view.purpose)

    def fit(self) -> None:
        """Follow the application's font."""
        self.field.fit()
        self.button.updateGeometry()

    def _ask(self) -> None:
        """Show the field; whoever tapped a badge types next."""
        focused = self.window().focusWidget()
        if focused is not self.field:
            self._before = focused
        self.field.clear()
        self.field.show()
        self.field.setFocus()

    def _answer(self) -> None:
        had_focus, before = self.field.hasFocus(), self._before
        self.field.clear()
        self._before = None
        if had_focus and before is not None and before.isVisible():
            before.setFocus()
        self.field.hide()

    @Slot()
    def _entered(self) -> None:
        from bench.events.person import HiddenText, PinTyped  # noqa: PLC0415 - as above

        typed = HiddenText(self.field.text())
        self.field.clear()
        if typed.text:
            self._posted(PinTyped(typed))

    def _posted(self, fact: Fact) -> None:
        if not self._post(fact):
            self._say("The bench is not running.")

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 0)
        row.setSpacing(14)
        row.addWidget(self.state, 3)
        row.addWidget(self.field)
        row.addWidget(self.told, 3)
        row.addWidget(self.button)


def state_of(view: AccessView) -> str:
    """Return in a sentence who is here, or whose badge or PIN is waited for."""
    if view.asks:
        purpose = f" to sign off: {plain(view.purpose)}" if view.purpose else ""
        return f"PIN of {plain(view.asks)}{purpose}."
    if view.purpose:
        return f"{plain(view.purpose)} — a second person's badge signs it off, Esc leaves it."
    if view.who:
        return f"{plain(view.who)} is signed in ({plain(view.role)})."
    return "Nobody is signed in: tap your badge." if view.needed else "Nobody is signed in."
