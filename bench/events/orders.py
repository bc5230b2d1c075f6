"""What is to be done about a fact: orders, imperative, the record first among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from bench.events.device import HandsetIdentity
from bench.identity.identifiers import AssetTag, Imei, SlotCode, UsbPath
from bench.problems import Problem

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"
"""What a custody body may hold: no floats (RFC 8785 numbers differ between languages)."""


class CustodyKind(StrEnum):
    """What a custody event says happened; the value is its `type` in the record."""

    # the record itself
    EPOCH_OPENED = "epoch_opened"
    SESSION_OPENED = "session_opened"
    SESSION_CLOSED = "session_closed"
    CHECKPOINTED = "checkpointed"
    CLOCK_STEPPED = "clock_stepped"
    SIGNED_OFF = "signed_off"
    EXPORTED = "exported"
    RELEASE_TAKEN = "release_taken"
    # people
    PERSON_ENROLLED = "person_enrolled"
    PERSON_CHANGED = "person_changed"
    ERASED = "erased"
    # a handset at the bench
    SCANNED = "scanned"
    STEP_FINISHED = "step_finished"
    CONFIRMED = "confirmed"
    LABEL_QUEUED = "label_queued"
    LABELLED = "labelled"
    STAGED = "staged"
    HELD = "held"
    RESUMED = "resumed"
    VOIDED = "voided"
    TAKEN_OUT = "taken_out"
    ENROLLED = "enrolled"
    # a handset before and after
    IMPORTED = "imported"
    GOODS_IN = "goods_in"
    DISCREPANCY = "discrepancy"
    SIM_MARRIED = "sim_married"
    SIM_TAKEN = "sim_taken"
    SIMS_REHOMED = "sims_rehomed"
    CARRIED = "carried"
    PACKED = "packed"
    UNPACKED = "unpacked"
    SEALED = "sealed"
    UNSEALED = "unsealed"
    CONSIGNED = "consigned"
    CONSIGNMENT_SEALED = "consignment_sealed"
    MANIFEST_SIGNED = "manifest_signed"
    DISPATCHED = "dispatched"
    RECEIVED = "received"
    HANDED_OVER = "handed_over"
    RETURNED = "returned"
    QUARANTINED = "quarantined"
    RELEASED = "released"
    DOA = "doa"
    WIPED = "wiped"
    DISPOSED = "disposed"
    # the roll-out
    RECONCILED = "reconciled"
    SHIFT_HANDED_OVER = "shift_handed_over"
    # what was wrong about it
    IDENTITY_CHANGED = "identity_changed"
    CORRECTED = "corrected"
    CONFLICT_RESOLVED = "conflict_resolved"


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
    """Do the step of this index of the profile of that fingerprint.

    It is done over this session, None where it takes none, and it is about that handset, which was
    met at `since` (UTC).
    """

    run: str
    ticket: int
    session: int | None
    step: int
    profile: str
    identity: HandsetIdentity
    since: datetime | None


@dataclass(frozen=True, slots=True)
class PrintLabel:
    """Print the label of the profile of that fingerprint; copies are numbered from 1."""

    run: str
    ticket: int
    slot: SlotCode
    asset_tag: AssetTag
    imei: Imei
    model: str
    copy: int
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Readmit:
    """See the handset that is on this port as one just plugged in: its slot is free now."""

    path: UsbPath
    session: int


@dataclass(frozen=True, slots=True)
class CancelWork:
    """Stop whatever is being done for the run."""

    run: str


@dataclass(frozen=True, slots=True)
class WatchGap:
    """Say when a handset that left the bus has been off it for so many seconds.

    `gap` counts how often it did.
    """

    run: str
    gap: int
    seconds: float


@dataclass(frozen=True, slots=True)
class AskCentre:
    """Ask the centre, if it is in reach, where other benches have the handset of a run."""

    run: str
    imeis: tuple[Imei, ...]


@dataclass(frozen=True, slots=True)
class SyncNow:
    """Send what waits to the centre at once."""


@dataclass(frozen=True, slots=True)
class CyclePower:
    """Switch the port of that slot off and on."""

    slot: SlotCode
    path: UsbPath


@dataclass(frozen=True, slots=True)
class Refuse:
    """Tell the person that nothing was changed, and why."""

    problem: Problem


Order: TypeAlias = (
    Record | Identify | StartStep | PrintLabel | Readmit | CancelWork | WatchGap | CyclePower
    | AskCentre | SyncNow | Refuse
)  # fmt: skip
