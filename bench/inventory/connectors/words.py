"""What is said of a device between the centre and an inventory. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

TAG, SERIAL, IMEI, IMEI2, MODEL, STATUS = (
    "asset_tag", "serial", "imei", "imei2", "model", "status",
)  # fmt: skip
"""The fields that every inventory is asked for; one that has no place for a field leaves it out."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A device as the centre's projections have it, and the event that made it so.

    `device` is the record's own name for it, `phase` as in the record, `bench` where its last event
    was; `holder` and `location` are who and where that event says, "" where it does not. One that
    is `quarantined` is in conflict or set aside: nobody may be said to have it. `since` is UTC,
    `20YY-MM-DDThh:mm:ssZ`. `native` is a name that it keeps when its board is changed.
    """

    device: str
    asset_tag: str
    serial: str
    imei: str
    imei2: str
    model: str
    phase: str
    quarantined: bool
    bench: str
    holder: str
    location: str
    since: str
    event: str
    native: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A device as one inventory has it, or is to have it, in that inventory's own words.

    `fields` that are missing are not that inventory's to know. `holder` is who has it (`user:7`,
    `location:3`), "" for nobody, None where that is left as it is. `key` is the inventory's own for
    the entry, "" for one that is wanted; `device` the record's, "" where the inventory keeps none.
    `since` is when it became so, for an inventory that asks.
    """

    fields: Mapping[str, str]
    holder: str | None = None
    key: str = ""
    device: str = ""
    archived: bool = False
    since: str = ""


# ── what is to be done ──────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Create:
    """Make a new entry of these fields."""

    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Alter:
    """Change these fields of an entry only; each leads to what was there and what is wanted."""

    key: str
    fields: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Take it back from whom it is checked out to."""

    key: str
    holder: str


@dataclass(frozen=True, slots=True)
class CheckOut:
    """Check it out; `key` is "" for an entry that is made just before."""

    key: str
    holder: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """What the inventory has contradicts the record, or itself: a person looks."""

    why: str


Change: TypeAlias = Create | Alter | CheckIn | CheckOut | Conflict


@dataclass(frozen=True, slots=True)
class Plan:
    """One device, what the inventory is to have of it, and what is to be done for that."""

    wanted: Wanted
    entry: Entry
    changes: tuple[Change, ...]


class State(StrEnum):
    """How a device stands with one inventory; the values are in the outbox."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    """It did not work; it is tried again by itself."""
    REFUSED = "refused"
    """A person has to look; it is tried again when the device changes, and once a day."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went with one device, and in plain words why not."""

    state: State
    word: str = ""


DONE = Outcome(State.DONE)


class UnfitError(ValueError):
    """A device cannot be said in an inventory's words; the text says what a person has to set."""
