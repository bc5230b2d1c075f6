"""When the chip changes, so that it can be read, and how much of what waited is sent. Pure."""

from __future__ import annotations

from bench.events.central import CentreState, CentreView

BETWEEN = 400
"""Milliseconds between two numbers."""
PATIENCE = 1500
"""Milliseconds for which something must wait before it is no longer said to be in step.

Every commit makes something wait for a moment; a chip that said so would never stand still.
"""
TOLD = (CentreState.AWAY, CentreState.STOPPED, CentreState.IN_STEP)
AT_FIRST = CentreState.IN_STEP
"""What is taken as told when nothing was: that all is well is no news."""


def hold(shown: CentreView | None, new: CentreView) -> int:
    """Return for how many milliseconds what is shown stays, though there is something new."""
    is_bad = new.state in (CentreState.AWAY, CentreState.STOPPED)
    if shown is None or (is_bad and new.state is not shown.state):
        return 0
    was_in_step = shown.state is CentreState.IN_STEP and new.state is not CentreState.IN_STEP
    return PATIENCE if was_in_step else BETWEEN


def is_told(before: CentreState | None, new: CentreState) -> bool:
    """Whether a screen reader says so: trouble and its end are told, once; numbers never.

    `before` is what was told last, None where whatever comes is to be told.
    """
    return new in TOLD and new is not before


class Spell:
    """How much is sent of what waited when sending began."""

    def __init__(self) -> None:
        self._most = 0

    def share(self, view: CentreView) -> float:
        """Take what waits now; return the share that is sent, 0 to 1."""
        if view.state in (CentreState.IN_STEP, CentreState.STOPPED) or not view.waiting:
            self._most = 0
            return 1.0
        self._most = max(self._most, view.waiting)
        return (self._most - view.waiting) / self._most
