"""What a person is told when a modem does not say who its handset is. Pure."""

from __future__ import annotations

import errno
import os

from bench.problems import Problem, ProblemCode, ProblemError
from hardware.samsung.replies import Refusal, Refused

_CODES = {
    Refusal.SILENT: ProblemCode.MODEM_SILENT,
    Refusal.BUSY: ProblemCode.MODEM_WAITS,
    Refusal.ERROR: ProblemCode.MODEM_REFUSED,
    Refusal.NOT_ALLOWED: ProblemCode.MODEM_NOT_ALLOWED,
    Refusal.UNREGISTERED: ProblemCode.MODEM_UNREGISTERED,
    Refusal.EMPTY: ProblemCode.MODEM_REFUSED,
    Refusal.NAMELESS: ProblemCode.MODEM_REFUSED,
    Refusal.DIFFERENT: ProblemCode.MODEM_GARBLED,
    Refusal.CUT_SHORT: ProblemCode.MODEM_GARBLED,
    Refusal.TOO_LONG: ProblemCode.MODEM_GARBLED,
}
_GONE = frozenset({errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.EIO, errno.EPIPE, errno.EPROTO})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})

PASSING = frozenset(
    {
        ProblemCode.MODEM_SILENT,
        ProblemCode.MODEM_WAITS,
        ProblemCode.MODEM_GARBLED,
        ProblemCode.MODEM_BUSY,
        ProblemCode.CONFIGURATION_BUSY,
        ProblemCode.LINK_LOST,
    }
)
"""What may pass while the handset stays plugged in: it is worth asking again."""


def refusal_error(refused: Refused) -> ProblemError:
    """Return the problem of a reply that answers nothing."""
    detail = refused.code or ("" if refused.refusal is Refusal.SILENT else refused.refusal.value)
    return ProblemError(Problem(_CODES[refused.refusal], detail=detail))


def port_error(error: OSError, port: str) -> ProblemError:
    """Return the problem of a modem port that cannot be opened, read or written."""
    if error.errno == errno.ETIMEDOUT:
        return ProblemError(Problem(ProblemCode.MODEM_SILENT))
    return _error(error, port, taken=ProblemCode.MODEM_BUSY, other=ProblemCode.MODEM_HIDDEN)


def configuration_error(error: OSError) -> ProblemError:
    """Return the problem of a USB configuration that cannot be chosen."""
    return _error(
        error,
        "choosing its USB configuration",
        taken=ProblemCode.CONFIGURATION_BUSY,
        other=ProblemCode.CONFIGURATION_REFUSED,
    )


def _error(error: OSError, what: str, *, taken: ProblemCode, other: ProblemCode) -> ProblemError:
    """The kernel's own words, never those of the library or the handset."""
    number = error.errno or 0
    code = (
        ProblemCode.NO_PERMISSION if number in _FORBIDDEN
        else taken if number == errno.EBUSY
        else ProblemCode.LINK_LOST if number in _GONE
        else other
    )  # fmt: skip
    detail = f"{what}: {os.strerror(number)}" if number else what
    return ProblemError(Problem(code, detail=detail))
