"""The text of a profile: monospaced, with numbered lines, and marks where something is wrong.

Tab indents; Ctrl+Tab leaves the text, forwards or with Shift backwards.
"""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QRect, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QApplication, QPlainTextDocumentLayout, QPlainTextEdit, QTextEdit

from app.profile_editor.draft import Draft
from app.profile_editor.margin import FAULT, Margin
from app.theme import Theme
from bench.events.views import Category

INDENT = "    "
_FAINT = 0.22
_GAP = 8


class ProfileText(QPlainTextEdit):
    """Shows one draft at a time; `lines` with a fault are marked."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._faulty: frozenset[int] = frozenset()
        self._nothing = QTextDocument(self)
        self._nothing.setDocumentLayout(QPlainTextDocumentLayout(self._nothing))
        self._margin = Margin(self, self._margin_width, self._paint_margin)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setAccessibleName("Text of the profile; Tab indents, Control and Tab leaves it")
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._scrolled)
        self.fit()

    @property
    def line(self) -> int:
        """The line of the cursor, from 1."""
        return self.textCursor().blockNumber() + 1

    def show_draft(self, draft: Draft) -> None:
        """Show a draft where it was left; one that cannot be kept whole is not written in."""
        draft.document.setDefaultFont(self.font())
        draft.colouring.show_theme(self._theme)
        self.setDocument(draft.document)
        self.setReadOnly(not draft.is_whole)
        self.fit()
        self.mark(())

    def show_none(self) -> None:
        """Show an empty text that belongs to nothing."""
        self.setDocument(self._nothing)
        self.setReadOnly(True)
        self.fit()
        self.mark(())

    def show_theme(self, theme: Theme) -> None:
        """Change to another theme."""
        self._theme = theme
        self._mark_lines()
        self._margin.update()

    def mark(self, lines: Collection[int]) -> None:
        """Mark the lines that have a fault."""
        self._faulty = frozenset(lines)
        self._mark_lines()
        self._margin.update()

    def go_to(self, line: int) -> None:
        """Put the cursor at the first word of a line, and take the focus."""
        block = self.document().findBlockByNumber(max(0, line - 1))
        cursor = QTextCursor(block if block.isValid() else self.document().lastBlock())
        indent = len(cursor.block().text()) - len(cursor.block().text().lstrip())
        cursor.setPosition(cursor.block().position() + indent)
        self.setTextCursor(cursor)
        self.centerCursor()
        self.setFocus()

    def replace(self, text: str) -> None:
        """Put another text in the place of all there is; it can be undone."""
        line, scrolled = self.line, self.verticalScrollBar().value()
        whole = QTextCursor(self.document())
        whole.select(QTextCursor.SelectionType.Document)
        whole.insertText(text)
        self.go_to(line)
        self.verticalScrollBar().setValue(scrolled)

    def fit(self) -> None:
        """Follow the application's size of font."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(QApplication.font().pointSizeF())
        font.setStyleHint(QFont.StyleHint.Monospace)
        self.setFont(font)
        self.document().setDefaultFont(font)
        self.setTabStopDistance(self.fontMetrics().horizontalAdvance(INDENT))
        self._make_room()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Indent with Tab; leave with Control and Tab."""
        is_back = event.key() == Qt.Key.Key_Backtab
        if not (is_back or event.key() == Qt.Key.Key_Tab):
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._leave(back=is_back)
        elif self.isReadOnly():
            event.ignore()
        else:
            self._indent(back=is_back)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the numbers as high as the text."""
        super().resizeEvent(event)
        room = self.contentsRect()
        self._margin.setGeometry(QRect(room.topLeft(), room.bottomLeft()).adjusted(
            0, 0, self._margin_width(), 0))  # fmt: skip

    def _leave(self, *, back: bool) -> None:
        """Go to the next part; a text that takes tabs lets no focus go."""
        self.setTabChangesFocus(True)
        _ = self.focusPreviousChild() if back else self.focusNextChild()
        self.setTabChangesFocus(False)

    def _indent(self, *, back: bool) -> None:
        cursor = self.textCursor()
        first, last = sorted((cursor.anchor(), cursor.position()))
        if first == last and not back:
            cursor.insertText(INDENT[cursor.positionInBlock() % len(INDENT) :])
            return
        blocks = self.document()
        cursor.beginEditBlock()
        block, end = blocks.findBlock(first), blocks.findBlock(last).blockNumber()
        while block.isValid() and block.blockNumber() <= end:
            _shift(block, back=back)
            block = block.next()
        cursor.endEditBlock()

    @Slot()
    def _make_room(self) -> None:
        self.setViewportMargins(self._margin_width(), 0, 0, 0)

    def _margin_width(self) -> int:
        digits = max(3, len(str(self.blockCount())))
        return self.fontMetrics().horizontalAdvance(FAULT + "9" * digits) + 2 * _GAP

    @Slot(QRect, int)
    def _scrolled(self, rect: QRect, by: int) -> None:
        if by:
            self._margin.scroll(0, by)
        else:
            self._margin.update(0, rect.y(), self._margin.width(), rect.height())

    def _mark_lines(self) -> None:
        paint = self._theme.paint(Category.HELD)
        ground = QColor(paint.fill)
        ground.setAlphaF(_FAINT)
        self.setExtraSelections([self._marked(line, ground) for line in sorted(self._faulty)])

    def _marked(self, line: int, ground: QColor) -> QTextEdit.ExtraSelection:
        marked = QTextEdit.ExtraSelection()
        marked.cursor = QTextCursor(self.document().findBlockByNumber(max(0, line - 1)))
        marked.format.setBackground(ground)
        whole = QTextFormat.Property.FullWidthSelection
        marked.format.setProperty(whole, True)  # noqa: FBT003 - Qt's own
        return marked

    def _paint_margin(self, event: QPaintEvent) -> None:
        painter = QPainter(self._margin)
        palette, role = self.palette(), QPalette.ColorRole
        painter.fillRect(event.rect(), palette.color(role.AlternateBase))
        block = self.firstVisibleBlock()
        while block.isValid():
            place = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if place.top() > event.rect().bottom():
                return
            self._paint_number(painter, block.blockNumber() + 1, round(place.top()))
            block = block.next()

    def _paint_number(self, painter: QPainter, line: int, top: int) -> None:
        palette, is_faulty = self.palette(), line in self._faulty
        font = QFont(self.font())
        font.setBold(is_faulty)
        role = QPalette.ColorRole.WindowText if is_faulty else QPalette.ColorRole.PlaceholderText
        painter.setFont(font)
        painter.setPen(palette.color(role))
        room = QRect(_GAP // 2, top, self._margin.width() - _GAP, self.fontMetrics().height())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignRight), str(line))
        if is_faulty:
            painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft), FAULT)


def _shift(block: QTextBlock, *, back: bool) -> None:
    """Move one line in or out."""
    cursor = QTextCursor(block)
    if not back:
        cursor.insertText(INDENT)
        return
    text = block.text()
    for _ in range(min(len(INDENT), len(text) - len(text.lstrip(" ")))):
        cursor.deleteChar()
