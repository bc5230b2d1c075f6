"""Pictures of the window at the moments worth keeping, taken only when asked for.

They are kept, so no code for a handset's camera is in them: it holds a secret.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from bench.events.views import Category, SlotView


class Pictures:
    """Saves PNG files into a folder: the first handset at work, half the wave, and the end."""

    def __init__(self, folder: Path, window: QWidget) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._window = window
        self._taken: set[str] = set()

    def look(self, views: tuple[SlotView, ...]) -> None:
        """Take the picture whose moment has come, once."""
        seen = [view.category for view in views if view.category is not Category.EMPTY]
        if Category.WORKING in seen:
            self._once("window-1")
        if Category.DONE in seen and 2 * seen.count(Category.DONE) >= len(seen):
            self._once("window-2")

    def end(self) -> None:
        """Take the last picture."""
        self._once("window-final")

    def _once(self, name: str) -> None:
        if name not in self._taken:
            self._taken.add(name)
            self._taken_without_codes().save(str(self._folder / f"{name}.png"))

    def _taken_without_codes(self) -> QPixmap:
        from app.enrolment_code import CodeView  # noqa: PLC0415 - nothing shows one at the start

        with contextlib.ExitStack() as covered:
            for view in self._window.findChildren(CodeView):
                covered.enter_context(view.cover())
            return self._window.grab()
