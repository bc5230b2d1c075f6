"""Shows a window and ends the process at a paint of it: the whole process is what is timed.

`product` is the program as a person starts it, to its first paint; `whole` the same to the paint
that shows all of it, before its bench starts; `empty` is a window with nothing in it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path


def product(painted: str) -> None:
    """Start the program as its icon does, on a bench that has settings.

    `painted` is what the window calls when that paint of it is over.
    """
    import main  # noqa: PLC0415 - loading is part of what is timed

    settings = Path(os.environ["XDG_CONFIG_HOME"]) / "staging-bench" / "settings.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text('[station]\nname = "bench-07"\n', encoding="utf-8")
    load = main._run_window

    def loaded() -> Callable[..., int]:
        run_window = load()
        from app.main_window import MainWindow  # noqa: PLC0415 - loaded by the line above

        setattr(MainWindow, painted, _painted)
        return run_window

    main._run_window = loaded
    main.window()


def empty() -> None:
    """Show an empty window."""
    from PySide6.QtCore import QTimer  # noqa: PLC0415
    from PySide6.QtGui import QPaintEvent  # noqa: PLC0415
    from PySide6.QtWidgets import QApplication, QMainWindow  # noqa: PLC0415

    class Window(QMainWindow):
        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
            super().paintEvent(event)
            QTimer.singleShot(0, lambda: _painted(self))

    application = QApplication([])
    window = Window()
    window.resize(1360, 850)
    window.show()
    application.exec()


def _painted(_: object) -> None:
    os.write(1, b"true\n")
    os._exit(0)


if __name__ == "__main__":
    match sys.argv[1]:
        case "product":
            product("_painted")
        case "whole":
            product("_whole")
        case _:
            empty()
