"""The editor of profiles: a list of files, the text, what is wrong with it, and what it does.

Never modal: scans land and the bench goes on meanwhile. Nothing is lost by looking at another file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.feedback import announce
from app.parts import Text
from app.profile_editor import rewriting
from app.profile_editor.checking import Checked, Look
from app.profile_editor.draft import Draft
from app.profile_editor.draft_list import DraftList
from app.profile_editor.fault_list import FaultList, in_words
from app.profile_editor.live_check import LiveCheck
from app.profile_editor.name_question import NameQuestion
from app.profile_editor.places import arranged
from app.profile_editor.saving import TAKES_OVER, kept, standing_of
from app.profile_editor.shelf_files import free_name, path_of
from app.profile_editor.text_edit import ProfileText
from app.profile_shelf import ProfileShelf
from app.staging.key_button import KeyButton
from app.theme import Theme
from bench.enrolment.profiles.words import told
from bench.identity.plain import plain

_WORDS = 200
_NO_DRAFT = "Nothing is open here: choose a profile in the list."
_KEYS = "Tab indents, Ctrl+Tab goes on. Esc closes."


class ProfileEditor(QWidget):
    """Profiles, one at a time; `look` is how a text is checked."""

    def __init__(self, shelf: ProfileShelf, theme: Theme, look: Look | None = None) -> None:
        super().__init__()
        self._shelf, self._theme = shelf, theme
        self._draft: Draft | None = None
        self._asked_twice = ""
        self._check = LiveCheck(self, look)
        self.list = DraftList(shelf)
        self.text = ProfileText(theme)
        self.faults = FaultList()
        self.words = QPlainTextEdit(readOnly=True, tabChangesFocus=True)
        self.question = NameQuestion(shelf.own)
        self.state = Text(TAKES_OVER, wrap=True)
        self.standing = Text(_KEYS, muted=True, wrap=True)
        self._buttons = (
            self._button("Save", "Ctrl+S", self.save),
            self._button("Save as…", "Ctrl+Shift+S", self.save_as),
            self._button("Version + 1", "Ctrl+R", self.raise_version),
            self._button("Copy", "Ctrl+N", self.copy),
            self._button("Variant", "Ctrl+T", self.add_variant),
            self._button("Next fault", "Ctrl+G", self.next_fault),
            self._button("Read anew", "Ctrl+O", self.read_anew),
        )
        self._arrange()
        self._connect()
        self._show_none()
        if not self.list.begin():
            self._say(f"There is no profile in {plain(str(shelf.own), _WORDS)} yet.")

    @property
    def draft(self) -> Draft | None:
        """What is shown; None where no file could be opened."""
        return self._draft

    @property
    def is_checked(self) -> bool:
        """Whether what is shown as wrong is what is wrong now."""
        return not self._check.is_busy

    # ── what the person does ────────────────────────────────────────────────────────────────────
    @Slot()
    def save(self) -> None:
        """Save the draft where it belongs; a copy and a shipped profile are asked for a name."""
        draft = self._draft
        if draft is None:
            self._say(f"Not saved. {_NO_DRAFT}")
        elif draft.path is None:
            self.save_as()
        elif not draft.is_unsaved:
            self._say("Nothing has changed since it was saved.")
        elif self._may_keep_version(draft):
            self._keep(draft, draft.path)

    @Slot()
    def save_as(self) -> None:
        """Ask for a name in the user's folder."""
        if self._draft:
            self.question.ask(free_name(self._draft.origin, self._shelf))
        else:
            self._say(f"Not saved. {_NO_DRAFT}")

    @Slot()
    def raise_version(self) -> None:
        """Raise the version in the text by one."""
        self._rewrite(rewriting.raised)

    @Slot()
    def add_variant(self) -> None:
        """Add an adjustment with a letter that is free."""
        self._rewrite(rewriting.with_variant)
        self.text.go_to(self.text.document().blockCount() - 1)

    @Slot()
    def copy(self) -> None:
        """Begin a profile of its own from the text that is shown."""
        if self._draft:
            self._show(made := self.list.drafts.copy(self._draft))
            self.list.show_draft(made)
            self.text.setFocus()
            self._say("A copy: it has no file yet. Ctrl+S asks for its name.")

    @Slot()
    def next_fault(self) -> None:
        """Go to the next fault behind the cursor."""
        if fault := self.faults.after(self.text.line):
            self.text.go_to(fault.line)
        else:
            self._say("There is no fault." if self.is_checked else "It is still being checked.")

    @Slot()
    def read_anew(self) -> None:
        """Show the file as it is on the disk; what is unsaved is dropped at the second time."""
        draft = self._draft
        if draft and draft.is_unsaved and not self._is_second_time(f"read {draft.origin}"):
            self._say("This drops what is not saved here; Ctrl+O once more does it.")
        elif draft:
            self._show_none()
            self.list.read_anew(draft)

    def may_close(self) -> bool:
        """Return whether it may be closed: a question is left first, unsaved work asks twice."""
        if self.question.is_asking:
            self._leave_question()
            return False
        unsaved = self.list.drafts.unsaved
        if not unsaved or self._is_second_time("close"):
            return True
        names = ", ".join(sorted({draft.origin.stem for draft in unsaved}))
        self._say(f"Not saved: {plain(names, _WORDS)}. Ctrl+S saves; once more closes without.")
        return False

    def is_unsaved(self) -> bool:
        """Whether something was written that no file holds."""
        return bool(self.list.drafts.unsaved)

    def show_theme(self, theme: Theme) -> None:
        """Change to another theme."""
        self._theme = theme
        self.text.show_theme(theme)
        if self._draft:
            self._draft.colouring.show_theme(theme)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Forget what was asked once: nobody sees it any more."""
        self._asked_twice = ""
        super().hideEvent(event)

    def stop(self) -> None:
        """Check nothing more."""
        self._check.stop()

    # ── what happens ────────────────────────────────────────────────────────────────────────────
    @Slot(object)
    def _show(self, draft: Draft) -> None:
        self._show_none()
        self._draft = draft
        self.text.show_draft(draft)
        self._want_check(at_once=True)
        self.state.setText(standing_of(draft))

    def _show_none(self) -> None:
        """Take no text: there is no profile that it would belong to."""
        self._leave_question()
        self._draft = None
        self._check.stop()
        self.text.show_none()
        self.words.clear()
        self.faults.show_faults(())

    def _keep(self, draft: Draft, path: Path) -> None:
        done, sentence = kept(draft, path)
        if done:
            self.list.show_draft(draft)
        self._say(sentence)

    @Slot()
    def _relist(self) -> None:
        """Say in the list what is unsaved now."""
        if self._draft:
            self.list.show_draft(self._draft)

    @Slot()
    def _written(self) -> None:
        self._asked_twice = ""
        self._want_check()

    @Slot(object)
    def _checked(self, checked: Checked) -> None:
        self.faults.show_faults(checked.faults)
        self.text.mark([fault.line for fault in checked.faults if fault.line])
        self.words.setPlainText("\n".join(told(checked.profile)) if checked.profile else "")
        self._stand()

    @Slot()
    def _stand(self) -> None:
        """Say below the text what is wrong in the line of the cursor, else how much there is."""
        here = [fault for fault in self.faults.faults if fault.line == self.text.line]
        count = len(self.faults.faults)
        if here:
            self.standing.setText(in_words(here[0]))
        else:
            found = f"{count} fault{'s'[: count > 1]}" if count else "no fault"
            self.standing.setText(f"Line {self.text.line}  ·  {found}  ·  {_KEYS}")

    @Slot(str)
    def _named(self, name: str) -> None:
        path = path_of(name, self._shelf)
        if path is None:
            self._say("A file's name has letters, digits and - only.")
        elif self._draft:
            draft = self._draft
            self._leave_question()
            self._keep(draft, path)

    def _leave_question(self) -> None:
        if self.question.is_asking:
            self.question.hide()
            self.text.setFocus()

    def _rewrite(self, change: Callable[[str], str]) -> None:
        if self._draft is None or self.text.isReadOnly():
            return
        try:
            self.text.replace(change(self._draft.text))
        except ValueError as error:
            self._say(f"Not done: {plain(str(error), _WORDS)}.")

    def _may_keep_version(self, draft: Draft) -> bool:
        """Return whether it may be saved under the version it has; the second time it may."""
        if not rewriting.needs_version(draft.saved, draft.text):
            return True
        if self._is_second_time(f"save {draft.origin}"):
            return True
        self._say("It says something new under its old version: Ctrl+R raises it. Ctrl+S once more"
                  " saves it as it is.")  # fmt: skip
        return False

    def _is_second_time(self, what: str) -> bool:
        is_second, self._asked_twice = self._asked_twice == what, what
        return is_second

    def _want_check(self, *, at_once: bool = False) -> None:
        if draft := self._draft:
            place = draft.path or draft.origin
            self._check.want(draft.text, place.parent, place.name, at_once=at_once)

    @Slot(str)
    def _say(self, sentence: str) -> None:
        self.state.setText(sentence)
        announce(self, sentence, urgent=False)

    # ── how it is put together ──────────────────────────────────────────────────────────────────
    def _button(self, word: str, key: str, do: Callable[[], None]) -> KeyButton:
        button = KeyButton(word, key)
        button.clicked.connect(do)
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(key), self, do, context=within)
        return button

    def _arrange(self) -> None:
        self.words.setAccessibleName("What the profile does")
        self.words.setPlaceholderText("It is told here once there is no fault.")
        self.words.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        text = (self.text, self.standing, self.faults, self.question)
        arranged(self, self.list, text, self.words, self.state, self._buttons)
        self.setFocusProxy(self.list)

    def _connect(self) -> None:
        self.list.opened.connect(self._show)
        self.list.failed.connect(self._say)
        self.list.activated.connect(self.text.setFocus)
        self.text.textChanged.connect(self._written)
        self.text.modificationChanged.connect(self._relist)
        self.text.cursorPositionChanged.connect(self._stand)
        self.faults.chosen.connect(self.text.go_to)
        self.question.answered.connect(self._named)
        self.question.hasty.connect(self._say)
        self._check.checked.connect(self._checked)
