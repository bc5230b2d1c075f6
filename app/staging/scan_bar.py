"""The scan bar: the newest scan in large, and the field for typed codes.

A scan never depends on this having the focus; the bar only shows what the bench answered, and
keeps showing it until the next. The first paint shows it, so nothing here names Qt's namespace
before the first scan, as in `app.parts`.
"""

from __future__ import annotations

from PySide6 import QtCore
from PySide6.QtCore import QRectF, QSize, Signal, Slot
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from app.parts import Card, Text, scaled
from app.theme import LOOKS, TONES, Theme
from bench.events.views import ScanView
from bench.identity.plain import plain

_LONGEST = 512
"""Characters of the longest code that can be typed."""


class Badge(QWidget):
    """What became of a scan, in colour, shape and word."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._scan: ScanView | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def show_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.update()

    def show_scan(self, scan: ScanView) -> None:
        """Show the tone of a scan."""
        self._scan = scan
        self.setAccessibleName(TONES[scan.tone][1])
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the room the longest word needs."""
        metrics = QFontMetrics(scaled(1.35, bold=True))
        widest = max(metrics.horizontalAdvance(word) for _, word in TONES.values())
        return QSize(widest + metrics.height() + 34, metrics.height() + 20)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the tone, or nothing before the first scan."""
        if self._scan is None:
            return
        from app.staging import shapes  # noqa: PLC0415 - nothing is scanned at the start

        category, word = TONES[self._scan.tone]
        paint, font = self._theme.paint(category), scaled(1.35, bold=True)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QtCore.Qt.PenStyle.NoPen)
        painter.setBrush(QColor(paint.fill))
        painter.drawRoundedRect(self.rect(), 8, 8)
        side = QFontMetrics(font).height() * 0.85
        mark = QRectF(12, (self.height() - side) / 2, side, side)
        shapes.draw(painter, LOOKS[category].shape, mark, QColor(paint.ink))
        painter.setFont(font)
        painter.setPen(QColor(paint.ink))
        room = self.rect().adjusted(round(side) + 22, 0, -8, 0)
        painter.drawText(room, int(QtCore.Qt.AlignmentFlag.AlignVCenter), word)


class ScanBar(Card):
    """Shows the newest scan; `typed` carries a code that was typed and ended with Enter."""

    typed = Signal(str)

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__(name)
        self.setAccessibleName("Scan bar")
        self._is_secret = False
        self.field = QLineEdit(maxLength=_LONGEST)
        self.field.setAccessibleName("Code")
        self.field.setPlaceholderText("Scan, or type a code")
        self.field.returnPressed.connect(self._entered)
        self.badge = Badge(theme)
        self.raw = Text(scale=1.35, bold=True)
        self.answer = Text("The last scan is shown here and stays until the next.", wrap=True)
        self.reasons = Text(muted=True, wrap=True)
        self._arrange()

    def show_scan(self, scan: ScanView) -> None:
        """Show a scan."""
        self.badge.show_scan(scan)
        self.raw.setText(plain(scan.text))
        self.raw.show()
        self.answer.setText(plain(scan.answer, _LONGEST))
        self.reasons.setText("  ·  ".join(plain(reason) for reason in scan.reasons))

    def show_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self.badge.show_theme(theme)

    def show_secret(self, *, is_secret: bool) -> None:
        """Hide what is typed while it may be somebody's badge."""
        if is_secret is not self._is_secret:
            self._is_secret = is_secret
            modes = QLineEdit.EchoMode
            self.field.clear()
            self.field.setEchoMode(modes.Password if is_secret else modes.Normal)

    def type(self, text: str) -> None:
        """Take the focus and write on from `text`."""
        self.field.setFocus()
        self.field.insert(text)

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(self._entry())
        row.addWidget(self.badge)
        told = QVBoxLayout()
        told.setSpacing(1)
        self.raw.hide()
        for line in (self.raw, self.answer, self.reasons):
            told.addWidget(line)
        told.addStretch()
        row.addLayout(told, 1)
        self.column.removeWidget(self.heading)
        self.column.addLayout(row)
        self.fit()

    def fit(self) -> None:
        """Follow the application's font."""
        self.field.setFont(scaled(1.15))
        metrics = QFontMetrics(self.field.font())
        self.field.setMinimumHeight(metrics.height() + 18)
        self.field.setMinimumWidth(metrics.horizontalAdvance(self.field.placeholderText()) + 40)
        self.badge.updateGeometry()
        # Room for the longest answer from the start: the slots must not move under a scan.
        self.setMinimumHeight(QFontMetrics(scaled(1.0)).height() * 6)

    def _entry(self) -> QVBoxLayout:
        self.field.setTextMargins(8, 0, 8, 0)
        entry = QVBoxLayout()
        entry.addWidget(self.heading)
        entry.addWidget(self.field)
        entry.addStretch()
        return entry

    @Slot()
    def _entered(self) -> None:
        text = self.field.text()
        self.field.clear()
        if text.strip():
            self.typed.emit(text)
