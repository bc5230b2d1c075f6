"""One page of help, shown from Markdown of this program's own files and nothing else.

Nothing in it is loaded from anywhere: no picture, no style, no other address. A link to another
page is followed here; any other is only named.
"""

from __future__ import annotations

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QKeyEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextBrowser

_MARKDOWN = (
    QTextDocument.MarkdownFeature.MarkdownDialectGitHub
    | QTextDocument.MarkdownFeature.MarkdownNoHTML
)


class PageView(QTextBrowser):
    """Shows Markdown; `followed` carries the link that was chosen."""

    followed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.document().setDocumentMargin(12)
        self.anchorClicked.connect(self._clicked)

    def show_markdown(self, title: str, text: str, anchor: str = "") -> None:
        """Show a page from its beginning, or from the heading that an anchor names."""
        self.document().setMarkdown(text, _MARKDOWN)
        self.setAccessibleName(title)
        self.setTextCursor(QTextCursor(self.document()))
        self.verticalScrollBar().setValue(0)
        if anchor:
            self._go_to(anchor)

    def loadResource(self, _kind: int, _name: QUrl | str) -> None:  # noqa: N802 - Qt's name
        """Load nothing."""
        return

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Leave characters to the window."""
        if event.text().isprintable() and event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _go_to(self, anchor: str) -> None:
        """Bring into sight the heading that GitHub would give that anchor."""
        block = self.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel() and anchor_of(block.text()) == anchor:
                cursor = self.textCursor()
                cursor.setPosition(block.position())
                self.setTextCursor(cursor)
                place = self.document().documentLayout().blockBoundingRect(block).top()
                self.verticalScrollBar().setValue(round(place))
                return
            block = block.next()

    @Slot(QUrl)
    def _clicked(self, link: QUrl) -> None:
        self.followed.emit(link.toString())


def anchor_of(heading: str) -> str:
    """Return the anchor that GitHub's Markdown gives a heading."""
    kept = (c for c in heading.strip().lower() if c.isalnum() or c in " -_")
    return "".join(kept).replace(" ", "-")
