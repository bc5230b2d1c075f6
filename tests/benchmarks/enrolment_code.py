"""From what a code says to its painted picture, in a process of its own.

Each repetition has a text of its own, so that nothing drawn before is of use: the code is made,
given to its view, and the view painted whole, with the words below it. The floor is the library's
bare matrix. Prints milliseconds as JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from string import ascii_letters

import zxingcpp
from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from app.enrolment_code import CodeView
from bench.enrolment.codes import make_code
from bench.enrolment.codes.symbol import symbol
from bench.events.person import HiddenText
from tests.app.enrolment_code import payloads

_MS = 1000.0
_LARGEST = 2953
_WORDS = 120
"""Pixels of the words below a code that wrap."""
_PANEL, _SCREEN = QSize(420, 520), QSize(1920, 1080)
"""Pixels of the view on the slot's panel, and full screen; no less than the code needs."""


def usual(number: int) -> str:
    """Return Intune's payload with Wi-Fi and locale, and a token of its own."""
    text = _USUAL.replace("A1b2C3d4E5f6G7h8J9k0", f"{number:020x}")
    assert text != _USUAL
    return text


def largest(number: int) -> str:
    """Return as long a text as any code holds."""
    return "".join(random.Random(number).choices(ascii_letters, k=_LARGEST))


_USUAL = payloads.texts()["locale"]
_CASES: dict[str, tuple[Callable[[int], str], str, QSize]] = {
    "usual, on the panel": (usual, "M", _PANEL),
    "usual, full screen": (usual, "M", _SCREEN),
    "largest, on the panel": (largest, "L", _PANEL),
    "largest, full screen": (largest, "L", _SCREEN),
}


def measure(case: str, repetitions: int) -> dict[str, list[float]]:
    """Paint so many codes; return ms of each, and of the bare matrix."""
    made, level, size = _CASES[case]
    view = CodeView()
    view.show_code(make_code(HiddenText(made(0)), datetime.now(UTC) + timedelta(hours=1)))
    view.show()
    view.resize(size.expandedTo(view.minimumSizeHint() + QSize(0, _WORDS)))
    QApplication.processEvents()
    assert zxing_reads(view, made(0)), "what is measured is no code that can be read"
    painted, bare = [], []
    for number in range(1, repetitions + 1):
        text = made(number)
        began = time.perf_counter()
        view.show_code(make_code(HiddenText(text), datetime.now(UTC) + timedelta(hours=1)))
        view.grab()
        painted.append((time.perf_counter() - began) * _MS)
        began = time.perf_counter()
        symbol(text.encode(), level)
        bare.append((time.perf_counter() - began) * _MS)
    return {"painted": painted, "bare": bare}


def zxing_reads(view: CodeView, text: str) -> bool:
    """Return whether another reader reads the text from what is painted."""
    grabbed = view.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    size = grabbed.width(), grabbed.height()
    picture = Image.frombytes("RGBA", size, bytes(grabbed.constBits())).convert("L")
    return [found.bytes for found in zxingcpp.read_barcodes(picture)] == [text.encode()]


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.enrolment_code")
    parser.add_argument("--repetitions", type=int, default=50)
    asked = parser.parse_args()
    app = QApplication(sys.argv[:1])
    took = {case: measure(case, asked.repetitions) for case in _CASES}
    sys.stdout.write(json.dumps(took) + "\n")
    app.quit()


if __name__ == "__main__":
    main()
