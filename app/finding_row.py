"""One finding of the check of the station: a coloured word, what was looked at, found, to do."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QWidget

from app.parts import Text
from app.theme import Theme
from bench.checks import Finding, Severity
from bench.events.views import Category

LOOKS = {
    Severity.WELL: (Category.DONE, "✓ Well"),
    Severity.NOTE: (Category.ATTACHED, "• Note"),
    Severity.MEND: (Category.HELD, "✗ Mend"),
}
"""A finding borrows the look of a category, as a scan's answer does, and adds sign and word."""


class Badge(Text):
    """The coloured word; as wide as the widest, so that the lines stand below each other."""

    def __init__(self, severity: Severity, theme: Theme) -> None:
        self._category, word = LOOKS[severity]
        super().__init__(word, bold=True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setForegroundRole(QPalette.ColorRole.WindowText)
        self.show_theme(theme)
        self.fit()

    def show_theme(self, theme: Theme) -> None:
        """Change to another theme."""
        paint = theme.paint(self._category)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, QColor(paint.fill))
        palette.setColor(QPalette.ColorRole.WindowText, QColor(paint.ink))
        self.setPalette(palette)

    def fit(self) -> None:
        """Follow the application's font."""
        super().fit()
        metrics = self.fontMetrics()
        widest = max(metrics.horizontalAdvance(word) for _, word in LOOKS.values())
        self.setFixedSize(widest + 24, metrics.height() + 8)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the colour under the word."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().color(QPalette.ColorRole.Window))
        painter.drawRoundedRect(QRectF(self.rect()), 5, 5)
        painter.end()
        super().paintEvent(event)


class FindingRow(QFrame):
    """A finding that can be focused, so that a screen reader reads it; the arrows move on."""

    focused = Signal(QWidget)

    def __init__(self, finding: Finding, theme: Theme) -> None:
        super().__init__()
        self.finding = finding
        self._badge = Badge(finding.severity, theme)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        word = LOOKS[finding.severity][1][2:]
        self.setAccessibleName(f"{word}: {finding.what}. {finding.found}. {finding.mend}".strip())
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 6, 8, 6)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(2)
        grid.addWidget(self._badge, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(Text(finding.what, bold=True, wrap=True), 0, 1)
        grid.addWidget(Text(finding.found, wrap=True), 1, 1)
        if finding.mend:
            grid.addWidget(self._mend(finding.mend), 2, 1)
        grid.setColumnStretch(1, 1)

    def show_theme(self, theme: Theme) -> None:
        """Change to another theme."""
        self._badge.show_theme(theme)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Come into sight."""
        super().focusInEvent(event)
        self.focused.emit(self)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Lose the edge."""
        super().focusOutEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Go to the next line, or to the one before."""
        match event.key():
            case Qt.Key.Key_Down:
                self.focusNextChild()
            case Qt.Key.Key_Up:
                self.focusPreviousChild()
            case _:
                super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the edge of the focused line."""
        super().paintEvent(event)
        if not self.hasFocus():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    @staticmethod
    def _mend(told: str) -> Text:
        """Return what to do, which can be selected: it may be a command."""
        text = Text(told, muted=True, wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return text
