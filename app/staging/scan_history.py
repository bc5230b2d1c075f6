"""The last ten scans, each with what became of it; Ctrl+C copies the raw text of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem

from app.parts import Card, scaled
from app.staging import shapes
from app.staging.model import Index
from app.staging.quiet_list import QuietList
from app.theme import LOOKS, TONES, Theme
from bench.events.views import ScanView
from bench.identity.plain import plain

SHOWN = 10
_ROOT = QModelIndex()
_PAD = 6
_MARK = 18


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

    def fit(self) -> None:
        """Follow the application's font."""
        self.list.scheduleDelayedItemsLayout()

    def show_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._tile.theme = theme
        self.list.viewport().update()
