"""What a statement and a docket say, as values: the layout knows neither record nor database.

Texts may hold anything that a handset, a scanner or a person wrote; the layout makes them plain.
Every time is aware and is shown in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

SIMULATED = "TRAINING \N{EN DASH} SIMULATED"
"""Stands on every page and label of a simulated record."""


@dataclass(frozen=True, slots=True)
class Handset:
    """The handset a statement is about; `uid` is the record's own and outlives its IMEI."""

    uid: str
    imeis: tuple[str, ...]
    serial: str
    model: str
    asset_tag: str | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of the time in which an event must have happened.

    `size` is the checkpoint's (0: the beginning of the epoch); `at` is when a witness cosigned
    it, None while nobody has.
    """

    size: int
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """That a later event, number `seq`, corrects this one; `who` is a pseudonym."""

    seq: int
    at: datetime
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class SignOff:
    """That a later event, number `seq`, signs this one off; `who`, a pseudonym, signed."""

    seq: int
    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event as the statement shows it.

    `at` is what the bench's clock said, to be trusted when `synchronised`, then to `max_error`
    microseconds. What can be proved is that it happened later than `after` was cosigned and
    before `before` was; None: nothing bounds it on that side. `who` is a pseudonym and `how` the
    way they showed who they are. A text that is not there is "".
    """

    seq: int
    at: datetime
    synchronised: bool
    max_error: int
    what: str
    who: str
    how: str
    from_: str = ""
    to: str = ""
    reason: str = ""
    after: Bound | None = None
    before: Bound | None = None
    corrects: tuple[int, ...] = ()
    corrections: tuple[Correction, ...] = ()
    signs_off: tuple[int, ...] = ()
    sign_offs: tuple[SignOff, ...] = ()


@dataclass(frozen=True, slots=True)
class VerifierKeyLine:
    """A public key to check with: whose it is, and the C2SP verifier key `name+id+base64`."""

    role: str
    vkey: str


@dataclass(frozen=True, slots=True)
class Signatory:
    """Whose certificate signs a statement.

    `fingerprint` is the SHA-256 of the DER certificate in hex. `issuer` is None when nobody vouches
    for it: the bench made it itself.
    """

    name: str
    fingerprint: str
    issuer: str | None


@dataclass(frozen=True, slots=True)
class StatementContent:
    """One handset's history, ready to be laid out.

    `document` is this statement's own id, unique for ever. `note` is the whole signed checkpoint
    (C2SP signed-note). `format_page` says where the bundle's format is written down. `remarks` are
    sentences for the first page, such as what was erased or which check failed.
    """

    document: str
    made_at: datetime
    origin: str
    handset: Handset
    events: tuple[EventRow, ...]
    note: bytes
    keys: tuple[VerifierKeyLine, ...]
    format_page: str
    signatory: Signatory
    simulated: bool
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocketDetails:
    """What a docket says beside the checkpoint; `reason` is a shift, a consignment, a sign-off."""

    document: str
    made_at: datetime
    reason: str
    simulated: bool
