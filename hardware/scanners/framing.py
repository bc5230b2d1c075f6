"""What a scanner sends, cut into scans: pure, no I/O.

A scan is taken whole or not at all. Half a code can pass for another one (the first 15 digits of
an ICCID may well be an IMEI with its check digit), so what was cut or lost is dropped and said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

FRAME_LIMIT = 4096
"""Bytes of the longest frame; more than any code holds that a label can carry (DataMatrix: 3116
digits, ISO/IEC 16022 table 7; QR: 7089 digits in version 40, which no hand scanner reads)."""


class Suffix(StrEnum):
    """How a scanner ends a scan; the value is what settings say.

    `AUTO` learns it from the first scan: CR, LF, CR and LF, ETX or EOT, or silence where none of
    them came. `KEYS` is that for a keyboard, where it may be Tab too. `NONE` is silence alone.
    """

    AUTO = "auto"
    CR = "cr"
    LF = "lf"
    CRLF = "crlf"
    TAB = "tab"
    ETX = "etx"
    EOT = "eot"
    NONE = "none"
    KEYS = "keys"


@dataclass(frozen=True, slots=True)
class Loss:
    """A frame that was dropped whole, and why, for a person."""

    why: str


Frame: TypeAlias = str | Loss

_ENDS = {
    Suffix.AUTO: re.compile(rb"[\r\n\x03\x04]"),
    Suffix.CR: re.compile(rb"\r"),
    Suffix.LF: re.compile(rb"\n"),
    Suffix.CRLF: re.compile(rb"\r\n"),
    Suffix.TAB: re.compile(rb"\t"),
    Suffix.ETX: re.compile(rb"\x03"),
    Suffix.EOT: re.compile(rb"\x04"),
    Suffix.NONE: re.compile(rb"(?!)"),
    Suffix.KEYS: re.compile(rb"[\r\n\t\x03\x04]"),
}
_LEARNING = (Suffix.AUTO, Suffix.KEYS)
_LEARNT = {
    b"\r": Suffix.CR, b"\n": Suffix.LF, b"\r\n": Suffix.CRLF, b"\t": Suffix.TAB,
    b"\x03": Suffix.ETX, b"\x04": Suffix.EOT,
}  # fmt: skip
_WRAPPING = b"\x02\x03\x04\r\n\t"
"""STX before a code, and whatever else of a suffix stays around it."""
_TOO_LONG = f"more than {FRAME_LIMIT} characters without an end"
_CUT = "a scan that broke off after {} characters"


class Framer:
    """Cuts what a scanner sends into scans; give it pieces as they come.

    A scan may begin with STX. GS separates fields inside a code and never ends it, and an AIM
    identifier stays in front. A new framer is for a new connection. Where the end is to be learned,
    the first that comes is the only one from then on: the others, and silence, end no scan. A 2-D
    code may well have them between its lines.

    What stays ambiguous is the first scan: a code of several lines is cut at its lines then. A scan
    that came to another end than the one learned, or two in a row that came to none, show that the
    wrong one was learned, and the next scan teaches anew. A suffix that is set leaves no doubt.
    """

    def __init__(self, suffix: Suffix = Suffix.AUTO) -> None:
        self._set = self._suffix = suffix
        self._may_be_crlf = False
        self._was_overdue = False
        self._frame = b""
        self._spoilt = ""

    @property
    def pending(self) -> bool:
        """Whether a scan has begun and not ended."""
        return bool(self._frame.strip(_WRAPPING) or self._spoilt)

    @property
    def ends_in_silence(self) -> bool:
        """Whether silence ends a scan; if not, it only tells that one broke off."""
        return self._suffix in (*_LEARNING, Suffix.NONE)

    @property
    def ends_at_once(self) -> bool:
        """Whether a short silence will do: this scanner is known to send no suffix."""
        return self._suffix is Suffix.NONE

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes; return what ended in them."""
        self._see_crlf(data)
        buffer, at, frames = self._frame + data, 0, []
        while end := _ENDS[self._suffix].search(buffer, at):
            frame, at = self._whole(buffer[at : end.start()]), end.end()
            if frame:
                frames.append(frame)
                self._learn(buffer[end.start() : at + 1])
        self._keep(buffer[at:])
        return frames

    def spoil(self, why: str) -> None:
        """Drop the scan that is on its way, whatever else comes of it: a part of it is missing."""
        self._spoilt = why

    def flush(self) -> list[Frame]:
        """The scanner fell silent: end the scan that has begun, or drop it where an end is due."""
        is_overdue = self.pending and not self.ends_in_silence
        if is_overdue:
            self.spoil(self._spoilt or _CUT.format(len(self._frame)))
        frame, self._frame = self._frame, b""
        whole = self._whole(frame)
        if self._suffix in _LEARNING:
            self._suffix = Suffix.NONE if isinstance(whole, str) else self._suffix
        elif self._set in _LEARNING and whole:
            self._doubt(frame, is_overdue=is_overdue)
        return [whole] if whole else []

    def _learn(self, end: bytes) -> None:
        """Take the end of a scan, with the byte behind it, for the end of every scan."""
        self._was_overdue = False
        if self._suffix in _LEARNING:
            self._suffix = _LEARNT.get(end, _LEARNT[end[:1]])
            self._may_be_crlf = end == b"\r"

    def _see_crlf(self, data: bytes) -> None:
        """CR came as the last byte that was there, and LF may be the next."""
        if self._may_be_crlf and data:
            self._may_be_crlf = False
            self._suffix = Suffix.CRLF if data.startswith(b"\n") else self._suffix

    def _doubt(self, frame: bytes, *, is_overdue: bool) -> None:
        """Learn anew where the end of a scan is not the one that was learned."""
        came_to_an_end = _ENDS[self._set].fullmatch(frame[-1:])
        if came_to_an_end or (is_overdue and self._was_overdue):
            self._suffix = self._set
        self._was_overdue = is_overdue

    def _keep(self, rest: bytes) -> None:
        """Keep what has no end yet; of too much only what may be the first half of an end."""
        if len(rest) > FRAME_LIMIT:
            self._spoilt, rest = _TOO_LONG, rest[-1:]
        self._frame = rest

    def _whole(self, part: bytes) -> Frame | None:
        spoilt, self._spoilt = self._spoilt, ""
        code = part.strip(_WRAPPING)
        if spoilt or len(code) > FRAME_LIMIT:
            return Loss(spoilt or _TOO_LONG)
        return code.decode("utf-8", "replace") or None
