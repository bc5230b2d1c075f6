"""What CUPS says of a queue and of a job, in the numbers and keywords of IPP. No I/O.

`lpstat` tells a job that was printed and one that was cancelled in the same words (CUPS 2.4.2), so
that IPP itself is asked, by `ipptool -X`. Sources: RFC 8011, 5.3.7 (job-state), 5.4.11 and 5.4.12
(printer-state and its reasons); ipptool(1), Apple property lists.
"""

from __future__ import annotations

import plistlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from xml.parsers.expat import ExpatError

from bench.identity.plain import plain

_NOT_FOUND = "client-error-not-found"
_RAW = "Raw Printer"
"""How CUPS names the model of a queue that has no driver."""


class UnreadableError(Exception):
    """CUPS answered what cannot be read."""


class PrinterPhase(IntEnum):
    """A queue's state."""

    IDLE = 3
    PRINTING = 4
    STOPPED = 5


class JobPhase(IntEnum):
    """A job's state."""

    WAITING = 3
    KEPT_BACK = 4
    PRINTING = 5
    STOPPED = 6
    CANCELLED = 7
    ABORTED = 8
    PRINTED = 9

    @property
    def over(self) -> bool:
        """Whether nothing more comes of it."""
        return self >= JobPhase.CANCELLED


@dataclass(frozen=True, slots=True)
class QueueState:
    """A queue: `device` is the URI of its printer, `raw` whether it has no driver."""

    phase: PrinterPhase
    accepting: bool
    reasons: tuple[str, ...]
    message: str
    device: str
    raw: bool


@dataclass(frozen=True, slots=True)
class JobState:
    """A job: `begun` is whether it was ever handed on to the printer, or tried to be."""

    phase: JobPhase
    begun: bool
    message: str


def read_queue(answer: bytes) -> QueueState | None:
    """Return the queue's state, or None if there is no such queue; raises `UnreadableError`."""
    said = _attributes(answer)
    if said is None:
        return None
    return QueueState(
        phase=PrinterPhase(_number(said, "printer-state")),
        accepting=said.get("printer-is-accepting-jobs") is True,
        reasons=_words(said, "printer-state-reasons"),
        message=_text(said, "printer-state-message"),
        device=_text(said, "device-uri"),
        raw=_text(said, "printer-make-and-model").endswith(_RAW),
    )


def read_job(answer: bytes) -> JobState | None:
    """Return the job's state, or None if CUPS has forgotten it; raises `UnreadableError`."""
    said = _attributes(answer)
    if said is None:
        return None
    return JobState(
        phase=JobPhase(_number(said, "job-state")),
        begun=isinstance(said.get("time-at-processing"), int),
        message=_text(said, "job-printer-state-message"),
    )


def _attributes(answer: bytes) -> Mapping[str, object] | None:
    """The last group of attributes in the answer to the one question asked."""
    try:
        (test,) = plistlib.loads(answer, fmt=plistlib.FMT_XML)["Tests"]
        status: object = test["StatusCode"]
        attributes: object = test["ResponseAttributes"][-1]
    except (ExpatError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise UnreadableError("no answer of ipptool") from error
    if status == _NOT_FOUND:
        return None
    if not isinstance(attributes, Mapping) or not str(status).startswith("successful"):
        raise UnreadableError(plain(str(status)))
    return attributes


def _number(said: Mapping[str, object], name: str) -> int:
    match said.get(name):
        case bool():
            pass
        case int() as number if number in _STATES[name]:
            return number
    raise UnreadableError(f"no {name}")


def _text(said: Mapping[str, object], name: str) -> str:
    return plain(str(said.get(name, "")), 200)


def _words(said: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = said.get(name, "none")
    words = value if isinstance(value, list) else [value]
    return tuple(plain(str(word)) for word in words if word != "none")


_STATES = {"printer-state": frozenset(PrinterPhase), "job-state": frozenset(JobPhase)}
