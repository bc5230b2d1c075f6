"""What goes into the record and what comes out of it, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bench.events.orders import CustodyKind, Json
from bench.identity.identifiers import AssetTag, Imei, SerialNumber, bench_name


@dataclass(frozen=True, slots=True)
class LedgerHeader:
    """Whose record this is: one file, one bench, one epoch; simulated or real, never both."""

    bench: str
    simulated: bool
    epoch: int = 1

    def __post_init__(self) -> None:
        bench_name(self.bench)


@dataclass(frozen=True, slots=True)
class DeviceRef:
    """The handset an event is about; `uid` was made when it first came and outlives its IMEI."""

    uid: str
    imeis: tuple[Imei, ...]
    serial: SerialNumber
    model: str
    asset_tag: AssetTag | None = None


@dataclass(frozen=True, slots=True)
class RunPosition:
    """Where a run stands after an event.

    `data` is the run's own snapshot, which custody keeps and gives back without reading it.
    Of the states custody knows one word, `held`, and only to count.
    """

    run: str
    slot: str
    state: str
    open: bool
    data: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LabelJob:
    """One print of a run's label; copies are numbered from 1."""

    run: str
    copy: int


class LabelState(StrEnum):
    """How far a label job is."""

    QUEUED = "queued"
    PRINTED = "printed"
    DOUBTFUL = "doubtful"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event to append.

    `from_` and `to` are the custodian or place before and after. The keys `run` and `label` of
    `data` are custody's own. A label job without `label_state` is queued by a `LABEL_QUEUED`
    entry and printed by any other.
    """

    kind: CustodyKind
    device: DeviceRef | None = None
    run: RunPosition | None = None
    data: Mapping[str, Json] = field(default_factory=dict)
    reason: str | None = None
    from_: str | None = None
    to: str | None = None
    label_job: LabelJob | None = None
    label_state: LabelState | None = None


@dataclass(frozen=True, slots=True)
class Appended:
    """An event that is on the disk: its number, leaf hash (32 bytes) and id."""

    seq: int
    hash: bytes
    event_id: str


@dataclass(frozen=True, slots=True)
class SealedEvent:
    """An event as it lies in the record: exact bytes, leaf hash, the bench's signature over it."""

    seq: int
    body: bytes
    hash: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """A handset as the record knows it now; `seq` is its last event; without a run, texts are "".

    `outcome` is how its last run ended: `staged`, `voided`, or "" while it has not.
    `imeis` holds at most two: handsets have one or two, and more are kept only in the events.
    """

    uid: str
    imeis: tuple[Imei, ...]
    serial: SerialNumber
    model: str
    asset_tag: AssetTag | None
    state: str
    run: str
    slot: str
    seq: int
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """The record in numbers: events; labels printed; runs staged (not voided), held, voided."""

    events: int
    labels: int
    staged: int
    held: int
    voided: int
