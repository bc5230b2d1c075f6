"""The Qt application around one bench: theme, crash reports, collection on this thread, the end.

Shutdown goes from the hardware outwards: the bench's own tasks, its thread and bridge, the window.
"""

from __future__ import annotations

import contextlib
import faulthandler
import signal
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, TextIO

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from app.bridge import Bench, BenchThread, Changes
from app.main_window import MainWindow
from app.pictures import Pictures
from app.rubbish import Collector
from app.theme import Choice, chosen, foreseen
from bench.settings import state_folder

if TYPE_CHECKING:
    from app.checkup import Checkup
    from app.profile_shelf import ProfileShelf
    from bench.problems import Problem  # nothing has failed at the start

LINGER = 20.0
"""Seconds a finished demonstration stays in sight when nobody touches it."""
_ICON = Path(__file__).parents[1] / "resources" / "icons" / "staging-bench.png"
_STYLE = ("-style", "Fusion")
"""As words to Qt: asked in Python it hands its style back, and loading that takes 5 ms."""
_SWITCH = 0.0005
"""Seconds the bench's thread may keep the interpreter while the window waits for it."""
_TOUCHES = (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin)


def run_window(
    bench: Bench,
    *,
    theme: Choice = "system",
    screenshots: Path | None = None,
    finish: Literal["stay", "close"] = "stay",
    linger: float = LINGER,
    reports: Path | None = None,
    checkup: Checkup | None = None,
    shelf: ProfileShelf | None = None,
) -> int:
    """Show the window until it is closed; return 0, or 1 if the bench could not go on.

    With `finish` "close" the window closes `linger` seconds after the bench has ended by itself,
    unless somebody touches it. Crash reports go to `reports`, by default below the XDG state home.
    `checkup` is how the station is checked; a simulated one is not. `shelf` is where profiles lie
    that may be looked at and edited.
    """
    app = QApplication.instance() or QApplication([sys.argv[0], *_STYLE])
    assert isinstance(app, QApplication)
    app.setApplicationName("Staging Bench")
    app.setDesktopFileName("staging-bench")
    app.setQuitOnLastWindowClosed(False)
    with _process(), contextlib.ExitStack() as ending:
        folder = reports or state_folder() / "reports"
        session = Session(
            bench, theme, folder, finish=finish, linger=linger, checkup=checkup, shelf=shelf
        )
        ending.enter_context(session.watched())
        session.begin(screenshots)
        app.exec()
        return session.end()


