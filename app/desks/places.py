"""The slots and the desks in one place: which of them is to be seen, and what goes to it.

The slots stay as they are while somebody is at a desk; a desk is loaded when it is first gone to.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.actions import AT_SLOTS, Act, key_of
from app.desks.deciding import Deciding
from app.desks.second import waiting
from app.desks.switch import ACTS, Switch
from app.parts import Text
from app.theme import Theme
from app.workplace import Workplace
from bench.events.desks import DeskView, Wanted, Workspace

if TYPE_CHECKING:
    from app.desks.desk import Desk  # where somebody goes to one
    from bench.events.access import AccessView  # where somebody is enrolled
    from bench.events.run import Fact  # loads every room of the facts; the window posts a few

_AT_SLOTS = f"That is for the slots: {key_of(Act.BENCH)} goes there."


class Places(QWidget):
    """Shows the slots, or the desk that somebody works at."""

    said = Signal(str)
    """A line for the person."""
    file_wanted = Signal(bool)
    """A file is to be looked for, or a folder: whether it is one."""

    def __init__(self, slots: Workplace, post: Callable[[Fact], bool], theme: Theme) -> None:
        super().__init__()
        self._post, self._theme = post, theme
        self._deciding = Deciding(post, self.said.emit)
        self.slots = slots
        self.desk: Desk | None = None
        self.switch = Switch()
        self.attention = Text(bold=True, wrap=True)
        self.attention.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        for part in (self.switch, self.attention):
            self._column.addWidget(part)
        self._column.addWidget(slots, 1)
        self.switch.asked.connect(self._deciding.open)

    @property
    def view(self) -> DeskView | None:
        """The desk that is shown; None at the slots."""
        return self.desk.view if self.desk and not self.desk.isHidden() else None

    @property
    def takes_badge(self) -> bool:
        """Whether a badge is waited for, whose text nobody may see."""
        return self.view is not None and self.view.wanted is Wanted.BADGE

    def show_desk(
        self, view: DeskView | None, access: AccessView | None = None, *, may_focus: bool
    ) -> None:
        """Show a desk, or the slots; `access` says whether a second person is waited for."""
        was_at_desk = self.view is not None
        if view is not None:
            desk = self.desk or self._make()
            self._swap(desk, self.slots)
            desk.show_view(waiting(view, access), may_focus=may_focus)
        elif self.desk and was_at_desk:
            self._swap(self.slots, self.desk)
            if may_focus:
                self.enter()
        self.switch.show_workspace(view.workspace if view else Workspace.BENCH)
        self._show_attention()

    def show_theme(self, theme: Theme) -> None:
        """Change to another theme."""
        self._theme = theme
        self.slots.show_theme(theme)
        if self.desk:
            self.desk.show_theme(theme)

    def fit(self, zoom: float) -> None:
        """Follow the application's font; 1 is the usual size of what is painted."""
        self.slots.fit(zoom)
        self.switch.fit()
        if self.desk:
            self.desk.fit()

    def enter(self) -> None:
        """Give the focus to where the work is."""
        if self.view is not None and self.desk:
            self.desk.enter()
        else:
            self.slots.grid.setFocus()

    def type(self, text: str) -> bool:
        """Take a digit that answers a desk; False for all else."""
        return bool(self.view and self.desk and self.desk.type(text))

    def refuses(self, act: Act) -> bool:
        """Whether an act is about slots that are out of sight; then it has been said."""
        refused = self.view is not None and act in AT_SLOTS
        if refused:
            self.said.emit(_AT_SLOTS)
        return refused

    def back(self, *, is_enough: bool) -> None:
        """Go back to the work; where that is not enough, leave what is going on at a desk."""
        if self.view is not None and self.desk:
            self.desk.enter() if is_enough else self.desk.back()
        else:
            self.slots.back()

    def acts(self) -> dict[Act, Callable[[], object]]:
        """Return what is done for each key."""
        return {act: partial(self._deciding.open, place) for place, act in ACTS.items()}

    def name_path(self, path: str) -> None:
        """Answer with a file or folder that was looked for."""
        if self.view is not None and self.desk:
            self.desk.name_path(path)

    def _make(self) -> Desk:
        from app.desks.desk import Desk  # noqa: PLC0415 - where somebody goes to one

        self.desk = made = Desk(self._post, self._theme)
        made.hide()
        made.said.connect(self.said)
        made.file_wanted.connect(self.file_wanted)
        self._column.addWidget(made, 1)
        return made

    def _swap(self, shown: QWidget, hidden: QWidget) -> None:
        shown.show()
        hidden.hide()

    def _show_attention(self) -> None:
        """Say at a desk what stands at the slots: their list is out of sight."""
        worst = self.slots.worst() if self.view is not None else None
        self.attention.setVisible(worst is not None)
        if worst:
            self.attention.setText(f"{worst.head} — {key_of(Act.EXPLAIN)} explains it.")
