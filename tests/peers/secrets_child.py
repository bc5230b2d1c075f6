"""A demo with its window, every log line kept, and a bug met with a secret in hand.

Writes the secrets of the exercise, a line each, into the file that is named second.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer

import main
from app.application import run_window
from app.enrolment_code import CodeView
from bench.command_line.arguments import METHODS, Demo
from bench.command_line.training_day import TrainingDay
from bench.events.enrolment import ShownCode
from hardware.simulator.intune import SimulatedIntune


def run(out: Path, secrets: Path) -> int:
    """Run the demo into `out`."""
    logging.basicConfig(filename=out / "everything.log", level=logging.DEBUG)
    demo = Demo(8, headless=False, seed=1, faults=(), methods=METHODS, out=out, json=False)
    simulator = main._simulator(demo, 0.15)
    secrets.write_text(simulator.secrets["bench-wifi"] + "\n", "utf-8")
    _tell_tokens(secrets)
    _meet_a_bug()
    day = TrainingDay(demo.handsets, out, simulator, main._program, demo.methods)
    code = run_window(day, screenshots=out, finish="close", linger=0.0, reports=out / "reports")
    day.keep_labels()
    day.lay_out_evidence()
    return code


def _tell_tokens(secrets: Path) -> None:
    make = SimulatedIntune.make_profile

    def told(self: SimulatedIntune, *args: Any, **kwargs: Any) -> str:
        token = make(self, *args, **kwargs)
        with secrets.open("a", encoding="utf-8") as file:
            file.write(token + "\n")
        return token

    SimulatedIntune.make_profile = told  # type: ignore[method-assign,assignment]


def _meet_a_bug() -> None:
    """Fail once with the whole payload in the words of an exception."""
    show = CodeView.show_code
    failed: list[ShownCode] = []

    def shown(self: CodeView, code: ShownCode | None) -> None:
        show(self, code)
        if code is not None and not failed:
            failed.append(code)
            QTimer.singleShot(0, lambda: _fail(code.text.text))

    CodeView.show_code = shown  # type: ignore[method-assign]


def _fail(text: str) -> None:
    raise RuntimeError(f"a bug about {text}")


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), Path(sys.argv[2])))
