"""The product's window on a display: what it posts and what its field holds, as lines of JSON."""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import QEvent, QObject, QSocketNotifier, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from app.main_window import MainWindow
from app.theme import LIGHT
from app.wedge import HOLD
from bench.events.person import TextScanned
from bench.events.run import Fact
from bench.staging.slots import HubLayout

SETTLED = 2 * HOLD
"""Milliseconds after which whatever was held has been handed on."""


class Gaps(QObject):
    """Sees the keys before the wedge does: how long the longest pause was, in milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self._last = 0
        self.longest = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if self._last:
                self.longest = max(self.longest, event.timestamp() - self._last)
            self._last = event.timestamp()
        return False

    def take(self) -> int:
        longest, self.longest, self._last = self.longest, 0, 0
        return longest


def say(*told: str) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def post(fact: Fact) -> bool:
    if isinstance(fact, TextScanned):
        say("scan", fact.text)
    else:
        say("other", repr(fact))
    return True


def main() -> None:
    application = QApplication(sys.argv)
    window = MainWindow("bench-07", HubLayout(2, 2), post, LIGHT, simulated=False)
    field, gaps = window.scan_bar.field, Gaps()

    def ready() -> None:
        window.windowHandle().installEventFilter(gaps)
        say("ready")

    def tell() -> None:
        say("text", field.text(), str(gaps.take()))
        field.clear()

    def obey() -> None:
        match sys.stdin.readline().strip():
            case "focus":
                field.setFocus()
                say("focus", str(field.hasFocus()))
            case "text":
                QTimer.singleShot(SETTLED, tell)
            case _:
                application.quit()

    orders = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    orders.activated.connect(obey)
    window.furnished.connect(ready)
    window.show()
    application.exec()


if __name__ == "__main__":
    main()
