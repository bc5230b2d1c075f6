"""A staging run: one handset from the moment it is plugged in until its slot is empty again.

A run is a value. What it becomes when something happens is decided in `advance`; how it looks is
said in `view`; how it is kept in the record and found again after a crash, in `folding`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bench.events.device import HandsetIdentity
from bench.events.modem import ModemIdentity
from bench.identity.identifiers import AssetTag, Imei, SlotCode, UsbPath
from bench.problems import Problem, ProblemCode
from bench.staging.plan import Plan, PlannedStep


class State(StrEnum):
    """Where a run stands."""

    ATTACHED = "attached"
    UNAUTHORISED = "unauthorised"
    AWAITING_SCAN = "awaiting-scan"
    STAGING = "staging"
    LABELLING = "labelling"
    AWAITING_LABEL = "awaiting-label"
    STAGED = "staged"
    HELD = "held"
    VOIDED = "voided"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a run waits for a decision, and where it was.

    `values` are what box, handset and label say, where they do not agree.
    """

    code: ProblemCode
    was: State
    detail: str = ""
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StagingRun:
    """One run.

    `session` is the connection the handset answers on, None while it does not; `proven`, that it
    said over it that it is this run's. `present` says that a handset is in the slot and may be.
    Work in flight is `busy`, under `ticket`; each piece of work gets the next one. `failures`
    counts how often the present step failed. `recorded` says that custody knows of this run.
    `notice` is shown and is no state. `guest` is the connection of another handset that is in the
    slot of this run, while its own is away. `foreseen` is what the handset said before Android did.
    `boxed` is the IMEI of its box, while nothing but its screen can say who the handset is. `since`
    is when the handset was met (UTC): a management service must have seen it later. `gaps` counts
    how often it was off the bus, `waived` are the traps that two persons let it pass, `offers`
    the plans that may be chosen for it. `read` is the label that was read back while the handset is
    still being asked who it is.
    """

    run: str
    slot: SlotCode
    path: UsbPath
    plan: Plan
    state: State = State.ATTACHED
    session: int | None = None
    proven: bool = True
    present: bool = True
    identity: HandsetIdentity | None = None
    device: str = ""
    imei: Imei | None = None
    asset_tag: AssetTag | None = None
    step: int = 0
    failures: int = 0
    ticket: int = 0
    busy: bool = False
    copy: int = 0
    hold: Hold | None = None
    recorded: bool = False
    notice: Problem | None = None
    guest: int | None = None
    foreseen: ModemIdentity | None = None
    boxed: Imei | None = None
    since: datetime | None = None
    gaps: int = 0
    waived: tuple[ProblemCode, ...] = ()
    offers: tuple[Plan, ...] = ()
    read: AssetTag | None = None

    @property
    def is_open(self) -> bool:
        """Whether the run still occupies its slot."""
        return self.state is not State.GONE

    @property
    def is_claimed(self) -> bool:
        """Whether a box scan took this handset into custody."""
        return self.imei is not None

    @property
    def current_step(self) -> PlannedStep | None:
        """The step the run is at, None when all are done."""
        return self.plan.steps[self.step] if self.step < len(self.plan.steps) else None

    @property
    def needs_link(self) -> bool:
        """Whether the present step is done over ADB."""
        step = self.current_step
        return step is not None and step.over_adb

    @property
    def must_be_proven(self) -> bool:
        """Whether a handset is there that nothing has said yet to be this run's own."""
        return self.present and not self.proven and not self.needs_link and self.is_claimed

    @property
    def is_enrolling(self) -> bool:
        """Whether a restart now would leave a handset that may only look enrolled."""
        return self.is_claimed and self.step in self.plan.enrolling

    def is_about(self, identity: HandsetIdentity) -> bool:
        """Whether that is this run's handset: the same serial number, and no other IMEI.

        A modem or a screen names only one IMEI of two, and a screen no serial number; Android names
        all, and so does the record.
        """
        mine = self.identity
        if mine is None or not mine.serial.may_be(identity.serial):
            return False
        if mine.is_partial or identity.is_partial:
            return bool({*mine.imeis} & {*identity.imeis})
        return mine.imeis == identity.imeis

    def shares_imei(self, identity: HandsetIdentity) -> bool:
        """Whether this run's handset and that one report an IMEI in common."""
        return self.identity is not None and bool({*self.identity.imeis} & {*identity.imeis})

    def is_working_on(self, ticket: int) -> bool:
        """Whether that ticket is the work in flight; any other answer comes too late."""
        return self.busy and self.ticket == ticket

    def held(
        self, code: ProblemCode, detail: str = "", values: tuple[tuple[str, str], ...] = ()
    ) -> StagingRun:
        """Return the run on hold, remembering where it was; a hold upon a hold keeps the first."""
        was = self.hold.was if self.hold else self.state
        hold = Hold(code, was, detail, values)
        return replace(self, state=State.HELD, busy=False, hold=hold, read=None)
