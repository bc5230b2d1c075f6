"""The files that can be opened, and the drafts that are: nothing written is lost by looking on."""

from __future__ import annotations

from typing import NamedTuple

from app.profile_editor.draft import Draft, copied, opened
from app.profile_editor.shelf_files import ShelfFile, files_on
from app.profile_shelf import ProfileShelf

_UNSAVED = "  • unsaved"


class Row(NamedTuple):
    """A line of the list: a file, or a copy that has none yet."""

    told: str
    file: ShelfFile | None
    draft: Draft | None


class OpenDrafts:
    """What there is to choose from, read anew each time; drafts stay until they are dropped."""

    def __init__(self, shelf: ProfileShelf) -> None:
        self.shelf = shelf
        self._drafts: list[Draft] = []

    @property
    def unsaved(self) -> tuple[Draft, ...]:
        """The drafts that say something no file does."""
        return tuple(draft for draft in self._drafts if draft.is_unsaved)

    def rows(self) -> tuple[Row, ...]:
        """Return every line: copies first, then files as they lie on the disk now."""
        copies = [draft for draft in self._drafts if draft.content is None]
        return (
            *(Row(f"copy of {draft.origin.stem}{_UNSAVED}", None, draft) for draft in copies),
            *(self._row(file) for file in files_on(self.shelf)),
        )

    def open(self, row: Row) -> Draft:
        """Return the draft of a line, reading its file where it is not open yet."""
        known = row.draft or (self._of(row.file) if row.file else None)
        if known:
            return known
        assert row.file
        made = opened(row.file)
        self._drafts.append(made)
        return made

    def copy(self, draft: Draft) -> Draft:
        """Return a copy of a draft as it is now."""
        made = copied(draft)
        self._drafts.append(made)
        return made

    def drop(self, draft: Draft) -> None:
        """Forget a draft and all that is unsaved in it."""
        self._drafts.remove(draft)

    def _row(self, file: ShelfFile) -> Row:
        draft = self._of(file)
        return Row(file.told + (_UNSAVED if draft and draft.is_unsaved else ""), file, draft)

    def _of(self, file: ShelfFile) -> Draft | None:
        of_file = (d for d in self._drafts if d.content is not None and d.origin == file.path)
        return next(of_file, None)
