"""The scan bar: the newest scan in large, the field for typed codes, and the last ten.

A scan never depends on this having the focus; the bar only shows what the bench answered, and
keeps showing it until the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.parts import Card, Text, scaled
from app.staging import shapes
from app.staging.attention import QuietList
from app.staging.model import Index
from app.theme import LOOKS, TONES, Theme
from bench.events import ScanView
from bench.identity.plain import plain

SHOWN = 10
_LONGEST = 512
"""Characters of the longest code that can be typed."""
_ROOT = QModelIndex()
_PAD = 6
_MARK = 18


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
        category, word = TONES[self._scan.tone]
        paint, font = self._theme.paint(category), scaled(1.35, bold=True)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(paint.fill))
        painter.drawRoundedRect(self.rect(), 8, 8)
        side = QFontMetrics(font).height() * 0.85
        mark = QRectF(12, (self.height() - side) / 2, side, side)
        shapes.draw(painter, LOOKS[category].shape, mark, QColor(paint.ink))
        painter.setFont(font)
        painter.setPen(QColor(paint.ink))
        room = self.rect().adjusted(round(side) + 22, 0, -8, 0)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), word)


class ScanBar(Card):
    """Shows the newest scan; `typed` carries a code that was typed and ended with Enter."""

    typed = Signal(str)

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__(name)
        self.setAccessibleName("Scan bar")
        self.field = QLineEdit(maxLength=_LONGEST)
        self.field.setAccessibleName("Code")
        self.field.setPlaceholderText("Scan, or type a code and Enter")
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
        # Room for the longest answer from the start: the slots must not move under a scan.
        self.setMinimumHeight(QFontMetrics(scaled(1.0)).height() * 6)

    def _entry(self) -> QVBoxLayout:
        self.field.setFont(scaled(1.15))
        self.field.setTextMargins(8, 0, 8, 0)
        metrics = QFontMetrics(self.field.font())
        self.field.setMinimumHeight(metrics.height() + 18)
        self.field.setMinimumWidth(metrics.horizontalAdvance(self.field.placeholderText()) + 40)
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


class Scans(QAbstractListModel):
    """The last ten scans as Qt's model, newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.scans: tuple[ScanView, ...] = ()

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        """Return how many scans there are."""
        return 0 if parent.isValid() else len(self.scans)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's
        """Return the raw text (which Ctrl+C copies), or the whole in words."""
        if not index.isValid():
            return None
        scan = self.scans[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return plain(scan.text)
            case Qt.ItemDataRole.AccessibleTextRole:
                return heard(scan)
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                return " ".join(scan.reasons)
            case _:
                return None

    def add(self, scans: Iterable[ScanView]) -> None:
        """Put scans in front, the last given first."""
        self.beginResetModel()
        self.scans = (*reversed(tuple(scans)), *self.scans)[:SHOWN]
        self.endResetModel()


def heard(scan: ScanView) -> str:
    """Return a scan in words for a screen reader."""
    return f"{TONES[scan.tone][1]}: {scan.answer} Scanned: {plain(scan.text)}"


class ScanDelegate(QStyledItemDelegate):
    """Paints a past scan on two lines: tone and raw text, then the answer and its reasons."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: N802 - Qt's name
        """Return the height of two lines."""
        return QSize(120, 2 * QFontMetrics(scaled(1.0)).height() + 2 * _PAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one scan."""
        model = index.model()
        assert isinstance(model, Scans)
        scan = model.scans[index.row()]
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._mark(painter, scan, QRectF(rect.left() + 2, rect.top() + _PAD, _MARK, _MARK))
        room = rect.adjusted(_MARK + 12, _PAD, -4, -_PAD)
        height = QFontMetrics(scaled(1.0)).height()
        first = f"{TONES[scan.tone][1]} · {plain(scan.text)}"
        second = " ".join((scan.answer, *scan.reasons))
        self._line(painter, room, first, bold=True)
        self._line(painter, room.adjusted(0, height, 0, 0), second, bold=False)
        painter.restore()

    def _mark(self, painter: QPainter, scan: ScanView, box: QRectF) -> None:
        category = TONES[scan.tone][0]
        paint = self.theme.paint(category)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(paint.fill))
        painter.drawRoundedRect(box, 5, 5)
        shapes.draw(painter, LOOKS[category].shape, box.adjusted(4, 4, -4, -4), QColor(paint.ink))

    def _line(self, painter: QPainter, room: QRect, text: str, *, bold: bool) -> None:
        font = scaled(1.0, bold=bold)
        painter.setFont(font)
        painter.setPen(QColor(self.theme.ink if bold else self.theme.muted))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop), shown)


class ScanHistory(Card):
    """The last ten scans on their card."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Last ten scans")
        self._model = Scans(self)
        self._tile = ScanDelegate(theme)
        self.list = QuietList()
        self.list.setAccessibleName("Last ten scans")
        self.list.setModel(self._model)
        self.list.setItemDelegate(self._tile)
        self.list.setFrameShape(QListView.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.column.addWidget(self.list)

    @property
    def scans(self) -> tuple[ScanView, ...]:
        """What is shown, newest first."""
        return self._model.scans

    def add(self, scans: Iterable[ScanView]) -> None:
        """Put scans in front."""
        self._model.add(scans)

    def show_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._tile.theme = theme
        self.list.viewport().update()
