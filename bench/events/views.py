"""What is shown, for whoever looks: immutable, and complete enough to be shown as it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bench.identity.identifiers import SlotCode

if TYPE_CHECKING:
    from bench.events.access import AccessView  # not before somebody is enrolled
    from bench.events.central import CentreView  # where there is a centre
    from bench.events.desks import DeskView  # where somebody went to one
    from bench.events.enrolment import ShownCode  # where a handset's camera is to read one
    from bench.problems import Problem  # with the whole catalogue; the first paint needs none


class Category(StrEnum):
    """How a slot looks from two metres away."""

    EMPTY = "empty"
    ATTACHED = "attached"
    NEEDS_YOU = "needs-you"
    WORKING = "working"
    DONE = "done"
    HELD = "held"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class SlotView:
    """One slot as it is now, for whoever looks."""

    slot: SlotCode
    category: Category = Category.EMPTY
    word: str = "Empty"
    model: str = ""
    imei_tail: str = ""
    asset_tag: str = ""
    step: int = 0
    steps: int = 0
    step_name: str = ""
    share: float = 0.0
    problem: Problem | None = None
    can_cycle: bool = False
    """Whether the port's power can be switched off and on."""
    condition: tuple[str, ...] = ()
    """The handset's state in a few words each, warnings first."""
    remark: str = ""
    """How far what is shown can be trusted, where that is not plain."""
    profile: str = ""
    """Name and version of the profile it is staged under, with the variant's letter."""
    fingerprint: str = ""
    """That profile's fingerprint."""
    code: ShownCode | None = None
    """What the handset's camera is to read now: a secret, shown while somebody is there."""
    confirms: str = ""
    """What a technician may confirm now, as one sentence; "" when nothing is to be confirmed."""
    kit: tuple[str, ...] = ()
    """What goes into the box of a handset that is done."""
    identities: tuple[tuple[str, str], ...] = ()
    """What box, handset and label say, where they do not agree: a name and a value each."""


@dataclass(frozen=True, slots=True)
class ProfileView:
    """A profile that a technician may choose; `variant` is "" for the usual one."""

    fingerprint: str
    name: str
    version: int
    variant: str
    method: str


class ScanTone(StrEnum):
    """What a scan was answered with."""

    GOOD = "good"
    REPEATED = "repeated"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class ScanView:
    """The answer to a scan: the raw text as it came (made plain), what it was, what it did."""

    text: str
    source: str
    tone: ScanTone
    answer: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TallyView:
    """The shift in numbers."""

    staged: int = 0
    in_hand: int = 0
    held: int = 0
    voided: int = 0
    repeats_dropped: int = 0


@dataclass(frozen=True, slots=True)
class BenchView:
    """What is published after a commit: the slots that changed, and the whole of the rest.

    `access` says who is at the bench; None where nobody is enrolled. `profiles` are those that may
    be chosen; with one only there is no choice. `centre` says how the bench stands with the central
    store; None where it is by itself. `desk` is the one that somebody works at; None at the slots.
    """

    slots: tuple[SlotView, ...] = ()
    scan: ScanView | None = None
    tally: TallyView = TallyView()
    problems: tuple[Problem, ...] = ()
    access: AccessView | None = None
    profiles: tuple[ProfileView, ...] = ()
    centre: CentreView | None = None
    desk: DeskView | None = None
