"""A desk in the window: its sentence in large, what answers it, how far it is, and its lines.

It shows what the bench says and posts what a person does; what is committed comes back as the next
view. It takes the focus when another question is put, unless somebody is at something else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from app.desks.choices import DIGITS, Choices
from app.desks.deciding import Deciding
from app.desks.line_table import LineTable
from app.desks.pages import Pages
from app.desks.progress import Counted, Doing
from app.desks.question import Question
from app.desks.stack import Stack
from app.feedback import announce
from app.parts import Card, Text
from app.theme import Theme
from bench.events.desks import Choice, DeskView, Wanted, Workspace
from bench.identity.plain import plain

if TYPE_CHECKING:
    from bench.events.run import Fact  # loads every room of the facts; the window posts a few

_SENTENCE = 400
_BADGE = "The badge is read here and shown nowhere."
_PATHS = (Wanted.FILE, Wanted.FOLDER)
_TYPED = (Wanted.TEXT, *_PATHS, Wanted.SIGNATURE)


class Desk(QWidget):
    """Shows one desk; `post` takes what is decided and returns whether it went in."""

    said = Signal(str)
    """A line for the person."""
    file_wanted = Signal(bool)
    """A file is to be looked for, or a folder: whether it is one."""

    def __init__(self, post: Callable[[Fact], bool], theme: Theme) -> None:
        super().__init__()
        self.view = DeskView(Workspace.BENCH)
        self._deciding = Deciding(post, self.said.emit)
        self._choice: Choice | None = None
        self.head = Card()
        self.title = Text(muted=True, bold=True)
        self.prompt = Text(scale=1.6, bold=True, wrap=True)
        self.hint = Text(muted=True, wrap=True)
        self.counted = Counted(theme)
        self.choices = Choices()
        self.question = Question()
        self.doing = Doing(theme)
        self.remark = Text(wrap=True)
        self.lines = LineTable(theme)
        self.pages = Pages(theme, self._place)
        self._arrange()
        self._connect()

    @property
    def is_asking(self) -> bool:
        """Whether a text for a choice is asked for, which Esc leaves."""
        return self._choice is not None

    # ── what the bench says ─────────────────────────────────────────────────────────────────────
    def show_view(self, view: DeskView, *, may_focus: bool) -> None:
        """Show a desk; `may_focus` is whether nobody is at something that lies over it."""
        before, self.view = self.view, view
        is_new = _question_of(before) != _question_of(view)
        self.title.setText(plain(view.title))
        self.prompt.setText(plain(view.prompt, _SENTENCE))
        self.setAccessibleName(f"{self.title.text()}: {self.prompt.text()}")
        self.counted.show_count(view.done, view.total, view.unit)
        is_alone = not view.lines and view.page is None and view.wanted not in _TYPED
        self.choices.show_choices(view.choices, alone=is_alone)
        self.remark.setText(plain(view.remark, _SENTENCE))
        self.remark.setVisible(bool(view.remark))
        self.doing.show_job(view.job)
        self.lines.show_lines(view.columns, view.lines)
        has_page = self.pages.show(view.workspace, view.page)
        self._stack.share(self.lines, 0 if has_page else 1)
        if is_new:
            self._ask(may_focus=may_focus)
        if before.prompt != view.prompt or before.title != view.title:
            announce(self, self.prompt.text(), urgent=False)

    def show_theme(self, theme: Theme) -> None:
        """Change to another theme."""
        for part in (self.counted.bar, self.doing.bar, self.lines, self.pages):
            part.show_theme(theme)

    def fit(self) -> None:
        """Follow the application's font."""
        for part in (self.counted.bar, self.doing.bar, self.choices, self.question, self.lines):
            part.fit()
        self.pages.fit()

    # ── what the person does ────────────────────────────────────────────────────────────────────
    def enter(self) -> None:
        """Take the focus where the question is answered."""
        (self.question.part or self.head).setFocus()

    def type(self, text: str) -> bool:
        """Take a digit that answers; False for all else."""
        return self.choices.press(text)

    def back(self) -> None:
        """Leave what is going on: a text for a choice, the job, or the task."""
        if self._choice is not None:
            self._ask(may_focus=True)
        elif self.view.job:
            self._deciding.cancel()
        else:
            self._deciding.open(self.view.workspace)

    def name_path(self, path: str) -> None:
        """Answer with a file or folder that was looked for."""
        self._deciding.name(self.view.question, path)

    @Slot()
    def _look_for_file(self) -> None:
        if self.view.wanted in _PATHS:
            self.file_wanted.emit(self.view.wanted is Wanted.FOLDER)
        else:
            self.said.emit("No file is asked for now.")

    def _ask(self, *, may_focus: bool) -> None:
        self._choice = None
        self.question.ask(self.view.wanted)
        self.hint.setText(_BADGE)
        self.hint.setVisible(self.view.wanted is Wanted.BADGE)
        if may_focus and not self._is_read():
            self.enter()

    def _is_read(self) -> bool:
        """Whether somebody reads the lines, and nothing has to be typed."""
        return self.lines.hasFocus() and self.view.wanted not in _TYPED

    @Slot(object)
    def _chose(self, choice: Choice) -> None:
        if choice.asks:
            self._choice = choice
            self.question.ask(Wanted.TEXT, choice.asks)
            announce(self, plain(choice.asks), urgent=False)
            self.enter()
        else:
            self._deciding.choose(self.view.question, choice.name)

    @Slot(str)
    def _wrote(self, text: str) -> None:
        choice = self._choice.name if self._choice else ""
        self._deciding.choose(self.view.question, choice, text)
        if self._choice:
            self._ask(may_focus=True)

    @Slot(str)
    def _signed(self, strokes: str) -> None:
        self._deciding.sign(self.view.question, strokes)

    def _arrange(self) -> None:
        if QApplication.isRightToLeft():  # the window itself keeps to the order of the slots
            self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.head.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for part in (self.title, self.prompt, self.hint, self.counted, self.remark):
            self.head.column.addWidget(part)
        self._stack = Stack((self.head, self.doing, self.question, self.choices, self.lines))
        self._stack.fill(self)

    def _place(self, page: QWidget) -> None:
        self._stack.add(page)

    def _connect(self) -> None:
        self.choices.chosen.connect(self._chose)
        self.question.written.connect(self._wrote)
        self.question.named.connect(self.name_path)
        self.question.signed.connect(self._signed)
        self.question.said.connect(self.said)
        looking = QShortcut(QKeySequence("Ctrl+O"), self)
        looking.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        looking.activated.connect(self._look_for_file)
        for digit in DIGITS:  # no scanner holds Alt down
            key = QShortcut(QKeySequence(f"Alt+{digit}"), self)
            key.setAutoRepeat(False)
            key.activated.connect(partial(self.type, digit))


def _question_of(view: DeskView) -> tuple[object, ...]:
    return view.workspace, view.question, view.wanted
