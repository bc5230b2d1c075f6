"""The paper for scanners, made by the program as another process and shown by the desktop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from app.checkup import Checkup

NAME = "scanner-paper.pdf"
_REASON = 200
"""Characters kept of why it could not be made: the last ones say it."""


def make_paper(checkup: Checkup | None, parent: QObject, say: Callable[[str], None]) -> None:
    """Make the paper and open it; `say` is told where it is, or why there is none.

    One is made at a time; it is given up when `parent` goes.
    """
    if checkup is None:
        say("This bench is simulated: its scanner needs no paper.")
        return
    say("The paper for scanners is being made.")
    if not any(making.is_under_way for making in parent.findChildren(_Making)):
        _Making(checkup.paper, checkup.keep / NAME, parent, say)


class _Making(QProcess):
    """The process that makes it."""

    def __init__(
        self, command: Sequence[str], file: Path, parent: QObject, say: Callable[[str], None]
    ) -> None:
        super().__init__(parent)
        self._file = file
        self._say = say
        self.finished.connect(self._ended)
        self.errorOccurred.connect(self._erred)
        parent.destroyed.connect(self._give_up)
        program, *words = command
        self.start(program, [*words, "--out", str(file)])

    @property
    def is_under_way(self) -> bool:
        """Whether it has not ended yet."""
        return self.state() is not QProcess.ProcessState.NotRunning

    @Slot(int, QProcess.ExitStatus)
    def _ended(self, code: int, how: QProcess.ExitStatus) -> None:
        if code or how is QProcess.ExitStatus.CrashExit:
            self._failed()
            return
        self.deleteLater()
        self._say(f"The paper for scanners is in {self._file}.")
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._file)))

    @Slot(QProcess.ProcessError)
    def _erred(self, error: QProcess.ProcessError) -> None:
        """One that has started also ends, and is told of then."""
        if error is QProcess.ProcessError.FailedToStart:
            self._failed()

    def _failed(self) -> None:
        said = bytes(self.readAllStandardError().data()).decode("utf-8", "replace").strip()
        self.deleteLater()
        reason = (said or self.errorString())[-_REASON:]
        self._say(f"The paper for scanners could not be made: {reason}")

    @Slot()
    def _give_up(self) -> None:
        """Nobody is there any more to be told."""
        self.blockSignals(True)  # noqa: FBT003 - Qt's own
        self.kill()
        self.waitForFinished()
