"""What a desk asks beside scans and choices: words, the name of a file or folder, a signature."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.desks.path_field import PathField
from app.desks.signature import SignaturePad
from app.parts import Text, scaled
from app.written_field import WrittenField
from bench.events.desks import Wanted
from bench.identity.plain import plain

_LONGEST = 500
"""Characters of a text that can be typed."""
_OFFERED = 12
"""Names that are shown behind Tab."""
_TEXT = "Type it; Enter takes it."
_FILE = "Its name, with its folder; Tab completes it, Ctrl+O looks for it, Enter takes it."


class Question(QWidget):
    """Out of sight where a scan or a choice answers. At most one of its parts is to be seen."""

    written = Signal(str)
    named = Signal(str)
    signed = Signal(str)
    said = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.asked = Text(bold=True, wrap=True)
        self.field = WrittenField(_LONGEST)
        self.path = PathField()
        self.offered = Text(muted=True, wrap=True)
        self.pad = SignaturePad()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (self.asked, self.field, self.path, self.offered):
            column.addWidget(part)
        column.addWidget(self.pad, 1)
        self._connect()
        self.fit()
        self.withdraw()

    @property
    def part(self) -> QWidget | None:
        """What is answered in now."""
        parts = (self.field, self.path, self.pad)
        return next((part for part in parts if not part.isHidden()), None)

    def ask(self, wanted: Wanted, asked: str = "") -> None:
        """Ask anew, in so many words where the desk's own sentence does not say it."""
        self.withdraw()
        match wanted:
            case Wanted.TEXT:
                self._show(self.field, asked, _TEXT)
            case Wanted.FILE | Wanted.FOLDER:
                self.path.folder = wanted is Wanted.FOLDER
                self._show(self.path, asked, _FILE)
            case Wanted.SIGNATURE:
                self._show(self.pad, asked, "")

    def withdraw(self) -> None:
        """Ask nothing, and forget what was begun."""
        self.field.clear()
        self.path.clear()
        self.pad.clear()
        for part in (self.asked, self.field, self.path, self.offered, self.pad, self):
            part.hide()

    def fit(self) -> None:
        """Follow the application's font."""
        for field in (self.field, self.path):
            field.setFont(scaled(1.15))
            field.setMinimumHeight(QFontMetrics(field.font()).height() + 16)
        self.pad.updateGeometry()

    def _show(self, part: QWidget, asked: str, hint: str) -> None:
        self.asked.setText(plain(asked, _LONGEST))
        self.asked.setVisible(bool(asked))
        self.offered.setText(hint)
        self.offered.setVisible(bool(hint))
        if part is not self.pad:
            part.setAccessibleName(asked or hint)
        part.show()
        self.show()

    def _connect(self) -> None:
        self.field.returnPressed.connect(self._wrote)
        self.path.returnPressed.connect(self._named)
        self.path.offered.connect(self._offer)
        self.pad.signed.connect(self.signed)
        self.pad.empty.connect(lambda: self.said.emit("Nothing is signed yet."))

    @Slot()
    def _wrote(self) -> None:
        if text := self.field.text().strip():
            self.written.emit(text)
        else:
            self.said.emit("Nothing is written yet.")

    @Slot()
    def _named(self) -> None:
        if name := self.path.text().strip():
            self.named.emit(name)
        else:
            self.said.emit("Nothing is named yet.")

    @Slot(list)
    def _offer(self, names: list[str]) -> None:
        more = f" … and {len(names) - _OFFERED} more" if len(names) > _OFFERED else ""
        shown = "   ".join(plain(name) for name in names[:_OFFERED])
        self.offered.setText(f"{shown}{more}" if names else _FILE)
