"""What a person at the bench does: scans, decisions about a run, and showing who they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from bench.identity.identifiers import SlotCode
from bench.problems import Problem


@dataclass(frozen=True, slots=True)
class TextScanned:
    """A barcode or badge was read: the raw text of one frame, and the scanner it came from.

    It may be a badge, which is personal data: so no repr of it shows the text.
    """

    text: str = field(repr=False)
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


@dataclass(frozen=True, slots=True)
class PowerCycleRequested:
    """A technician asked that the port of a slot be switched off and on; it may hold no handset."""

    slot: SlotCode


@dataclass(frozen=True, slots=True)
class StepConfirmed:
    """A technician says that what a step asks of them is done and right.

    `step` is the number of the step that asked, as `SlotView.step` showed it: an answer to a
    question that is no longer put is none to the next.
    """

    slot: SlotCode
    step: int


@dataclass(frozen=True, slots=True)
class ProfileChosen:
    """A technician chose the profile for the handset in a slot, by its fingerprint.

    Possible until its box is scanned. The fingerprint names the variant too.
    """

    slot: SlotCode
    fingerprint: str


PersonFact: TypeAlias = (
    RunHeld | RunResumed | RunVoided | CopyRequested | StepConfirmed | ProfileChosen
)


# ── who acts ────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class HiddenText:
    """What was typed where nobody may read it; its repr does not even say how long it is."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PinTyped:
    """Whoever was asked for a PIN typed one."""

    pin: HiddenText


@dataclass(frozen=True, slots=True)
class PinWithdrawn:
    """Whoever was asked for a badge or a PIN left the question."""


@dataclass(frozen=True, slots=True)
class BenchLocked:
    """Whoever is signed in left and locked the bench."""


@dataclass(frozen=True, slots=True)
class PinAnswered:
    """The PIN typed for that person (a pseudonym) was checked; `left` tries remain, 0 when none."""

    person: str
    is_right: bool
    left: int


@dataclass(frozen=True, slots=True)
class PinUnchecked:
    """The PIN typed for that person could not be checked."""

    person: str
    problem: Problem


AccessFact: TypeAlias = PinTyped | PinWithdrawn | BenchLocked | PinAnswered | PinUnchecked
