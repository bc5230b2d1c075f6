"""What a run has to go through: a profile, reduced to what decisions need."""

from __future__ import annotations

from dataclasses import dataclass, field

from bench.enrolment.profiles.profile import EnrolmentProfile, Method, Traps
from bench.enrolment.profiles.vocabulary import (
    OVER_ADB,
    AwaitManagement,
    Confirm,
    MarrySim,
    Seen,
    ShowCode,
    Step,
)

CODE_TAKEN = "The handset took the code"
"""What a technician confirms of a code."""


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step: its name, and how often it may be repeated.

    `asks` is what a technician confirms in it, "" where nothing is; `persons` how many it takes.
    `shows` says that the handset's camera reads a code in it. One that `lists_only` passes as soon
    as the service lists the handset, whatever policies it has by then. One that `marries` waits for
    the handset's SIM to be scanned.
    """

    name: str
    retries: int = 0
    over_adb: bool = True
    asks: str = ""
    persons: int = 1
    shows: bool = False
    lists_only: bool = False
    marries: bool = False

    @property
    def is_asked(self) -> bool:
        """Whether the step is nothing but a question to a technician, or waits for their scan."""
        return (bool(self.asks) and not self.shows) or self.marries


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run has to go through; `fingerprint` names the profile it was made from.

    `before_setup` says that its handsets come as they left their box, and `reads_modem` that they
    are asked over their modem who they are. `enrolling` are the steps in which one must not
    restart, and `blink` how many seconds it may be off the bus in them. `counts` says that one that
    passes counts against the capacity of the core.
    """

    steps: tuple[PlannedStep, ...]
    scan_back: bool
    fingerprint: str
    name: str = ""
    version: int = 0
    variant: str = ""
    method: Method = Method.NONE
    before_setup: bool = False
    reads_modem: bool = False
    enrolling: range = range(0)
    blink: float = 4.0
    traps: Traps = field(default_factory=Traps)
    licences: tuple[str, ...] = ()
    kit: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether a handset that passes is one more in service."""
        return self.method is not Method.NONE

    @property
    def title(self) -> str:
        """What a person calls it: `A32 QR, version 3, variant B`."""
        version = f"version {self.version}" if self.name else ""
        variant = f"variant {self.variant}" if self.variant else ""
        return ", ".join(part for part in (self.name, version, variant) if part)


def plan_of(profile: EnrolmentProfile) -> Plan:
    """Return what a run needs to know of a profile."""
    return Plan(
        steps=tuple(map(_planned, profile.steps)),
        scan_back=profile.scan_back,
        fingerprint=profile.fingerprint,
        name=profile.name,
        version=profile.version,
        variant=profile.variant,
        method=profile.method,
        before_setup=profile.method is not Method.NONE and profile.before_setup,
        reads_modem=profile.read_before_setup,
        enrolling=profile.enrolling,
        blink=profile.blink,
        traps=profile.traps,
        licences=profile.licences,
        kit=profile.kit,
    )


def _planned(step: Step) -> PlannedStep:
    asks, persons, lists_only = "", 1, False
    match step.action:
        case Confirm(question, persons):
            asks = question
        case ShowCode():
            asks, lists_only = CODE_TAKEN, True
        case AwaitManagement(Seen.ENROLLED | Seen.STAGED):
            lists_only = True
    return PlannedStep(
        step.name,
        step.retries,
        over_adb=isinstance(step.action, OVER_ADB),
        asks=asks,
        persons=persons,
        shows=isinstance(step.action, ShowCode),
        lists_only=lists_only,
        marries=isinstance(step.action, MarrySim),
    )
