"""A field for the name of a file or folder; Tab completes it as a shell does.

There is no list that pops up: one would be a window of its own, and a scanner that types into it
would be taken for a person. Folders are read when Tab is pressed, and on this thread.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent

from app.written_field import WrittenField

_LONGEST = 4096
_MOST = 5000
"""Names of a folder that are looked through."""


class PathField(WrittenField):
    """`offered` carries what else Tab could mean, a name each; nothing where it was plain."""

    offered = Signal(list)

    def __init__(self) -> None:
        super().__init__(_LONGEST)
        self.folder = False
        """Whether a folder is asked for: then no file is offered."""

    def event(self, event: QEvent) -> bool:
        """Take Tab while there is something that it completes; else it goes to the next part."""
        is_tab = isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress
        if is_tab and event.key() == Qt.Key.Key_Tab and self._complete():  # type: ignore[attr-defined]
            return True
        return super().event(event)

    def _complete(self) -> bool:
        written = self.text()
        whole, offered = completed(written, folder=self.folder)
        self.offered.emit(offered)
        if whole != written:
            self.setText(whole)
        return whole != written or bool(offered)


def completed(written: str, *, folder: bool) -> tuple[str, list[str]]:
    """Return what is certain of the path that was begun, and the names it may go on with.

    A `~` at the beginning is the person's own folder. What cannot be read completes nothing.
    """
    begun = os.path.expanduser(written)  # noqa: PTH111 - Path would take a closing slash away
    place, name = os.path.split(begun)
    found = sorted(_names(place or ".", name, folder=folder))
    common = os.path.commonprefix(found)  # noqa: RUF071 - of names, not of paths
    if len(common) <= len(name) and len(found) != 1:
        return written, found
    return os.path.join(place, common), [] if len(found) == 1 else found  # noqa: PTH118 - as above


def _names(place: str, begun: str, *, folder: bool) -> Iterator[str]:
    """Return the names that begin so; a folder's ends in a slash. Hidden ones only if asked for."""
    try:
        with os.scandir(Path(place)) as entries:
            for entry in islice(entries, _MOST):
                is_folder = entry.is_dir()
                is_hidden = entry.name.startswith(".") and not begun.startswith(".")
                if entry.name.startswith(begun) and (is_folder or not folder) and not is_hidden:
                    yield entry.name + ("/" if is_folder else "")
    except OSError:
        return
