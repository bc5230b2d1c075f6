"""Why a scanner cannot be opened, told apart by what is to be done about it."""

from __future__ import annotations

import errno
from dataclasses import dataclass

from bench.identity.plain import plain
from bench.problems import ProblemCode

_CODES = {
    errno.EACCES: ProblemCode.SCANNER_NO_PERMISSION,
    errno.EPERM: ProblemCode.SCANNER_NO_PERMISSION,
    errno.EBUSY: ProblemCode.SCANNER_BUSY,
    errno.EAGAIN: ProblemCode.SCANNER_BUSY,
}
"""EBUSY is a port in exclusive mode (TIOCEXCL, as ModemManager sets it; tty_ioctl(4)) or a keyboard
that somebody else has grabbed; EAGAIN is the lock on a port that pyserial takes (flock(2))."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A scanner could not be opened; without a code it is just not there, or is none."""

    code: ProblemCode | None = None
    detail: str = ""


def refusal_of(error: Exception) -> Refusal:
    """Return what an error at opening means; the terminal's own errors are no `OSError`."""
    number = error.errno if isinstance(error, OSError) else None
    return Refusal(_CODES.get(number or 0), plain(str(error), 200))
