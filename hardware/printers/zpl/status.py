"""What a ZPL printer's answers mean. No I/O.

`~HS` answers three frames, but is documented to stay unanswered while labels or ribbon are out, the
head is open or too hot, or the rewinder is full; `~HQES` is answered then too. Source: Zebra, ZPL
II, ZBI 2, Set-Get-Do, Mirror, WML Programming Guide, P1099958: `~HS` "Host Status Return", strings
1 to 3; `~HQ` "Host Query", table 8 "Error Flags (~HQES)"; SGD `odometer.total_label_count`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bench.problems import Problem
from hardware.printers.causes import Cause, problem_of

STX, ETX = b"\x02", b"\x03"
HOST_STATUS_FRAMES = 3

ERROR_FLAGS = {
    0x1: Cause.PAPER_OUT,
    0x2: Cause.RIBBON_OUT,
    0x4: Cause.OPEN,
    0x8: Cause.CUTTER,
    0x10: Cause.HEAD_HOT,
    0x20: Cause.MOTOR_HOT,
    0x40: Cause.HEAD,
    0x80: Cause.HEAD,
    0x100: Cause.FIRMWARE,
    0x200: Cause.THERMISTOR,
    0x1000: Cause.FEED,
    0x4000: Cause.FEED,
    0x8000: Cause.FEED,
    0x10000: Cause.PAUSED,
}
"""Group 1 of table 8. What is left out (presenter, black mark, group 2) is shown as it came."""


@dataclass(frozen=True, slots=True)
class PrinterState:
    """What keeps a printer from printing, and how much it still has to print.

    `waiting` counts formats in its buffer and labels left of a batch, and one more while it holds
    half a format; `flags` are error flags that have no name here.
    """

    causes: frozenset[Cause] = frozenset()
    waiting: int = 0
    flags: int = 0

    @property
    def is_ready(self) -> bool:
        """Whether nothing keeps it from printing."""
        return not (self.causes or self.flags)

    def problem(self, where: str) -> Problem | None:
        """Return what to tell the person, or None for a printer that is ready."""
        return problem_of(self.causes, where, f"error flags {self.flags:X}" if self.flags else "")


_LENGTHS = (12, 11)
"""Fields of the first two strings; the third has the printer's password, which is nobody's."""

_FLAGS = {
    (0, 1): Cause.PAPER_OUT,
    (0, 2): Cause.PAUSED,
    (0, 5): Cause.BUFFER_FULL,
    (0, 6): Cause.DIAGNOSTICS,
    (0, 9): Cause.MEMORY,
    (0, 10): Cause.COLD,
    (0, 11): Cause.HEAD_HOT,
    (1, 2): Cause.OPEN,
    (1, 3): Cause.RIBBON_OUT,
}
"""String and field: b c f g j k l, then o p, as the guide letters them."""

_COUNTS = ((0, 4), (0, 7), (1, 8))
"""Formats in the buffer [eee], a format that has begun [h], labels left of the batch [u]."""


def read_host_status(frames: Sequence[bytes]) -> PrinterState | None:
    """Return the state that the frames of `~HS` tell, or None if they are not such frames."""
    strings = [_fields(frame) for frame in frames]
    if len(strings) != HOST_STATUS_FRAMES or tuple(map(len, strings[:2])) != _LENGTHS:
        return None
    flags = {cause: strings[string][field] for (string, field), cause in _FLAGS.items()}
    counts = [strings[string][field] for string, field in _COUNTS]
    if not (set(flags.values()) <= {"0", "1"} and all(map(_is_count, counts))):
        return None
    causes = frozenset(cause for cause, flag in flags.items() if flag == "1")
    return PrinterState(causes, waiting=sum(map(int, counts)))


def read_error_status(frame: bytes) -> PrinterState | None:
    """Return the state that the frame of `~HQES` tells, or None if it is not such a frame."""
    found = re.search(rb"ERRORS:\s+([01]) ([0-9A-Fa-f]{8}) ([0-9A-Fa-f]{8})", frame)
    if not found:
        return None
    flags = int(found[2] + found[3], 16) if found[1] == b"1" else 0
    if found[1] == b"1" and not flags:
        return PrinterState(frozenset({Cause.UNNAMED}))
    causes = frozenset(cause for flag, cause in ERROR_FLAGS.items() if flags & flag)
    return PrinterState(causes, flags=flags & ~sum(ERROR_FLAGS))


def read_label_count(answer: bytes) -> int | None:
    """Return how many labels the printer has printed in its life, or None if it does not say."""
    found = re.search(rb'"([0-9]{1,12})"', answer)
    return int(found[1]) if found else None


def _fields(frame: bytes) -> list[str]:
    return frame.rpartition(STX)[2].removesuffix(ETX).decode("ascii", "replace").split(",")


def _is_count(field: str) -> bool:
    return field.isascii() and field.isdigit() and len(field) <= 8  # noqa: PLR2004 - the longest
