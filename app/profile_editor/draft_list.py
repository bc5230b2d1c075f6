"""The list of profiles: moving through it opens them, and what was written in one stays there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, QStringListModel, Qt, Signal, Slot

from app.profile_editor.draft import Draft
from app.profile_editor.open_drafts import OpenDrafts, Row
from app.profile_shelf import ProfileShelf
from app.staging.quiet_list import QuietList
from bench.identity.plain import plain

_WORDS = 200


class DraftList(QuietList):
    """`opened` carries the draft that is to be shown, `failed` why there is none."""

    opened = Signal(object)
    failed = Signal(str)

    def __init__(self, shelf: ProfileShelf) -> None:
        super().__init__()
        self.drafts = OpenDrafts(shelf)
        self._rows: tuple[Row, ...] = ()
        self._shown: Draft | None = None
        self._names = QStringListModel(self)
        self.setModel(self._names)
        self.setAccessibleName("Profiles")
        self.setFrameShape(QuietList.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QuietList.EditTrigger.NoEditTriggers)
        self.selectionModel().currentChanged.connect(self._moved)

    def begin(self) -> bool:
        """Open the first profile; False where there is none."""
        self._refresh()
        if self._rows:
            self.setCurrentIndex(self._names.index(0, 0))
        return bool(self._rows)

    def show_draft(self, draft: Draft) -> None:
        """Show what there is now, and on which line that draft stands."""
        self._shown = draft
        self._refresh()
        for place, row in enumerate(self._rows):
            is_its_file = row.file and row.file.path == draft.origin and draft.content is not None
            if row.draft is draft or is_its_file:
                self.setCurrentIndex(self._names.index(place, 0))
                return

    def read_anew(self, draft: Draft) -> None:
        """Drop a draft and open its file as it is on the disk."""
        self.drafts.drop(draft)
        self._shown = None
        self._refresh()
        self._open_path(draft.origin)

    def _refresh(self) -> None:
        self._rows = self.drafts.rows()
        self._names.setStringList([row.told for row in self._rows])

    def _open_path(self, path: Path) -> None:
        for place, row in enumerate(self._rows):
            if row.file and row.file.path == path:
                self._open(row)
                self.setCurrentIndex(self._names.index(place, 0))
                return
        self.failed.emit(f"There is no {plain(path.name)} any more.")

    @Slot(QModelIndex, QModelIndex)
    def _moved(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid() and now.row() < len(self._rows):
            self._open(self._rows[now.row()])

    def _open(self, row: Row) -> None:
        try:
            draft = self.drafts.open(row)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self.failed.emit(f"It cannot be opened: {plain(reason, _WORDS)}.")
            return
        if draft is not self._shown:
            self._shown = draft
            self.opened.emit(draft)