class Session(QObject):
    """One window on one bench, from the first paint to the last."""

    def __init__(
        self,
        bench: Bench,
        theme: Choice,
        reports: Path,
        *,
        finish: Literal["stay", "close"],
        linger: float,
        checkup: Checkup | None = None,
        shelf: ProfileShelf | None = None,
    ) -> None:
        super().__init__()
        self._reports = reports
        self._finish, self._linger = finish, linger
        self._choice, self._theme = theme, foreseen(theme)
        self._told: set[str] = set()
        self._failed = False
        self._closing = False
        self._pictures: Pictures | None = None
        self._thread = BenchThread(bench, self)
        self.window = MainWindow(
            bench.name, bench.layout, self._thread.post, self._theme,
            simulated=bench.simulated, checkup=checkup, shelf=shelf,
        )  # fmt: skip
        self._rubbish = Collector(self)
        self._patience = QTimer(self, singleShot=True)
        self._patience.timeout.connect(self.window.close)
        self._connect()

    def begin(self, screenshots: Path | None) -> None:
        """Show the window and start the bench behind it."""
        self._pictures = Pictures(screenshots, self.window) if screenshots else None
        self.window.show()
        self._rubbish.start()

    def end(self) -> int:
        """Stop the bench, then let the window go; return the exit code."""
        self._rubbish.stop()
        stopped = self._thread.stop()
        self.window.deleteLater()
        if not stopped:
            sys.stderr.write("The bench did not stop within ten seconds.\n")
        return 1 if self._failed or not stopped else 0

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Catch what nobody else does, in Python and below it, as a crash report."""
        before = sys.excepthook
        sys.excepthook = self._bug
        try:
            with _faults(self._reports):
                yield
        finally:
            sys.excepthook = before

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keep the window open once somebody touches it."""
        if event.type() in _TOUCHES:
            self._patience.stop()
        return super().eventFilter(watched, event)

    def _connect(self) -> None:
        self._thread.changed.connect(self._changed)
        self._thread.refused.connect(self._refused)
        self._thread.crashed.connect(self._crashed)
        self._thread.ended.connect(self._ended)
        self.window.furnished.connect(self._whole)
        self.window.furnished.connect(self._thread.start)
        self.window.closed.connect(self._closed)
        if self._choice == "system":
            QApplication.styleHints().colorSchemeChanged.connect(self._recolour)

    @Slot()
    def _whole(self) -> None:
        """Load what is needed with the first handset or scan, so that none of them waits for it."""
        from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QIcon  # noqa: PLC0415
        from PySide6.QtWidgets import QStyle  # noqa: PLC0415 - slow, all of them

        from app.central import chip  # noqa: PLC0415 - the centre may speak in the midst of work

        _ = QAccessible, QAccessibleAnnouncementEvent, QStyle, chip
        QApplication.setWindowIcon(QIcon(str(_ICON)))
        if self._choice == "system":
            self._recolour()

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        self._rubbish.busy()
        self.window.show_changes(changes)
        if self._pictures:
            self._pictures.look(self.window.workplace.table.views())

    @Slot(object)
    def _refused(self, problems: tuple[Problem, ...]) -> None:
        self._failed = True
        self.window.show_refusal(problems)

    @Slot(str)
    def _crashed(self, told: str) -> None:
        self._failed = True
        self._report("The bench met something it does not know", told)

    @Slot()
    def _ended(self) -> None:
        if self._pictures:
            self._pictures.end()
        if self._closing:
            return
        what = "The bench has stopped" if self._failed else "Demo finished"
        if self._finish == "stay":
            self.window.show_end(f"{what} — Ctrl+Q closes the window", good=not self._failed)
            return
        then = f"the window closes in {self._linger:.0f} s; press any key to keep it"
        self.window.show_end(f"{what} — {then}", good=not self._failed)
        self.window.windowHandle().installEventFilter(self)
        self._patience.start(round(self._linger * 1000))

    @Slot()
    def _closed(self) -> None:
        self._closing = True
        QApplication.quit()

    @Slot()
    def _recolour(self) -> None:
        if self._theme is not (theme := chosen(self._choice)):
            self._theme = theme
            self.window.show_theme(theme)

    def _bug(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        told = "".join(traceback.format_exception(kind, error, trace))
        self._report("The window met something it does not know", told)

    def _report(self, title: str, told: str) -> None:
        from app import crash  # noqa: PLC0415 - nothing has failed at the start

        text = crash.report(title, told)
        sys.stderr.write(text)
        if told in self._told:
            return
        self._told.add(told)
        try:
            where = f"Kept as {crash.keep(self._reports, text)}; it was sent nowhere."
        except OSError as error:
            where = f"It could not be kept: {error.strerror}."
        self.window.show_report(title, f"{where}\n\n{text}")


@contextlib.contextmanager
def _process() -> Iterator[None]:
    """Set for the whole process what the window needs, and put it back."""
    interval = sys.getswitchinterval()
    asked = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(sign, lambda *_: QApplication.quit()) for sign in asked]
    sys.setswitchinterval(_SWITCH)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        for sign, handler in zip(asked, before, strict=True):
            signal.signal(sign, handler)


@contextlib.contextmanager
def _faults(reports: Path) -> Iterator[None]:
    """Have a hard crash write where it happened, unless somebody else already listens."""
    if faulthandler.is_enabled():
        yield
        return
    with contextlib.ExitStack() as open_file:
        try:
            reports.mkdir(parents=True, exist_ok=True, mode=0o700)
            file: TextIO = open_file.enter_context(
                (reports / "faults.txt").open("a", encoding="utf-8")
            )
        except OSError:
            file = sys.stderr
        faulthandler.enable(file)
        yield
        faulthandler.disable()
