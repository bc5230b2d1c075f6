"""A profile's text, coloured sparingly: headings and keys are bold too, comments in italics."""

from __future__ import annotations

import re

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from app.theme import LIGHT, Theme

_HEADING = re.compile(r"^\s*\[.*?\]\]?")
_KEY = re.compile(r"^\s*[\w.\"'-]+(?=\s*=)")
_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'")


class Colouring(QSyntaxHighlighter):
    """Colours one document; no meaning hangs on a colour alone."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._heading, self._key, self._comment = (QTextCharFormat() for _ in range(3))
        self._heading.setFontWeight(QFont.Weight.Bold)
        self._key.setFontWeight(QFont.Weight.DemiBold)
        self._comment.setFontItalic(True)
        self.show_theme(LIGHT)

    def show_theme(self, theme: Theme) -> None:
        """Change to another theme."""
        self._key.setForeground(QColor(theme.accent))
        self._heading.setForeground(QColor(theme.ink))
        self._comment.setForeground(QColor(theme.muted))
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Colour one line."""
        for pattern, look in ((_HEADING, self._heading), (_KEY, self._key)):
            if found := pattern.match(text):
                self.setFormat(found.start(), found.end() - found.start(), look)
        if (start := comment_at(text)) >= 0:
            self.setFormat(start, len(text) - start, self._comment)


def comment_at(line: str) -> int:
    """Return where a line's comment begins, -1 where it has none; a # in quotes begins none."""
    hidden = _STRING.sub(lambda found: "." * len(found[0]), line)
    return hidden.find("#")
