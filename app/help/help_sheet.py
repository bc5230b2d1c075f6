"""The sheet of help: the list of all pages, and beside it the one that was chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, QStringListModel, Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.feedback import announce
from app.help.page_view import PageView
from app.help.pages import FOLDER, fitting, followed, pages, text_of
from app.parts import Text
from app.sheet import Sheet
from app.staging.quiet_list import QuietList
from bench.identity.plain import plain

_SHARES = 1, 3
_KEYS = "↑ ↓ choose a page; Tab goes into it and from link to link; Alt+← goes back."


class HelpPages(QWidget):
    """The pages; the list has the focus first."""

    def __init__(self, method: str, folder: Path = FOLDER, page: str = "") -> None:
        super().__init__()
        self._folder = folder
        self._pages = pages(folder)
        self._before: list[str] = []
        self._name = ""
        self.list = QuietList()
        self.page = PageView()
        self.state = Text(_KEYS, muted=True, wrap=True)
        self.list.setAccessibleName("Pages of help")
        self.list.setModel(QStringListModel([page.title for page in self._pages], self))
        self.list.setEditTriggers(QuietList.EditTrigger.NoEditTriggers)
        self.list.setFrameShape(QuietList.Shape.NoFrame)
        self.list.setWordWrap(True)
        self._arrange()
        self.list.selectionModel().currentChanged.connect(self._chosen)
        self.list.activated.connect(self.page.setFocus)
        self.page.followed.connect(self._follow)
        if first := fitting(method, self._pages, page):
            self._open(first)
        else:
            self._say("There are no pages of help on this computer.")

    @property
    def name(self) -> str:
        """The file of the page that is shown."""
        return self._name

    @Slot()
    def go_back(self) -> None:
        """Show the page that was shown before."""
        if self._before:
            self._show(self._before.pop())

    @Slot(QModelIndex, QModelIndex)
    def _chosen(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid() and self._pages[now.row()].name != self._name:
            self._open(self._pages[now.row()].name)

    @Slot(str)
    def _follow(self, link: str) -> None:
        place = followed(link, self._pages)
        if place is None:
            self._say(f"Nothing outside these pages is opened here: {plain(link, 200)}")
        else:
            self._open(place[0] or self._name, place[1])

    def _open(self, name: str, anchor: str = "") -> None:
        if self._name:
            self._before.append(self._name)
        self._show(name, anchor)

    def _show(self, name: str, anchor: str = "") -> None:
        try:
            text = text_of(name, self._folder)
        except (OSError, ValueError) as error:
            self._say(f"{plain(name)} cannot be read: {plain(str(error))}")
            return
        self._name = name
        place = [page.name for page in self._pages].index(name)
        self.page.show_markdown(self._pages[place].title, text, anchor)
        self.list.setCurrentIndex(self.list.model().index(place, 0))
        self.state.setText(_KEYS)

    def _say(self, told: str) -> None:
        self.state.setText(told)
        announce(self, told, urgent=False)

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.list, _SHARES[0])
        row.addWidget(self.page, _SHARES[1])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row, 1)
        column.addWidget(self.state)
        self.setFocusProxy(self.list)
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence("Alt+Left"), self, self.go_back, context=within)


class HelpSheet(Sheet):
    """The pages, laid over the window."""

    def __init__(self, parent: QWidget, method: str, page: str = "") -> None:
        self.help = HelpPages(method, page=page)
        super().__init__(parent, "Help", self.help, fits=False)
