"""The computer's own clock, with what the kernel says of its trustworthiness.

Time is read, never set: `adjtimex` with no mode bits needs no rights (adjtimex(2)).
"""

from __future__ import annotations

import ctypes
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.ports import Moment

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_STA_UNSYNC = 0x0040
_TIME_ERROR = 5
_ASK_AGAIN = 1000
"""Milliseconds for which what the kernel says of its clock holds: it changes by 0.5 ms a second."""
_WORST_ERROR = 16_000_000
"""Microseconds: where the kernel stops counting an error up (NTP_PHASE_LIMIT, timex.h)."""


class _Timex(ctypes.Structure):
    """`struct timex` of adjtimex(2), up to the last member that is read, then room for the rest."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_long * 32),
    )


class SystemClock:
    """Implements `bench.ports.Clock` on Linux; any thread."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None)
        self._asked = -_ASK_AGAIN
        self._said = (True, _WORST_ERROR)
        self._boot = _BOOT_ID.read_text(encoding="ascii").strip()

    def moment(self) -> Moment:
        """Return now; a kernel that does not say how good its clock is counts as not synchronised.

        `mono` is CLOCK_BOOTTIME, which goes on while the computer sleeps.
        """
        mono = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
        if mono - self._asked >= _ASK_AGAIN:
            self._asked, self._said = mono, self._discipline()
        unsynchronised, max_error = self._said
        return Moment(datetime.now(UTC), self._boot, mono, unsynchronised, max_error)

    def elapsed(self) -> float:
        """Return monotonic seconds, for measuring."""
        return time.monotonic()

    def _discipline(self) -> tuple[bool, int]:
        timex = _Timex(modes=0)
        state = self._libc.adjtimex(ctypes.byref(timex))
        if state < 0:
            return True, _WORST_ERROR
        return state == _TIME_ERROR or bool(timex.status & _STA_UNSYNC), timex.maxerror
