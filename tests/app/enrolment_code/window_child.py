"""The main window at the scale of its environment, with a code for the chosen slot on its panel.

As `scaled_child`: takes a folder, and the texts as JSON on standard input; says on standard output
where the code's square stands in each picture of the whole window.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtCore import QPointF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.bridge import Changes
from app.enrolment_code import CodeView
from app.enrolment_code.drawing import QUIET
from app.feedback import Sounds
from app.main_window import MainWindow
from app.theme import LIGHT
from bench.enrolment.codes import make_code
from bench.events.person import HiddenText
from bench.events.views import Category, SlotView, TallyView
from bench.identity.identifiers import SlotCode
from bench.staging.slots import HubLayout

_LEAST = 2
"""Pixels of a module that a camera needs, before the screen's scale."""


def settled(window: MainWindow, modules: int) -> CodeView:
    """Return the view of the code once it has got the room it asks for."""
    for _ in range(500):
        QTest.qWait(10)
        for view in window.findChildren(CodeView):
            side = min(view.square.width(), view.square.height())
            if view.isVisible() and side >= _LEAST * (modules + 2 * QUIET):
                return view
    raise AssertionError("the code has no room")


def main() -> None:
    folder, app = Path(sys.argv[1]), QApplication(sys.argv[:1])
    sounds = Sounds(beep=lambda: None)
    layout = HubLayout(4, 4)
    window = MainWindow("bench-07", layout, lambda _: True, LIGHT, simulated=False, sounds=sounds)
    window.show()
    window.resize(1360, 1000)
    squares = {}
    for name, text in json.load(sys.stdin).items():
        code = make_code(HiddenText(text))
        slot = SlotView(SlotCode.parse("A1"), Category.NEEDS_YOU, "Show code", code=code)
        window.show_changes(Changes((slot,), (), TallyView(), (), None, ()))
        view = settled(window, len(code.rows))
        window.grab().save(str(folder / f"{name}.png"))
        ratio = window.devicePixelRatioF()
        corner, size = view.square.mapTo(window, QPointF(0, 0)) * ratio, view.square.size() * ratio
        squares[name] = [corner.x(), corner.y(), size.width(), size.height()]
    sys.stdout.write(json.dumps({"ratio": window.devicePixelRatioF(), "squares": squares}))
    window.close()
    app.quit()


if __name__ == "__main__":
    main()
