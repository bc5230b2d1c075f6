"""The code of one slot on the whole screen: for a camera that is held at arm's length."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from app.arrangement import watermark
from app.enrolment_code.lookout import Lookout
from app.enrolment_code.view import CodeView
from app.parts import CENTRE, Card, Text
from bench.events.views import SlotView
from bench.identity.identifiers import SlotCode


class FullScreenCode(Card):
    """Covers `under` and has its window fill the screen; closing it gives the window its size back.

    It is a sheet in the window and no window of its own, so that scans land meanwhile. Of a
    training bench (`simulated`) it says so, because it covers what does. `ended` asks whoever
    opened it to close it: the code is gone, or Esc was pressed.
    """

    ended = Signal()

    def __init__(
        self, under: QWidget, view: SlotView, lookout: Lookout, *, simulated: bool = False
    ) -> None:
        super().__init__()
        self._slot: SlotCode = view.slot
        self.setParent(under)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAutoFillBackground(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"Code of slot {self._slot}, full screen; Esc closes it")
        self.code = CodeView(lookout)
        self._arrange(simulated=simulated)
        self.code.show_code(view.code)
        self._window = under.window()
        self._before = self._window.windowState() & Qt.WindowState.WindowFullScreen
        under.installEventFilter(self)
        self.setGeometry(under.rect())
        now = self._window.windowState()
        self._window.setWindowState(now | Qt.WindowState.WindowFullScreen)
        self.show()
        self.raise_()
        self.setFocus()

    def show_slots(self, views: Iterable[SlotView]) -> None:
        """Show what is new of its slot; other slots are passed over."""
        for view in views:
            if view.slot == self._slot:
                self.code.show_code(view.code)
                if view.code is None:
                    self.ended.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Stay as large as what it covers."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Close on Esc; other keys go on to the window."""
        if event.key() == Qt.Key.Key_Escape:
            self.ended.emit()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Leave the full screen, unless the window was on it before."""
        super().closeEvent(event)
        rest = self._window.windowState() & ~Qt.WindowState.WindowFullScreen
        self._window.setWindowState(rest | self._before)

    def _arrange(self, *, simulated: bool) -> None:
        if simulated:
            self.column.addWidget(watermark())
        head = Text(str(self._slot), scale=4.0, bold=True)
        head.align(CENTRE)
        self.column.addWidget(head)
        self.column.addWidget(self.code, 1)
        self.column.addWidget(Text("Esc closes this.", muted=True))
