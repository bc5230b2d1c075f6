"""The window's corner for the central store: the chip where there is one, and the panel when asked.

Made with the workplace, behind the first paint; the chip is made with the first thing there is to
say, and never on a bench that works by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QBoxLayout, QWidget

from app.actions import Act, key_of
from app.central import calm, words
from app.feedback import announce

if TYPE_CHECKING:
    from app.central.chip import CentreChip  # where there is a centre
    from app.central.panel import CentrePanel  # when it is asked for
    from app.theme import Theme
    from bench.events.central import CentreState, CentreView
    from bench.events.run import Fact  # loads every room of the facts; the window posts a few
    from bench.problems import Problem

_MINUTE = 60_000
_MOST = 4
"""Problems of the centre that are said at once."""


def _now() -> datetime:
    return datetime.now(UTC)


class CentreCorner(QObject):
    """Shows how the bench stands with the centre, calmly; `post` takes that it shall sync now."""

    asked = Signal()
    """The chip was pressed."""

    def __init__(
        self,
        room: QBoxLayout,
        post: Callable[[Fact], bool],
        theme: Callable[[], Theme],
        say: Callable[[str], None],
        now: Callable[[], datetime] = _now,
    ) -> None:
        super().__init__(room.parentWidget())
        self._room, self._post, self._theme, self._say = room, post, theme, say
        self._now = now
        self.chip: CentreChip | None = None
        self.panel: CentrePanel | None = None
        self._new: CentreView | None = None
        self._shown: CentreView | None = None
        self._problems: tuple[str, ...] = ()
        self._told: CentreState | None = calm.AT_FIRST
        self._spell = calm.Spell()
        self._share = self._new_share = 0.0
        self._held = QTimer(self, singleShot=True)
        self._held.timeout.connect(self._show)
        self._clock = QTimer(self, interval=_MINUTE)
        self._clock.timeout.connect(self._render)

    def show_view(self, view: CentreView | None, problems: Sequence[Problem]) -> None:
        """Show how the bench stands, None for a bench by itself; and what stands in the way."""
        self._take_problems(problems)
        if view is None or view == self._new:
            return
        self._new = view
        self._new_share = self._spell.share(view)
        wait = calm.hold(self._shown, view)
        if view == self._shown:
            self._held.stop()
        elif not wait:
            self._show()
        elif not self._held.isActive():
            self._held.start(wait)

    def open(self, parent: QWidget) -> CentrePanel:
        """Return the panel, laid over `parent`."""
        from app.central.panel import CentreLines, CentrePanel  # noqa: PLC0415 - where it is asked for

        lines = CentreLines()
        lines.wanted.connect(self.sync)
        self.panel = CentrePanel(parent, lines)
        self.panel.left.connect(self._left)
        self._render()
        return self.panel

    @Slot()
    def sync(self) -> None:
        """Have what waits sent now; how that ends is told, whatever was told before."""
        from bench.events.central import SyncRequested  # noqa: PLC0415 - as everywhere in the window

        if self._post(SyncRequested()):
            self._told = None
            self._say("What waits for the central store is being sent.")
        else:
            self._say("The bench is not running.")

    @Slot()
    def _show(self) -> None:
        self._held.stop()
        assert self._new
        self._shown, self._share = self._new, self._new_share
        if self.chip is None:
            self.chip = self._furnish()
        self._render()
        self._announce()

    @Slot()
    def _render(self) -> None:
        if self._shown is None or self.chip is None:
            return
        now = self._now()
        said = words.said(self._shown, self._share, now)
        rows = words.rows(self._shown, now)
        trouble = words.trouble(self._shown, self._problems)
        more = "\n".join((*filter(None, (trouble,)), *(f"{a}: {b}" for a, b in rows)))
        self.chip.show_said(said, self._shown.state, self._share, more)
        if self.panel:
            self.panel.lines.show_lines(said.line, rows, trouble)

    def _announce(self) -> None:
        assert self._shown
        assert self.chip
        state = self._shown.state
        if calm.is_told(self._told, state):
            announce(self.chip, self.chip.accessibleName(), urgent=state is state.STOPPED)
        if state in calm.TOLD:
            self._told = state

    def _take_problems(self, problems: Sequence[Problem]) -> None:
        told: tuple[str, ...] = ()
        if problems:
            from bench.problems.catalogue.central import CENTRAL  # noqa: PLC0415 - nothing stands at the start

            told = tuple(str(each) for each in problems if each.code in CENTRAL)[:_MOST]
        if told != self._problems:
            self._problems = told
            self._render()

    def _furnish(self) -> CentreChip:
        from app.central.chip import CentreChip  # noqa: PLC0415 - where there is a centre

        chip = CentreChip(self._theme, key_of(Act.CENTRE))
        chip.clicked.connect(self.asked)
        self._room.addWidget(chip)
        chip.show()  # a layout does it a turn later
        self._clock.start()
        return chip

    @Slot()
    def _left(self) -> None:
        self.panel = None
