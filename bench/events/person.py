"""What a person at the bench does: scans, and decisions about a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from bench.identity.identifiers import SlotCode


@dataclass(frozen=True, slots=True)
class TextScanned:
    """A barcode was read: the raw text of one frame, and the scanner it came from."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class RunHeld:
    """A technician put the run on hold."""

    slot: SlotCode


@dataclass(frozen=True, slots=True)
class RunResumed:
    """A technician decided that a held run goes on."""

    slot: SlotCode


@dataclass(frozen=True, slots=True)
class RunVoided:
    """A technician closed the run for a reason; it stays in the record for ever."""

    slot: SlotCode
    reason: str


@dataclass(frozen=True, slots=True)
class CopyRequested:
    """A technician asked for the label once more."""

    slot: SlotCode


PersonFact: TypeAlias = RunHeld | RunResumed | RunVoided | CopyRequested
