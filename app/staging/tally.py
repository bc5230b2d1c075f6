"""The shift in numbers; a number can be asked to show only its slots."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout

from app.parts import Card, scaled
from app.pressed import PressedByEnter
from bench.events.views import Category, TallyView

_SHOWN: Mapping[str, frozenset[Category]] = {
    "Staged": frozenset({Category.DONE}),
    "In hand": frozenset({Category.ATTACHED, Category.NEEDS_YOU, Category.WORKING}),
    "Held": frozenset({Category.HELD}),
    "Void": frozenset({Category.VOID}),
    "Repeats": frozenset(),
}
_CAPTION, _NUMBER = 0.82, 1.7


class Figure(PressedByEnter):
    """A number with its caption; Enter or Space shows only its slots."""

    def __init__(self, caption: str) -> None:
        super().__init__()
        self.caption = caption
        self.setCheckable(bool(_SHOWN[caption]))
        self.setFocusPolicy(
            Qt.FocusPolicy.StrongFocus if _SHOWN[caption] else Qt.FocusPolicy.NoFocus
        )
        self.show_number(0)

    def show_number(self, number: int) -> None:
        """Show a number."""
        if self.text() != str(number):
            self.setText(str(number))
            self.setAccessibleName(f"{self.caption}: {number}")

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the room number and caption need."""
        caption, number = QFontMetrics(scaled(_CAPTION)), QFontMetrics(scaled(_NUMBER, bold=True))
        width = max(caption.horizontalAdvance(self.caption), number.horizontalAdvance("000"))
        return QSize(width + 8, caption.height() + number.height() + 8)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint number over caption, framed when it has the focus or filters."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        if self.hasFocus() or self.isChecked():
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), 2))
            painter.setBrush(palette.color(QPalette.ColorRole.Window) if self.isChecked()
                             else Qt.BrushStyle.NoBrush)  # fmt: skip
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 7, 7)
        room = self.rect().adjusted(6, 4, -6, -4)
        self._line(painter, room, _NUMBER, self.text(), QPalette.ColorRole.Text)
        self._line(painter, room, _CAPTION, self.caption, QPalette.ColorRole.PlaceholderText)

    def _line(
        self, painter: QPainter, room: QRect, scale: float, text: str, role: QPalette.ColorRole
    ) -> None:
        edge = Qt.AlignmentFlag.AlignTop if scale == _NUMBER else Qt.AlignmentFlag.AlignBottom
        painter.setFont(scaled(scale, bold=scale == _NUMBER))
        painter.setPen(self.palette().color(role))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | edge), text)


class Tally(Card):
    """The figures; `filtered` names the categories to be shown, an empty set for all."""

    filtered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Tally")
        self.figures = {caption: Figure(caption) for caption in _SHOWN}
        row = QHBoxLayout()
        row.setSpacing(4)
        for figure in self.figures.values():
            figure.clicked.connect(self._chosen)
            row.addWidget(figure)
        self.column.setContentsMargins(10, 8, 10, 8)
        self.column.addLayout(row)

    def show_tally(self, tally: TallyView) -> None:
        """Show the shift's numbers."""
        numbers = (tally.staged, tally.in_hand, tally.held, tally.voided, tally.repeats_dropped)
        for figure, number in zip(self.figures.values(), numbers, strict=True):
            figure.show_number(number)

    def fit(self) -> None:
        """Follow the application's font."""
        for figure in self.figures.values():
            figure.updateGeometry()

    def enter(self) -> None:
        """Take the focus."""
        self.figures["Staged"].setFocus()

    def clear(self) -> None:
        """Show every slot again."""
        for figure in self.figures.values():
            figure.setChecked(False)
        self.filtered.emit(frozenset())

    @Slot()
    def _chosen(self) -> None:
        asked = self.sender()
        for figure in self.figures.values():
            figure.setChecked(figure is asked and figure.isChecked())
        shown = [_SHOWN[f.caption] for f in self.figures.values() if f.isChecked()]
        self.filtered.emit(shown[0] if shown else frozenset())
