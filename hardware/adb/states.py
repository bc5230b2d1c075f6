"""In which states the ADB server lists a handset, and which problem each of them is. Pure.

Source: AOSP `packages/modules/adb/adb.h`, `ConnectionState`. adb 29 knows all but `detached`.
"""

from __future__ import annotations

from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode

ONLINE = "device"
UNAUTHORISED = "unauthorized"
OFFLINE = "offline"
_CODES = {
    OFFLINE: ProblemCode.HANDSET_OFFLINE,
    "authorizing": ProblemCode.AUTHORISING,
    "connecting": ProblemCode.CONNECTING,
    "no permissions": ProblemCode.NO_PERMISSION,
    "recovery": ProblemCode.IN_RECOVERY,
    "sideload": ProblemCode.IN_SIDELOAD,
    "rescue": ProblemCode.IN_RESCUE,
    "bootloader": ProblemCode.IN_BOOTLOADER,
    "host": ProblemCode.AS_HOST,
    "detached": ProblemCode.ADB_DETACHED,
}
_PASSED_THROUGH = frozenset({OFFLINE, "authorizing", "connecting"})
SETTLED = (_CODES.keys() | {ONLINE, UNAUTHORISED}) - _PASSED_THROUGH
"""The states that a handset stays in, as far as anyone knows."""


def problem_of(state: str) -> Problem:
    """Return what keeps a handset in that state from being worked with."""
    code = _CODES.get(state)
    return Problem(code) if code else Problem(ProblemCode.WRONG_MODE, detail=plain(state))
