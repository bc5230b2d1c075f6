"""The bench's words: facts come in (past tense), orders go out (imperative), views are shown.

All are frozen values without behaviour. A device fact names a `UsbPath`, because that is what
hardware knows; the station turns it into a slot. The result of work names its run and the
`ticket` it was done under, so that an answer that comes too late is recognised and dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from bench.identity.identifiers import AssetTag, Imei, SerialNumber, SlotCode, UsbPath
from bench.problems import Problem, ProblemCode

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"
"""What a custody body may hold: no floats (RFC 8785 numbers differ between languages)."""


@dataclass(frozen=True, slots=True)
class HandsetIdentity:
    """What a handset says of itself; every text is `plain`."""

    serial: SerialNumber
    imeis: tuple[Imei, ...]
    model: str
    build: str = ""
    android: str = ""
    patch: str = ""


# ── facts from the hardware ─────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class HandsetAttached:
    """A handset was plugged into the port."""

    path: UsbPath


@dataclass(frozen=True, slots=True)
class HandsetDetached:
    """The port became empty."""

    path: UsbPath


@dataclass(frozen=True, slots=True)
class HandsetUnauthorised:
    """The handset shows its trust prompt and waits for a person."""

    path: UsbPath


@dataclass(frozen=True, slots=True)
class HandsetOnline:
    """The handset answers; `session` is one connection and never means another one later."""

    path: UsbPath
    session: int


@dataclass(frozen=True, slots=True)
class HandsetUnreachable:
    """The handset is on the port but cannot be worked with; the problem says why."""

    path: UsbPath
    problem: Problem


@dataclass(frozen=True, slots=True)
class HandsetIdentified:
    """The handset said who it is."""

    path: UsbPath
    session: int
    identity: HandsetIdentity


@dataclass(frozen=True, slots=True)
class IdentityUnread:
    """The handset did not say who it is."""

    path: UsbPath
    session: int
    problem: Problem


@dataclass(frozen=True, slots=True)
class TextScanned:
    """A barcode was read: the raw text of one frame, and the scanner it came from."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class ProblemRaised:
    """Something of the bench itself is wrong; one problem per (code, where) stands at a time."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class ProblemCleared:
    """What was wrong at `where` is right again."""

    code: ProblemCode
    where: str


# ── facts from a person at the window ───────────────────────────────────────────────────────────
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


# ── facts the station makes of scans and identities ─────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class HandsetRecognised:
    """The handset said who it is, and the record was asked about it.

    `device` is the record's own name for it (an IMEI can change with a board), new for a handset
    never seen; `asset_tag` is the one it already has; `staged` says that it left a bench staged.
    """

    path: UsbPath
    session: int
    identity: HandsetIdentity
    device: str
    asset_tag: AssetTag | None = None
    staged: bool = False


@dataclass(frozen=True, slots=True)
class ImeiScanned:
    """A box was scanned for this run; `next_tag` is for a handset that has no asset tag yet."""

    imei: Imei
    next_tag: AssetTag


@dataclass(frozen=True, slots=True)
class LabelScanned:
    """The label was read back."""

    asset_tag: AssetTag


@dataclass(frozen=True, slots=True)
class HandsetReattached:
    """The handset of a held run came back, on this slot."""

    slot: SlotCode
    path: UsbPath
    session: int


@dataclass(frozen=True, slots=True)
class ConflictFound:
    """What the handset says cannot be: the same IMEI twice, a simulated handset on a real bench."""

    problem: Problem


# ── facts from work in progress ─────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class StepProgressed:
    """A share of the step is done, 0 to 1; shown, never recorded."""

    run: str
    ticket: int
    share: float


@dataclass(frozen=True, slots=True)
class StepSucceeded:
    """The step is done and proven."""

    run: str
    ticket: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class StepFailed:
    """The handset refused the step (FAIL): it is tried again as often as the profile says."""

    run: str
    ticket: int
    reason: str


@dataclass(frozen=True, slots=True)
class StepErrored:
    """The bench could not do the step (ERROR): it is nobody's fault at the handset."""

    run: str
    ticket: int
    problem: Problem


@dataclass(frozen=True, slots=True)
class LabelPrinted:
    """The printer printed the label."""

    run: str
    ticket: int


@dataclass(frozen=True, slots=True)
class LabelDoubtful:
    """The label may or may not have been printed: only a scan of it can tell."""

    run: str
    ticket: int


DeviceFact: TypeAlias = (
    HandsetAttached | HandsetDetached | HandsetUnauthorised | HandsetOnline | HandsetUnreachable
    | HandsetIdentified | IdentityUnread
)  # fmt: skip
PersonFact: TypeAlias = RunHeld | RunResumed | RunVoided | CopyRequested
WorkFact: TypeAlias = (
    StepProgressed | StepSucceeded | StepFailed | StepErrored | LabelPrinted | LabelDoubtful
)
BenchFact: TypeAlias = ProblemRaised | ProblemCleared
Fact: TypeAlias = DeviceFact | TextScanned | BenchFact | PersonFact | WorkFact
"""What anyone may post to the station."""
RunFact: TypeAlias = (
    HandsetAttached | HandsetDetached | HandsetUnauthorised | HandsetOnline | HandsetUnreachable
    | HandsetRecognised | HandsetReattached | IdentityUnread | ConflictFound
    | ImeiScanned | LabelScanned | PersonFact | WorkFact
)  # fmt: skip
"""What a run can meet."""


# ── orders ──────────────────────────────────────────────────────────────────────────────────────
class CustodyKind(StrEnum):
    """What a custody event says happened; the value is its `type` in the record."""

    EPOCH_OPENED = "epoch_opened"
    SESSION_OPENED = "session_opened"
    SCANNED = "scanned"
    STEP_STARTED = "step_started"
    STEP_FINISHED = "step_finished"
    LABEL_QUEUED = "label_queued"
    LABELLED = "labelled"
    STAGED = "staged"
    HELD = "held"
    RESUMED = "resumed"
    VOIDED = "voided"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Record:
    """Append this to the custody record, before anything else is done or shown."""

    kind: CustodyKind
    data: Mapping[str, Json] = field(default_factory=dict)
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Identify:
    """Ask the handset who it is."""

    path: UsbPath
    session: int


@dataclass(frozen=True, slots=True)
class StartStep:
    """Do the profile's step of this index over this session."""

    run: str
    ticket: int
    session: int
    step: int


@dataclass(frozen=True, slots=True)
class PrintLabel:
    """Print the label; copies are numbered from 1."""

    run: str
    ticket: int
    slot: SlotCode
    asset_tag: AssetTag
    imei: Imei
    model: str
    copy: int


@dataclass(frozen=True, slots=True)
class CancelWork:
    """Stop whatever is being done for the run."""

    run: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """Tell the person that nothing was changed, and why."""

    problem: Problem


Order: TypeAlias = Record | Identify | StartStep | PrintLabel | CancelWork | Refuse


# ── views ───────────────────────────────────────────────────────────────────────────────────────
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
    """What is published after a commit: the slots that changed, and the whole of the rest."""

    slots: tuple[SlotView, ...] = ()
    scan: ScanView | None = None
    tally: TallyView = TallyView()
    problems: tuple[Problem, ...] = ()
