"""A sheet over the window: the keys, a crash report, a longer text. Esc closes it; never modal."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QScrollArea, QSizePolicy, QWidget

from app.actions import ACTIONS, ALWAYS
from app.parts import Card, Text

_MARGIN = 40
_WIDE = 640
"""Pixels of a line that is still easy to read."""


class Sheet(Card):
    """Covers its parent while it is shown; made when first needed."""

    def __init__(self, parent: QWidget, heading: str, body: QWidget, *, fits: bool) -> None:
        super().__init__()
        self._fits = fits
        self.setParent(parent)
        self.setAccessibleName(heading)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.column.setContentsMargins(28, 22, 28, 22)
        self.column.setSpacing(14)
        self.column.addWidget(Text(heading, scale=1.5, bold=True, wrap=True))
        self.column.addWidget(body, 1)
        self.column.addWidget(Text("Esc closes this.", muted=True))
        self.setFocusProxy(body)
        parent.installEventFilter(self)
        self._cover(parent)
        self.show()
        self.raise_()
        body.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Stay as large as the window."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self._cover(watched)
        return super().eventFilter(watched, event)

    def _cover(self, parent: QWidget) -> None:
        room = parent.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        if self._fits:
            fitting = QRect(QPoint(), self.sizeHint().boundedTo(room.size()))
            fitting.moveCenter(room.center())
            room = fitting
        self.setGeometry(room)


class Page(QScrollArea):
    """What a sheet shows; where it does not fit, the arrows and Page Down move it."""

    def __init__(self, inside: QWidget, spoken: str) -> None:
        super().__init__()
        self._inside = inside
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setAccessibleName(spoken)
        for surface in (inside, self.viewport()):
            surface.setAutoFillBackground(False)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the room for all of it."""
        return self._inside.sizeHint()


def keys(parent: QWidget) -> Sheet:
    """Show every key, drawn from the table of actions."""
    body = QWidget()
    grid = QGridLayout(body)
    grid.setHorizontalSpacing(22)
    grid.setVerticalSpacing(7)
    rows = [*ALWAYS, *((action.keys[0], action.text) for action in ACTIONS)]
    half = (len(rows) + 1) // 2
    for place, (key, text) in enumerate(rows):
        grid.addWidget(Cap(key), place % half, 2 * (place // half))
        grid.addWidget(Text(text, wrap=True), place % half, 2 * (place // half) + 1)
    grid.setColumnStretch(1, 1)
    grid.setColumnStretch(3, 1)
    spoken = "; ".join(f"{key}: {text}" for key, text in rows)
    return Sheet(parent, "Keys", Page(body, spoken), fits=False)


def note(parent: QWidget, heading: str, told: str) -> Sheet:
    """Show a few sentences, in large."""
    body = Text(told, scale=1.2, wrap=True)
    body.setMinimumWidth(min(_WIDE, parent.width() - 4 * _MARGIN))
    body.setAlignment(Qt.AlignmentFlag.AlignTop)
    return Sheet(parent, heading, Page(body, told), fits=True)


def text(parent: QWidget, heading: str, told: str) -> Sheet:
    """Show a longer text that can be selected and copied."""
    body = QPlainTextEdit(told, readOnly=True, tabChangesFocus=True)
    body.setAccessibleName(heading)
    return Sheet(parent, heading, body, fits=False)


class Cap(Text):
    """A key, drawn as a key."""

    def __init__(self, key: str) -> None:
        super().__init__(key, bold=True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setContentsMargins(10, 3, 10, 3)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the cap under its letters."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
        painter.setBrush(self.palette().color(QPalette.ColorRole.Window))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.end()
        super().paintEvent(event)
