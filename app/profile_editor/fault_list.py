"""What is wrong with a profile, line by line; Enter on one jumps there."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSize, QStringListModel, Signal, Slot
from PySide6.QtGui import QFontMetrics

from app.parts import scaled
from app.profile_editor.margin import FAULT
from app.staging.quiet_list import QuietList
from bench.enrolment.profiles.faults import Fault
from bench.identity.plain import plain

_LINES = 5
_LONGEST = 300


class FaultList(QuietList):
    """The faults; `chosen` carries the line of the one that was entered."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.faults: tuple[Fault, ...] = ()
        self._model = QStringListModel(self)
        self.setModel(self._model)
        self.setWordWrap(True)
        self.setEditTriggers(QuietList.EditTrigger.NoEditTriggers)
        self.setFrameShape(QuietList.Shape.NoFrame)
        self.setAccessibleName("Faults; Enter goes to the line")
        self.activated.connect(self._entered)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the room for a few lines."""
        return QSize(super().sizeHint().width(), _LINES * (QFontMetrics(scaled(1.0)).height() + 4))

    def show_faults(self, faults: tuple[Fault, ...]) -> None:
        """Show what is wrong now, keeping the place."""
        row = self.currentIndex().row()
        self.faults = faults
        self._model.setStringList([in_words(fault) for fault in faults])
        if row >= 0 and faults:
            self.setCurrentIndex(self._model.index(min(row, len(faults) - 1), 0))

    def after(self, line: int) -> Fault | None:
        """Return the first fault behind a line, or from the top again."""
        behind = [fault for fault in self.faults if fault.line > line]
        return next(iter((*behind, *self.faults)), None)

    def enter(self) -> None:
        """Take the focus, at the first fault."""
        if self.faults and not self.currentIndex().isValid():
            self.setCurrentIndex(self._model.index(0, 0))
        self.setFocus()

    @Slot(QModelIndex)
    def _entered(self, index: QModelIndex) -> None:
        self.chosen.emit(self.faults[index.row()].line)


def in_words(fault: Fault) -> str:
    """Return a fault as a line: where, which key, what to write instead."""
    where = f"line {fault.line}" if fault.line else "the whole file"
    return f"{FAULT} {where} · {plain(fault.key)}: {plain(fault.remedy, _LONGEST)}"
