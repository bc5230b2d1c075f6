"""What the states of a queue and a job mean for the label. No I/O.

Reasons that a printer's driver gave are believed only while a job is under way: CUPS keeps them
afterwards, and nothing would take back "media-empty" of a printer that is not printed on.
"""

from __future__ import annotations

from enum import Enum, auto

from bench.problems import Problem, ProblemCode
from hardware.printers.causes import Cause, problem_of
from hardware.printers.cups.answers import JobPhase, JobState, PrinterPhase, QueueState

_CAUSES = {
    "media-empty": Cause.PAPER_OUT,
    "media-needed": Cause.PAPER_OUT,
    "cover-open": Cause.OPEN,
    "door-open": Cause.OPEN,
    "interlock-open": Cause.OPEN,
    "marker-supply-empty": Cause.RIBBON_OUT,
    "toner-empty": Cause.RIBBON_OUT,
    "media-jam": Cause.FEED,
    "fuser-over-temp": Cause.HEAD_HOT,
    "offline": Cause.OFFLINE,
    "shutdown": Cause.TURNED_OFF,
}
"""RFC 8011, 5.4.12, and PWG 5100.9; each may end in -error, -warning or -report."""
_NOT_REACHED = (
    "The printer may not exist or is unavailable at this time",
    "The printer is unreachable at this time",
    "The printer is busy",
    "The printer is in use",
    "Unable to locate printer",
    "Waiting for printer to become available",
    "Connecting to printer",
)
"""Last words of CUPS's own backends before the first byte goes to the printer."""
TOLD_BY_QUEUE = frozenset(
    {ProblemCode.QUEUE_UNKNOWN, ProblemCode.QUEUE_CLOSED, ProblemCode.QUEUE_STOPPED}
)
"""Troubles whose beginning and end a queue tells without a job."""


class Verdict(Enum):
    """What became of a label."""

    PRINTED = auto()
    NOT_PRINTED = auto()
    UNKNOWN = auto()


def verdict(job: JobState | None, before: JobState | None = None) -> Verdict:
    """Tell what became of a job that is over, or that nothing is known of any more.

    `before` is how it was last seen, just before it was taken back: some backends take their last
    words with them. Not printed is only said where no byte had gone to the printer by then.
    """
    match job:
        case JobState(phase=JobPhase.PRINTED):
            return Verdict.PRINTED
        case JobState(phase=JobPhase.CANCELLED | JobPhase.ABORTED, begun=False):
            return Verdict.NOT_PRINTED
        case JobState(phase=JobPhase.CANCELLED | JobPhase.ABORTED) as ended:
            words = ended.message or (before.message if before else "")
            return Verdict.NOT_PRINTED if words.startswith(_NOT_REACHED) else Verdict.UNKNOWN
    return Verdict.UNKNOWN


def trouble_of_queue(queue: QueueState | None, where: str) -> Problem | None:
    """Tell what keeps a queue from taking and printing a job, or None."""
    if queue is None:
        return Problem(ProblemCode.QUEUE_UNKNOWN, where)
    if not queue.accepting:
        return Problem(ProblemCode.QUEUE_CLOSED, where, queue.message)
    if queue.phase is PrinterPhase.STOPPED:
        return Problem(ProblemCode.QUEUE_STOPPED, where, queue.message)
    return None


def trouble_of_job(queue: QueueState | None, job: JobState, where: str) -> Problem | None:
    """Tell what keeps a job from being printed, or None while it goes on."""
    if queue and (trouble := problem_of(_causes(queue), where)):
        return trouble
    if trouble := trouble_of_queue(queue, where):
        return trouble
    if job.message.startswith(_NOT_REACHED):
        return Problem(ProblemCode.PRINTER_UNREACHABLE, where, job.message.rstrip("."))
    return None


def _causes(queue: QueueState) -> frozenset[Cause]:
    bare = (reason.rpartition("-") for reason in queue.reasons)
    named = {
        head if tail in ("error", "warning", "report") else f"{head}-{tail}".strip("-")
        for head, _, tail in bare
    }
    return frozenset(_CAUSES[name] for name in named if name in _CAUSES)
