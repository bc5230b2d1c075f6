"""The events of a keyboard, cut into scans: pure, no I/O."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from hardware.scanners.framing import Frame, Framer
from hardware.scanners.keys import Keys, UnknownKeyError

Stroke: TypeAlias = tuple[int, int, int]
"""Type, code and value of an input event (Linux `input.h`)."""

_LOST = "keys were lost, as the bench was busy"


class Keystrokes:
    """What one keyboard types, into its framer; a key that was lost or is unknown spoils a scan."""

    def __init__(self, framer: Framer) -> None:
        self._framer = framer
        self._keys = Keys()
        self._is_behind = False

    def feed(self, strokes: Iterable[Stroke]) -> list[Frame]:
        """Take events; return the scans that ended in them."""
        return [frame for stroke in strokes for frame in self._take(*stroke)]

    def _take(self, kind: int, code: int, value: int) -> list[Frame]:
        match kind, code:
            case (0, 3):  # SYN_DROPPED: what follows, up to the next report, is to be ignored
                self._is_behind = True
                self._keys.release_all()
                self._framer.spoil(_LOST)
            case (0, _):
                self._is_behind = False
            case (1, _) if not self._is_behind:
                return self._framer.feed(self._said(code, value).encode())
        return []

    def _said(self, code: int, value: int) -> str:
        try:
            return self._keys.press(code, value)
        except UnknownKeyError as error:
            self._framer.spoil(str(error))
            return ""
