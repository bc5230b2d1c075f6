"""The paper for scanners, made by the program as another process and shown by the desktop."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QProcess, QUrl
from PySide6.QtGui import QDesktopServices

from app.checkup import Checkup

NAME = "scanner-paper.pdf"


def make_paper(checkup: Checkup | None, parent: QObject, say: Callable[[str], None]) -> None:
    """Make the paper and open it; `say` is told where it is, or why there is none."""
    if checkup is None:
        say("This bench is simulated: its scanner needs no paper.")
        return
    file = checkup.keep / NAME
    program, *words = checkup.paper
    making = QProcess(parent)

    def failed() -> None:
        said = bytes(making.readAllStandardError().data()).decode("utf-8", "replace")
        say(f"The paper for scanners could not be made: {said.strip()[-200:]}")
        making.deleteLater()

    def made(code: int) -> None:
        if code:
            failed()
            return
        making.deleteLater()
        say(f"The paper for scanners is in {file}.")
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))

    making.finished.connect(made)
    making.errorOccurred.connect(failed)
    say("The paper for scanners is being made.")
    making.start(program, [*words, "--out", str(file)])
