"""What a ZPL printer's answers mean. No I/O.

`~HS` answers three frames, but is documented to stay unanswered while labels or ribbon are out or
the head is open; `~HQES` is answered then too. Source: Zebra, ZPL II Programming Guide, `~HS` and
`~HQ`; flag 10000 for "paused" is not in every edition of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bench.problems import Problem, ProblemCode

STX, ETX = b"\x02", b"\x03"
HOST_STATUS_FRAMES = 3

_PAUSED = 0x10000
_MEDIA_OUT, _RIBBON_OUT, _HEAD_OPEN = 0x1, 0x2, 0x4


@dataclass(frozen=True, slots=True)
class PrinterState:
    """What keeps a printer from printing; `other` are error flags not named here."""

    paper_out: bool = False
    paused: bool = False
    head_open: bool = False
    ribbon_out: bool = False
    buffer_full: bool = False
    other: int = 0

    @property
    def interrupted(self) -> bool:
        """Whether a label under way stopped; a paused printer keeps it and prints it later."""
        return self.paper_out or self.head_open or self.ribbon_out

    def problem(self, where: str) -> Problem | None:
        """Return what to tell the person, or None for a printer that is ready."""
        if self.paper_out:
            return Problem(ProblemCode.PRINTER_OUT_OF_PAPER, where)
        causes = {
            "head open": self.head_open,
            "ribbon out": self.ribbon_out,
            "paused": self.paused,
            "buffer full": self.buffer_full,
            f"error flags {self.other:08X}": bool(self.other),
        }
        detail = ", ".join(cause for cause, stands in causes.items() if stands)
        return Problem(ProblemCode.PRINTER_NOT_READY, where, detail) if detail else None


def read_host_status(frames: Sequence[bytes]) -> PrinterState | None:
    """Return the state that the frames of `~HS` tell, or None if they are not such frames."""
    fields = [_fields(frame) for frame in frames]
    if len(fields) != HOST_STATUS_FRAMES or len(fields[0]) != 12 or len(fields[1]) != 11:  # noqa: PLR2004 - as documented
        return None
    first, second = fields[0], fields[1]
    flags = (first[1], first[2], first[5], second[2], second[3])
    if not set(flags) <= {"0", "1"}:
        return None
    paper_out, paused, buffer_full, head_open, ribbon_out = (flag == "1" for flag in flags)
    return PrinterState(paper_out, paused, head_open, ribbon_out, buffer_full)


def read_error_status(frame: bytes) -> PrinterState | None:
    """Return the state that the frame of `~HQES` tells, or None if it is not such a frame."""
    found = re.search(rb"ERRORS:\s+([01]) ([0-9A-Fa-f]{8}) ([0-9A-Fa-f]{8})", frame)
    if not found:
        return None
    flags = int(found[2] + found[3], 16) if found[1] == b"1" else 0
    return PrinterState(
        paper_out=bool(flags & _MEDIA_OUT),
        paused=bool(flags & _PAUSED),
        head_open=bool(flags & _HEAD_OPEN),
        ribbon_out=bool(flags & _RIBBON_OUT),
        other=flags & ~(_MEDIA_OUT | _PAUSED | _HEAD_OPEN | _RIBBON_OUT),
    )


def _fields(frame: bytes) -> list[str]:
    return frame.rpartition(STX)[2].removesuffix(ETX).decode("ascii", "replace").split(",")
