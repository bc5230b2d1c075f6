"""What goes into the record and what comes out of it, as values."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from bench.custody.phases import Phase
from bench.custody.proof.checkpoint import origin_of
from bench.events.orders import CustodyKind, Json
from bench.identity.identifiers import AssetTag, Imei, SerialNumber, bench_name


@dataclass(frozen=True, slots=True)
class LedgerHeader:
    """Whose record this is: one file, one bench, one epoch; simulated or real, never both.

    `organisation` is a host name of whoever answers for the record; with bench and epoch it names
    the record's tree for ever.
    """

    bench: str
    simulated: bool
    epoch: int = 1
    organisation: str = "staging-bench.localhost"

    def __post_init__(self) -> None:
        bench_name(self.bench)
        _ = self.origin

    @property
    def origin(self) -> str:
        """The name of this record's tree and of its key (c2sp.org/tlog-checkpoint)."""
        return origin_of(self.organisation, self.bench, self.epoch)


class Proof(StrEnum):
    """How someone showed who they are."""

    UNPROVEN = "unproven"
    BADGE = "badge"
    BADGE_PIN = "badge+pin"
    FIDO2 = "fido2"
    SMARTCARD = "smartcard"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted: a pseudonym, never a name, and how they showed that it is theirs."""

    id: str
    how: Proof = Proof.UNPROVEN


@dataclass(frozen=True, slots=True)
class PersonalText:
    """A name, a signature or free text about `subject` (a pseudonym or a handset's uid).

    The event holds only its salted commitment, under `field`; the text can be erased.
    """

    field: str
    text: str
    subject: str


@dataclass(frozen=True, slots=True)
class Blob:
    """A photograph or log that lies beside the record: SHA-256 in hex, bytes, media type."""

    sha256: str
    size: int
    media: str


@dataclass(frozen=True, slots=True)
class DeviceRef:
    """The handset an event is about; `uid` was made when it first came and outlives its IMEI."""

    uid: str
    imeis: tuple[Imei, ...]
    serial: SerialNumber
    model: str
    asset_tag: AssetTag | None = None


def new_uid() -> str:
    """Make the name of a handset never met before: 128 random bits, 26 characters of base32."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


@dataclass(frozen=True, slots=True)
class RunPosition:
    """Where a run stands after an event.

    `data` is the run's own snapshot, which custody keeps and gives back without reading it; None
    leaves the one before as it is. Of the states custody knows one word, `held`, and only to count.
    """

    run: str
    slot: str
    state: str
    open: bool
    data: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run that occupies a slot: its position, its handset, and the policy it was under."""

    position: RunPosition
    device: DeviceRef | None
    policy_hash: str


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

    `from_` and `to` are the custodian or place before and after; `docket` names a consignment's
    paper, `lot` a tray or delivery, `order` the order the handset was bought under. The keys `run`
    and `label` of `data` are custody's own. A label job without `label_state` is queued by a
    `LABEL_QUEUED` entry and printed by any other. `override` says why a transition that the table
    forbids was made all the same. `phase` is only for entries that say where the handset really is.
    `policy` is the fingerprint of the profile it was done under, where that is not the session's.
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
    order: str | None = None
    lot: str | None = None
    docket: str | None = None
    override: str | None = None
    phase: Phase | None = None
    personal: tuple[PersonalText, ...] = ()
    blobs: tuple[Blob, ...] = ()
    policy: str | None = None


@dataclass(frozen=True, slots=True)
class Appended:
    """An event that is on the disk: its number, leaf hash (32 bytes) and id."""

    seq: int
    hash: bytes
    event_id: str


class SealedEvent(NamedTuple):
    """An event as it lies in the record: exact bytes, leaf hash, the bench's signature over it.

    A tuple, because a million of them are read at a time.
    """

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
    phase: Phase
    state: str
    run: str
    slot: str
    seq: int
    outcome: str = ""

    @property
    def ref(self) -> DeviceRef:
        """The handset as an event names it."""
        return DeviceRef(self.uid, self.imeis, self.serial, self.model, self.asset_tag)


@dataclass(frozen=True, slots=True)
class Carried:
    """Under which profile a handset was last staged.

    `policy` is its fingerprint as `body.short` spells it; name and variant are "", and the version
    is 0, where the record does not say which profile that was. `at` is when, in UTC.
    """

    device: DeviceRecord
    name: str
    version: int
    variant: str
    policy: str
    at: str


@dataclass(frozen=True, slots=True)
class Counts:
    """The record in numbers: events; labels printed; runs staged (not voided), held, voided."""

    events: int
    labels: int
    staged: int
    held: int
    voided: int
