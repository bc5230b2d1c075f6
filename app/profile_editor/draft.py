"""One profile that is open in the editor: its text as it was read, and as it is now."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QPlainTextDocumentLayout

from app.profile_editor.colouring import Colouring
from app.profile_editor.keeping import read
from app.profile_editor.shelf_files import LARGEST, ShelfFile

_PARAGRAPH = "\u2029"
"""What a document has between its lines."""


class Draft:
    """A document with its own undo; `origin` is the file it was read from.

    `path` is where it is saved: None for a copy, and for a shipped profile, which is only read.
    `content` is what the file held, None while there is no such file.
    """

    def __init__(self, origin: Path, path: Path | None, content: bytes | None, text: str) -> None:
        self.origin, self.path = origin, path
        self.content = content
        self._newline = "\r\n" if content and b"\r\n" in content else "\n"
        self.saved = text
        self.document = QTextDocument()
        self.document.setDocumentLayout(QPlainTextDocumentLayout(self.document))
        self.document.setPlainText(text)
        self.document.setModified(content is None)
        self.colouring = Colouring(self.document)

    @property
    def text(self) -> str:
        """Return the text as it is now, every character as it was written."""
        return self.document.toRawText().replace(_PARAGRAPH, "\n")

    @property
    def is_unsaved(self) -> bool:
        """Whether it says something that no file does."""
        return self.document.isModified()

    @property
    def is_whole(self) -> bool:
        """Whether the document kept every character of the file."""
        return self.is_unsaved or self.text == self.saved

    def encoded(self) -> bytes:
        """Return what is to be written, with the ends of line that the file had."""
        return self.text.replace("\n", self._newline).encode("utf-8")

    def kept(self, path: Path, content: bytes) -> None:
        """Take note that it was saved."""
        self.path = self.origin = path
        self.content, self.saved = content, self.text
        self.document.setModified(False)


def opened(file: ShelfFile) -> Draft:
    """Read a file; `OSError`, or `ValueError` where it is no text of a profile's size."""
    content = read(file.path)
    if content is None:
        raise FileNotFoundError(2, "it is gone", str(file.path))
    if len(content) > LARGEST:
        raise ValueError(f"it is larger than {LARGEST} bytes")
    text = content.decode("utf-8").replace("\r\n", "\n")
    return Draft(file.path, None if file.is_shipped else file.path, content, text)


def copied(draft: Draft) -> Draft:
    """Return a copy that has no file yet."""
    return Draft(draft.origin, None, None, draft.text)
