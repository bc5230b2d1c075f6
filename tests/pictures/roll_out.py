"""`python -m tests.pictures.roll_out`: the window at the roll-out of the example, as a picture.

It writes resources/pictures/roll-out.png, 1360 by 850, unless it is told another file. The example
is made anew (40 s) unless the folder of one is named.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bench.command_line.program import Program
from bench.command_line.stock.example import make
from bench.command_line.stock.opening import open_stock
from bench.events.desks import DeskView, Workspace
from bench.stock.desk.means import Means
from bench.stock.programme.desk import begin

_ROOT = Path(__file__).parents[2]
_OUT = _ROOT / "resources" / "pictures" / "roll-out.png"
_EXAMPLE = "pcd-1323"
_SLOTS = 4
_TURNS = 200
_LARGEST = 20
"""Steps of the zoom that end at twice the size."""


def shown(record: Path, program: Program) -> DeskView:
    """Return the desk as whoever goes to the roll-out sees it."""
    with open_stock(program, record) as (ledger, book):
        means = Means(
            book=book, ledger=ledger, bench="example", simulated=True,
            now=lambda: datetime.now(UTC), papers=record.parent, fonts=program.fonts,
        )  # fmt: skip
        face = begin(means).face()
    return DeskView(
        Workspace.ROLL_OUT, face.title, face.prompt, 1, face.wanted, face.choices,
        remark=face.remark, page=face.page,
    )  # fmt: skip


def take(desk: DeskView, out: Path, *, dark: bool, twice: bool) -> None:
    """Show it in the window, and save what is seen."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - the platform is set by now

    from app.actions import Act  # noqa: PLC0415 - as above
    from app.bridge import Changes  # noqa: PLC0415 - as above
    from app.feedback import Sounds  # noqa: PLC0415 - as above
    from app.main_window import MainWindow  # noqa: PLC0415 - as above
    from app.theme import DARK, LIGHT  # noqa: PLC0415 - as above
    from bench.events.views import TallyView  # noqa: PLC0415 - as above
    from bench.staging.slots import HubLayout  # noqa: PLC0415 - as above

    application = QApplication.instance() or QApplication(["roll-out", "-style", "Fusion"])
    layout, theme = HubLayout(_SLOTS, _SLOTS), DARK if dark else LIGHT
    sounds = Sounds(beep=lambda: None)
    window = MainWindow("example", layout, lambda _: True, theme, simulated=True, sounds=sounds)
    window.show()
    for turn in range(_TURNS):
        application.processEvents()
        if turn == _TURNS // 4:
            window.show_changes(Changes((), (), TallyView(), (), None, (), desk=desk))
            for _ in range(_LARGEST if twice else 0):
                window.do(Act.LARGER)
    window.grab().save(str(out))
    window.close()


@contextmanager
def _example(folder: Path | None, program: Program) -> Iterator[Path]:
    if folder:
        yield folder / "ledger.db"
        return
    with tempfile.TemporaryDirectory(prefix="roll-out-") as made:
        make(_EXAMPLE, Path(made) / _EXAMPLE, program)
        yield Path(made) / _EXAMPLE / "ledger.db"


def main() -> None:
    """Take it."""
    parser = argparse.ArgumentParser(prog="python -m tests.pictures.roll_out")
    parser.add_argument("--out", type=Path, default=_OUT, metavar="FILE")
    parser.add_argument("--example", type=Path, metavar="DIR", help="one that was made before")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--twice", action="store_true", help="at twice the size")
    asked = parser.parse_args()
    program = Program(_ROOT / "resources", lambda: "0" * 64)
    with _example(asked.example, program) as record:
        desk = shown(record, program)
    take(desk, asked.out, dark=asked.dark, twice=asked.twice)
    sys.stdout.write(f"{asked.out}\n")


if __name__ == "__main__":
    main()
