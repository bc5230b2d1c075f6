"""A window at the scale of its environment: shows each text, and keeps what was painted.

Takes a folder, and the texts as JSON on standard input; says on standard output at which device
pixels the code's square stands in each picture, and at which scale all was painted. With the word
`screen` the pictures are of the whole screen, as the display server has it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtCore import QPointF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QWidget

from app.enrolment_code import CodeView
from bench.enrolment.codes import make_code
from bench.events.person import HiddenText


def main() -> None:
    folder, is_screen = Path(sys.argv[1]), "screen" in sys.argv
    app = QApplication(sys.argv[:1])
    window, view = QWidget(), CodeView()
    row = QHBoxLayout(window)
    row.setContentsMargins(7, 3, 5, 9)  # so that nothing begins at a whole pixel by chance
    row.addWidget(QLabel("Slot B3"))
    row.addWidget(view)
    window.show()
    squares = {}
    for name, text in json.load(sys.stdin).items():
        view.show_code(make_code(HiddenText(text)))
        window.resize(571, 533)
        QTest.qWait(150 if is_screen else 20)
        taken = window.screen().grabWindow(0) if is_screen else window.grab()
        taken.save(str(folder / f"{name}.png"))
        ratio = window.devicePixelRatioF()
        corner = view.square.mapTo(window, QPointF(0, 0)) * ratio
        size = view.square.size() * ratio
        squares[name] = [corner.x(), corner.y(), size.width(), size.height()]
    sys.stdout.write(json.dumps({"ratio": window.devicePixelRatioF(), "squares": squares}))
    app.quit()


if __name__ == "__main__":
    main()
