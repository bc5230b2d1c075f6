"""Looks at the station on a thread that knows nothing of Qt; whoever shows it fetches findings."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable

from bench.checks import Finding, Severity
from bench.identity.plain import plain

_LINE = 400


class Looking:
    """One look at the station, on a thread; ended by `stop` once the check at work is done."""

    def __init__(self, look: Callable[[], Iterable[Finding]]) -> None:
        self._look = look
        self._found: deque[Finding] = deque()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="station check", daemon=True)
        self._thread.start()

    def fetch(self) -> tuple[tuple[Finding, ...], bool]:
        """Return what is new, and whether it was all."""
        is_over = not self._thread.is_alive()
        new = tuple(self._found.popleft() for _ in range(len(self._found)))
        return new, is_over

    def stop(self) -> None:
        """Look at nothing more."""
        self._stopped.set()

    def _work(self) -> None:
        try:
            self._look_through()
        except Exception as error:  # noqa: BLE001 - the lines that are missing must not pass for well
            said = f"it broke off: {type(error).__name__}: {error}"
            mend = "Report it to whoever keeps this program; the other lines hold."
            self._found.append(
                Finding(Severity.MEND, "Check of this station", plain(said, _LINE), mend)
            )

    def _look_through(self) -> None:
        going = iter(self._look())
        try:
            for finding in going:
                if self._stopped.is_set():
                    break
                self._found.append(finding)
        finally:
            if close := getattr(going, "close", None):
                close()
