"""The workspaces by name and key; a click goes there as the key does."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QTabBar

from app.actions import Act, key_of
from app.parts import scaled
from bench.events.desks import Workspace

ACTS: Mapping[Workspace, Act] = {
    Workspace.GOODS_IN: Act.GOODS_IN,
    Workspace.BENCH: Act.BENCH,
    Workspace.DISPATCH: Act.DISPATCH,
    Workspace.CUSTODY: Act.CUSTODY,
    Workspace.ROLL_OUT: Act.ROLL_OUT,
}
"""The act that goes to each workspace, in the order in which they are shown."""
_NAMES: Mapping[Workspace, str] = {
    Workspace.GOODS_IN: "Goods-in",
    Workspace.BENCH: "Bench",
    Workspace.DISPATCH: "Dispatch",
    Workspace.CUSTODY: "Custody",
    Workspace.ROLL_OUT: "Roll-out",
}

_HERE, _ELSEWHERE = "●", "○"
"""Which one it is can be told without colour."""
_EDGES = 3
"""How many times as wide as a line is high what stands around the words of a tab is."""


class Switch(QTabBar):
    """Marks the workspace that the bench is at, never one that was only asked for."""

    asked = Signal(object)
    """The `Workspace` that a person wants to go to."""

    def __init__(self) -> None:
        super().__init__()
        self._order = list(ACTS)
        self._at = Workspace.BENCH
        self._has_keys = True
        self.setAccessibleName("Workspaces")
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        for workspace, act in ACTS.items():
            self.addTab("")
            self.setAccessibleTabName(self.count() - 1, f"{_NAMES[workspace]}, {key_of(act)}")
        self.show_workspace(self._at)
        self.currentChanged.connect(self._asked)

    def show_workspace(self, workspace: Workspace) -> None:
        """Mark where the bench is."""
        self._at = workspace
        before = self.blockSignals(True)  # noqa: FBT003 - Qt's own
        for place, each in enumerate(self._order):
            mark = _HERE if each is workspace else _ELSEWHERE
            self.setTabText(place, f"{mark} {self._told(each, keys=self._has_keys)}")
        self.setCurrentIndex(self._order.index(workspace))
        self.blockSignals(before)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Leave the keys out where there is no room for them beside all names."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Follow the application's font."""
        metrics = QFontMetrics(scaled(1.0))
        words = "".join(self._told(each, keys=True) for each in self._order)
        edges = len(self._order) * _EDGES * metrics.height()
        has_keys = metrics.horizontalAdvance(words) + edges <= self.width()
        if has_keys is not self._has_keys:
            self._has_keys = has_keys
            self.show_workspace(self._at)

    def _told(self, workspace: Workspace, *, keys: bool) -> str:
        return f"{_NAMES[workspace]}   {key_of(ACTS[workspace])}" if keys else _NAMES[workspace]

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Leave characters to the window."""
        if event.text().isprintable() and event.text():
            event.ignore()
        else:
            super().keyPressEvent(event)

    @Slot(int)
    def _asked(self, place: int) -> None:
        wanted = self._order[place]
        self.show_workspace(self._at)
        self.asked.emit(wanted)
