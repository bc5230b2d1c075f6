"""A sheet over the window on which the station is checked: each line is shown when it is found.

Never modal: scans land and the bench goes on meanwhile. The looking is done on a thread of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.actions import Act, key_of
from app.checkup import Checkup
from app.feedback import announce
from app.finding_row import FindingRow
from app.looking import Looking
from app.parts import Text
from app.sheet import Sheet
from app.staging.key_button import KeyButton
from app.theme import Theme
from bench.checks import Finding, udev_install
from bench.command_line.doctor import as_json, in_words, summary

FETCH = 50
"""Milliseconds between two looks at what was found."""
_HEADING = "Check of this station"


class StationCheck(QWidget):
    """The findings, line by line, and what can be done with them."""

    rules_wanted = Signal(str, str)
    """Heading and text of the udev rules, to be shown in place of this."""

    def __init__(self, checkup: Checkup, theme: Theme) -> None:
        super().__init__()
        self._checkup = checkup
        self._theme = theme
        self._looking = Looking(checkup.look)
        self.rows: list[FindingRow] = []
        self.state = Text("Looking …", wrap=True)
        self.progress = QProgressBar(minimum=0, maximum=0, textVisible=False)
        self.list = QScrollArea(widgetResizable=True)
        self.buttons = (
            self._button("Look again", key_of(Act.CHECK), self.look, is_key_of_window=True),
            self._button("Copy", "Ctrl+C", self.copy),
            self._button("Save JSON", "Ctrl+S", self.save),
            self._button("udev rules", "Ctrl+U", self.show_rules),
        )
        self._timer = QTimer(self, interval=FETCH)
        self._timer.timeout.connect(self._fetch)
        self._timer.start()
        self._arrange()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found so far."""
        return tuple(row.finding for row in self.rows)

    @property
    def is_looking(self) -> bool:
        """Whether more will come."""
        return self._timer.isActive()

    @Slot()
    def look(self) -> None:
        """Look at everything anew."""
        self.stop()
        self.list.setFocus()
        for row in self.rows:
            row.deleteLater()
        self.rows = []
        self.state.setText("Looking …")
        self.progress.show()
        self._looking = Looking(self._checkup.look)
        self._timer.start()

    @Slot()
    def copy(self) -> None:
        """Put all lines on the clipboard, as the terminal shows them."""
        told = "".join(in_words(finding) for finding in self.findings)
        QApplication.clipboard().setText(f"{told}{summary(self.findings)}\n")
        self._say("Copied.")

    @Slot()
    def save(self) -> None:
        """Write all findings to a file of their own, and say where it is."""
        folder = self._checkup.keep
        file = folder / f"station-{datetime.now(UTC):%Y%m%dT%H%M%S}.json"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file.write_text(as_json(self.findings) + "\n", "utf-8")
        except OSError as error:
            self._say(f"It could not be saved in {folder}: {error.strerror}.")
            return
        self._say(f"Saved as {file}.")

    @Slot()
    def show_rules(self) -> None:
        """Show the udev rules, and above them the command that installs them."""
        rules = self._checkup.udev_rules
        try:
            told = rules.read_text("utf-8")
        except OSError as error:
            self._say(f"{rules} cannot be read: {error.strerror}.")
            return
        self.rules_wanted.emit("udev rules", f"Install them with:\n{udev_install(rules)}\n\n{told}")

    def stop(self) -> None:
        """Look at nothing more."""
        self._timer.stop()
        self._looking.stop()

    def show_theme(self, theme: Theme) -> None:
        """Change to another theme."""
        self._theme = theme
        for row in self.rows:
            row.show_theme(theme)

    def _fetch(self) -> None:
        new, is_over = self._looking.fetch()
        for finding in new:
            self._add(finding)
        if is_over:
            self._timer.stop()
            self.progress.hide()
            self._say(summary(self.findings))
        elif new:
            self.state.setText(f"Looking … {len(self.rows)} so far")

    def _add(self, finding: Finding) -> None:
        row = FindingRow(finding, self._theme)
        row.focused.connect(self.list.ensureWidgetVisible)
        self._column.insertWidget(len(self.rows), row)
        row.show()  # a layout does it a turn later, and only what is shown takes the focus
        self.rows.append(row)
        if len(self.rows) == 1 and self.list.hasFocus():
            row.setFocus()

    def _say(self, told: str) -> None:
        self.state.setText(told)
        announce(self, told, urgent=False)

    def _button(
        self, word: str, key: str, do: Callable[[], None], *, is_key_of_window: bool = False
    ) -> KeyButton:
        button = KeyButton(word, key)
        button.clicked.connect(do)
        if not is_key_of_window:
            within = Qt.ShortcutContext.WidgetWithChildrenShortcut
            QShortcut(QKeySequence(key), self, do, context=within)
        return button

    def _arrange(self) -> None:
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addStretch(1)
        self.list.setFrameShape(QScrollArea.Shape.NoFrame)
        self.list.setWidget(inside)
        self.list.setAccessibleName(_HEADING)
        for surface in (inside, self.list.viewport()):
            surface.setAutoFillBackground(False)
        self.progress.setFixedHeight(6)
        self.progress.setAccessibleName("The station is being looked at")
        foot = QHBoxLayout()
        foot.addWidget(self.state, 1)
        for button in self.buttons:
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.progress)
        column.addWidget(self.list, 1)
        column.addLayout(foot)
        self.setFocusProxy(self.list)


class CheckSheet(Sheet):
    """The check, laid over the window; closing it ends the looking."""

    def __init__(self, parent: QWidget, checkup: Checkup, theme: Theme) -> None:
        self.check = StationCheck(checkup, theme)
        super().__init__(parent, _HEADING, self.check, fits=False)

    def show_theme(self, theme: Theme) -> None:
        """Change to another theme."""
        self.check.show_theme(theme)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """End the looking."""
        self.check.stop()
        super().closeEvent(event)
