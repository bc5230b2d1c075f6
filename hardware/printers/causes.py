"""What keeps a label printer from printing, in whatever language it said so."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from bench.problems import Problem, ProblemCode
from hardware.printers.transports.line import PortStatus

_P = ProblemCode


class Cause(Enum):
    """The code of the problem and the words for its detail, the most urgent first."""

    PAPER_OUT = (_P.PRINTER_OUT_OF_PAPER, "labels out")
    OPEN = (_P.PRINTER_OPEN, "open")
    RIBBON_OUT = (_P.PRINTER_RIBBON_OUT, "ribbon out")
    OTHER_LABELS = (_P.PRINTER_OTHER_LABELS, "other labels")
    CUTTER = (_P.PRINTER_JAMMED, "cutter")
    FEED = (_P.PRINTER_JAMMED, "feed")
    HEAD_HOT = (_P.PRINTER_HOT, "head")
    MOTOR_HOT = (_P.PRINTER_HOT, "motor")
    COLD = (_P.PRINTER_COLD, "too cold")
    HEAD = (_P.PRINTER_FAULTY, "print head")
    THERMISTOR = (_P.PRINTER_FAULTY, "temperature sensor")
    FIRMWARE = (_P.PRINTER_FAULTY, "firmware settings")
    MEMORY = (_P.PRINTER_FAULTY, "settings lost")
    FAN = (_P.PRINTER_FAULTY, "fan")
    SYSTEM = (_P.PRINTER_FAULTY, "system")
    COMMUNICATION = (_P.PRINTER_FAULTY, "communication")
    IN_USE = (_P.PRINTER_IN_USE, "in use")
    BUFFER_FULL = (_P.PRINTER_BUSY, "memory full")
    PRINTING = (_P.PRINTER_BUSY, "printing")
    TURNED_OFF = (_P.PRINTER_UNREACHABLE, "it was switched off")
    DIAGNOSTICS = (_P.PRINTER_NOT_READY, "diagnostics mode")
    PAUSED = (_P.PRINTER_PAUSED, "paused")
    OFFLINE = (_P.PRINTER_NOT_READY, "off line")
    UNNAMED = (_P.PRINTER_NOT_READY, "it reports an error")

    @property
    def code(self) -> ProblemCode:
        """The problem it makes."""
        return self.value[0]

    @property
    def words(self) -> str:
        """What it is called in a detail."""
        return self.value[1]


def problem_of(causes: Iterable[Cause], where: str, raw: str = "") -> Problem | None:
    """Return one problem for all causes that stand: the most urgent is it, the rest its detail.

    `raw` are the printer's own words for what has no name here.
    """
    standing = frozenset(causes)
    if not standing:
        return Problem(_P.PRINTER_NOT_READY, where, raw) if raw else None
    first, *rest = [cause for cause in Cause if cause in standing]
    alike = [one for one in Cause if one.code is first.code]
    details = [cause.words for cause in ([first] if len(alike) > 1 else []) + rest]
    return Problem(first.code, where, ", ".join([*details, raw] if raw else details))


def causes_of_port(status: PortStatus | None) -> frozenset[Cause]:
    """Return what a USB port says of a printer that does not speak; empty when it says nothing."""
    if status is None or not status.error:
        return frozenset()
    if status.paper_out:
        return frozenset({Cause.PAPER_OUT})
    return frozenset({Cause.OFFLINE if status.offline else Cause.UNNAMED})
