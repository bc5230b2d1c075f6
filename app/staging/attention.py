"""The attention list: every held slot and every problem of the bench, worst first.

Good news leaves by itself; bad news stays here until the bench says that it is over. Each entry
says where, what, and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem

from app.parts import Card, scaled
from app.staging import shapes
from app.staging.model import Index
from app.staging.quiet_list import QuietList
from app.theme import LOOKS, Theme
from bench.events.views import Category, SlotView
from bench.identity.identifiers import SlotCode
from bench.identity.plain import plain

if TYPE_CHECKING:
    from bench.problems import Problem  # nothing stands at the start

_ROOT = QModelIndex()
_PAD = 8
_MARK = 20
_DETAIL = 200
"""Characters of a problem's detail that are shown."""


@dataclass(frozen=True, slots=True)
class Note:
    """One entry; `slot` is None when the bench itself is concerned."""

    problem: Problem
    slot: SlotCode | None = None
    category: Category = Category.HELD

    @property
    def head(self) -> str:
        """Where, and the two or three words of it."""
        where = str(self.slot or "") or plain(self.problem.where) or "Bench"
        return f"{where} — {self.problem.advice.word}"

    @property
    def body(self) -> str:
        """What happened and what to do."""
        detail = plain(self.problem.detail, _DETAIL)
        told = (
            f"{self.problem.advice.what} ({detail})." if detail else f"{self.problem.advice.what}."
        )
        return f"{told} {self.problem.advice.do}"


def notes(views: Iterable[SlotView], problems: Iterable[Problem]) -> tuple[Note, ...]:
    """Return the entries, worst first: supervisor, bench, technician, and what clears itself."""
    found = [Note(problem) for problem in problems]
    found += [Note(view.problem, view.slot, view.category) for view in views if view.problem]
    return tuple(sorted(found, key=_badness))


def _badness(note: Note) -> tuple[int, int]:
    from bench.problems import Clears, Fault  # noqa: PLC0415 - nothing stands at the start

    clears = (Clears.BY_SUPERVISOR, Clears.BY_TECHNICIAN, Clears.BY_ITSELF)
    advice = note.problem.advice
    return clears.index(advice.clears), 0 if advice.fault is Fault.BENCH else 1


class Notes(QAbstractListModel):
    """The entries as Qt's model."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.notes: tuple[Note, ...] = ()

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        """Return how many entries there are."""
        return 0 if parent.isValid() else len(self.notes)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's
        """Return an entry in words."""
        if not index.isValid():
            return None
        note = self.notes[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return f"{note.head}. {note.body}"
            case _:
                return None

    def show(self, entries: tuple[Note, ...]) -> tuple[Note, ...]:
        """Take the entries that stand now; return those whose problem was not there before."""
        known = {(note.slot, note.problem.code, note.problem.where) for note in self.notes}
        if entries == self.notes:
            return ()
        self.beginResetModel()
        self.notes = entries
        self.endResetModel()
        return tuple(n for n in entries if (n.slot, n.problem.code, n.problem.where) not in known)


class NoteDelegate(QStyledItemDelegate):
    """Paints an entry: shape, where and word in bold, then the sentences, as high as they need."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        """Return the height of the wrapped sentences."""
        note = _note(index)
        rect: QRect = option.rect
        width = max(rect.width(), 120) - 3 * _PAD - _MARK
        body = QFontMetrics(scaled(1.0)).boundingRect(
            QRect(0, 0, width, 10_000), int(Qt.TextFlag.TextWordWrap), note.body
        )
        head = QFontMetrics(scaled(1.1, bold=True)).height()
        return QSize(width, head + body.height() + 2 * _PAD + 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one entry."""
        from PySide6.QtWidgets import QStyle  # noqa: PLC0415 - slow, and not for the start

        note = _note(index)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(self.theme.accent), 2))
            painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), 7, 7)
        self._mark(painter, note, rect)
        room = rect.adjusted(2 * _PAD + _MARK, _PAD, -_PAD, -_PAD)
        painter.setPen(QColor(self.theme.ink))
        top = _line(painter, scaled(1.1, bold=True), note.head, room)
        painter.setFont(scaled(1.0))
        painter.drawText(room.adjusted(0, top, 0, 0), int(Qt.TextFlag.TextWordWrap), note.body)
        painter.restore()

    def _mark(self, painter: QPainter, note: Note, rect: QRect) -> None:
        paint = self.theme.paint(note.category)
        box = QRectF(rect.left() + _PAD, rect.top() + _PAD, _MARK, _MARK)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(paint.fill))
        painter.drawRoundedRect(box, 5, 5)
        shapes.draw(
            painter, LOOKS[note.category].shape, box.adjusted(4, 4, -4, -4), QColor(paint.ink)
        )


def _line(painter: QPainter, font: QFont, text: str, room: QRect) -> int:
    """Draw one line, elided, and return its height."""
    metrics = QFontMetrics(font)
    painter.setFont(font)
    painter.drawText(
        room,
        int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop),
        metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width()),
    )
    return metrics.height() + 2


def _note(index: Index) -> Note:
    model = index.model()
    assert isinstance(model, Notes)
    return model.notes[index.row()]


class AttentionList(Card):
    """The list on its card; `opened` names the slot of the entry that was entered."""

    opened = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__("Attention")
        self._model = Notes(self)
        self._tile = NoteDelegate(theme)
        self.list = QuietList()
        self.list.setAccessibleName("Attention")
        self.list.setModel(self._model)
        self.list.setItemDelegate(self._tile)
        self.list.setFrameShape(QListView.Shape.NoFrame)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.activated.connect(self._entered)
        self.column.addWidget(self.list)
        self._count()

    @property
    def notes(self) -> tuple[Note, ...]:
        """What stands now."""
        return self._model.notes

    def show_notes(self, entries: tuple[Note, ...]) -> tuple[Note, ...]:
        """Show what stands now, keeping the place; return what is new."""
        row = self.list.currentIndex().row()
        new = self._model.show(entries)
        if row >= 0 and entries:
            self.list.setCurrentIndex(self._model.index(min(row, len(entries) - 1), 0))
        self._count()
        return new

    def fit(self) -> None:
        """Follow the application's font."""
        self.list.scheduleDelayedItemsLayout()

    def show_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._tile.theme = theme
        self.list.viewport().update()

    def enter(self) -> None:
        """Take the focus, at the worst entry."""
        self.list.setFocus()
        if self._model.notes and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self._model.index(0, 0))

    def _count(self) -> None:
        count = len(self._model.notes)
        self.heading.setText(f"Attention · {count}" if count else "Attention · nothing")

    @Slot(QModelIndex)
    def _entered(self, index: QModelIndex) -> None:
        if slot := _note(index).slot:
            self.opened.emit(slot)
