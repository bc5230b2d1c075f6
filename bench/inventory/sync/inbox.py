"""What the bench wants of the exchange, read from standard input on a thread of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from bench.inventory.sync.lines import MOST_LINE, Ask, LineError, Wanted, read_wanted


def _nothing() -> None:
    return


class Inbox:
    """Fills itself from `source`, a line each; `ended` at its end, or by whoever ends it."""

    def __init__(self) -> None:
        self.ended = False
        self._cut: Callable[[], None] = _nothing
        self._waiting: queue.SimpleQueue[Wanted | None] = queue.SimpleQueue()

    def read_from(self, source: BinaryIO) -> None:
        """Begin to read; a line that wants nothing known is passed over."""
        threading.Thread(target=self._read, args=(source,), name="inbox", daemon=True).start()

    def put(self, wanted: Wanted) -> None:
        """Put something in as if it had been read."""
        self._waiting.put(wanted)

    def end(self) -> None:
        """Have the exchange end, and what is under way with it; a signal's handler may call it."""
        self.ended = True
        self._waiting.put(None)
        self._cut()

    @contextmanager
    def ending(self, cut: Callable[[], None]) -> Iterator[None]:
        """Have the end `cut` what is under way meanwhile, from whichever thread it comes."""
        self._cut = cut
        if self.ended:
            cut()
        try:
            yield
        finally:
            self._cut = _nothing

    def take(self, seconds: float) -> list[Wanted]:
        """Return what is wanted, waiting up to `seconds` for something; questions come first."""
        found: list[Wanted] = []
        with suppress(queue.Empty):
            first = (
                self._waiting.get(timeout=seconds) if seconds > 0 else self._waiting.get_nowait()
            )
            found += [first] if first else []
            while True:
                each = self._waiting.get_nowait()
                found += [each] if each else []
        return sorted(found, key=lambda each: not isinstance(each, Ask))

    def _read(self, source: BinaryIO) -> None:
        with suppress(OSError, ValueError):
            while line := source.readline(MOST_LINE):
                with suppress(LineError, UnicodeDecodeError):
                    self._waiting.put(read_wanted(line.decode()))
        self.end()
