"""The slots as Qt's model: the newest view of each, in rows and columns as on the hub."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from bench.events.views import Category, SlotView
from bench.identity.identifiers import SlotCode
from bench.identity.plain import plain
from bench.staging.slots import HubLayout

Index: TypeAlias = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

_SENTENCE = 300
"""Characters of what is to be confirmed that are spoken."""
_HANDS = (Category.NEEDS_YOU, Category.HELD)


class SlotTable(QAbstractTableModel):
    """One cell a slot. Only a slot that looks different is reported as changed."""

    def __init__(self, layout: HubLayout, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows, self._columns = layout.rows, layout.columns
        self._slots = layout.slots()
        self._views = [SlotView(slot) for slot in self._slots]
        self._places = {slot: place for place, slot in enumerate(self._slots)}

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        """Return the rows of the hub."""
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        """Return the columns of the hub."""
        return 0 if parent.isValid() else self._columns

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's
        """Return the slot's name, or its words for a screen reader."""
        if not index.isValid():
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return str(self.at(index.row(), index.column()).slot)
            case Qt.ItemDataRole.AccessibleTextRole:
                return spoken(self.at(index.row(), index.column()))
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                return described(self.at(index.row(), index.column()))
            case _:
                return None

    def show(self, views: Iterable[SlotView]) -> None:
        """Take new views of some slots; a slot that is none of this hub's is a `KeyError`."""
        for view in views:
            place = self._places[view.slot]
            if self._views[place] != view:
                self._views[place] = view
                cell = self.index(*divmod(place, self._columns))
                self.dataChanged.emit(cell, cell)

    def at(self, row: int, column: int) -> SlotView:
        """Return the view at a place."""
        return self._views[row * self._columns + column]

    def view(self, slot: SlotCode) -> SlotView:
        """Return the view of a slot."""
        return self._views[self._places[slot]]

    def views(self) -> tuple[SlotView, ...]:
        """Return every slot's view, row by row."""
        return tuple(self._views)

    def where(self, slot: SlotCode) -> QModelIndex:
        """Return the cell of a slot."""
        return self.index(*divmod(self._places[slot], self._columns))

    def next_needing_hands(self, after: SlotCode) -> SlotCode | None:
        """Return the next slot, row by row and round again, that a person must see to."""
        start = self._places[after] + 1
        turned = self._views[start:] + self._views[:start]
        return next((view.slot for view in turned if view.category in _HANDS), None)

    def matching(self, text: str) -> tuple[SlotCode, ...]:
        """Return the slots that show `text` anywhere, capitals and small letters alike."""
        sought = text.casefold().split()
        return tuple(
            view.slot
            for view in self._views
            if all(part in _everything(view).casefold() for part in sought)
        )


def spoken(view: SlotView) -> str:
    """Return a slot in words: `Slot B4, held, unplugged during step 2 of 4`."""
    state = view.category.value.replace("-", " ")
    parts = [f"Slot {view.slot}", state]
    if view.word.casefold() not in (state, f"step {view.step}/{view.steps}"):
        parts.append(_cause(view))
    if view.category is Category.WORKING and view.steps:
        parts.append(f"step {view.step} of {view.steps}")
    return ", ".join(parts)


def described(view: SlotView) -> str:
    """Return what else a slot shows, in words."""
    parts = [
        plain(view.model),
        f"IMEI ending in {' '.join(view.imei_tail)}" if view.imei_tail else "",
        f"tag {view.asset_tag}" if view.asset_tag else "",
        view.step_name,
        plain(view.profile),
        str(view.problem) if view.problem else "",
        f"to confirm: {plain(view.confirms, _SENTENCE)}" if view.confirms else "",
    ]
    return ", ".join(part for part in parts if part)


def _cause(view: SlotView) -> str:
    word = plain(view.word).lower()
    detail = plain(view.problem.detail) if view.problem else ""
    return f"{word} during {detail}" if detail.startswith("step ") else word


def _everything(view: SlotView) -> str:
    parts = (str(view.slot), view.word, view.model, view.imei_tail, view.asset_tag, view.step_name)
    return " ".join((*parts, view.profile, view.category.value, str(view.problem or "")))
