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

    `AUTO` takes any of CR, LF, ETX and EOT, or silence from a scanner that never sent one of them.
    `KEYS` is that for a keyboard, where Tab ends a scan too. `NONE` is silence alone.
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
_WRAPPING = b"\x02\x03\x04\r\n\t"
"""STX before a code, and whatever else of a suffix stays around it."""
_TOO_LONG = f"more than {FRAME_LIMIT} characters without an end"
_CUT = "a scan that broke off after {} characters"


class Framer:
    """Cuts what a scanner sends into scans; give it pieces as they come.

    A scan may begin with STX. GS separates fields inside a code and never ends it, and an AIM
    identifier stays in front. A new framer is for a new connection: it learns whether the scanner
    sends a suffix, and from then on silence ends no scan.
    """

    def __init__(self, suffix: Suffix = Suffix.AUTO) -> None:
        self._end = _ENDS[suffix]
        self._has_suffix = suffix not in (Suffix.AUTO, Suffix.KEYS, Suffix.NONE)
        self._frame = b""
        self._spoilt = ""

    @property
    def pending(self) -> bool:
        """Whether a scan has begun and not ended."""
        return bool(self._frame.strip(_WRAPPING) or self._spoilt)

    @property
    def ends_in_silence(self) -> bool:
        """Whether silence ends a scan; if not, it only tells that one broke off."""
        return not self._has_suffix

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes; return what ended in them."""
        *ended, rest = self._end.split(self._frame + data)
        self._frame = b""
        frames = [frame for part in ended if (frame := self._whole(part))]
        self._has_suffix |= bool(frames)
        self._keep(rest)
        return frames

    def spoil(self, why: str) -> None:
        """Drop the scan that is on its way, whatever else comes of it: a part of it is missing."""
        self._spoilt = why

    def flush(self) -> list[Frame]:
        """The scanner fell silent: end the scan that has begun, or drop it where an end is due."""
        if self._has_suffix and self.pending:
            self.spoil(self._spoilt or _CUT.format(len(self._frame)))
        frame, self._frame = self._frame, b""
        return [whole] if (whole := self._whole(frame)) else []

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
