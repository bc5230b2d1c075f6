"""What the central store says of this bench and of handsets elsewhere, in the bench's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from bench.identity.identifiers import Imei


class CentreState(StrEnum):
    """How this bench stands with the centre."""

    IN_STEP = "in-step"
    """All that was recorded is there."""
    SENDING = "sending"
    WAITING = "waiting"
    """Something waits to be sent and will be, by itself."""
    AWAY = "away"
    """The centre was not reached; what waits is sent when it is back."""
    STOPPED = "stopped"
    """Nothing is sent until a person has done something about it."""


@dataclass(frozen=True, slots=True)
class CentreView:
    """What waits to be sent, for whoever looks.

    `waiting` is None while nobody knows. `store` is the centre's name, `receipt` the number of the
    last event whose proof of receipt is kept, None without. `since` is when the oldest event that
    waits was recorded, `seen` when the centre last answered, `release` of when what it sent down is
    (all UTC, None for never); `detail` is why it is away or stopped, "" otherwise.
    """

    state: CentreState
    waiting: int | None = 0
    since: datetime | None = None
    seen: datetime | None = None
    release: datetime | None = None
    detail: str = ""
    store: str = ""
    receipt: int | None = None


@dataclass(frozen=True, slots=True)
class CentreHeard:
    """How this bench stands with the centre changed."""

    view: CentreView


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where another bench has an IMEI: what its last event there says. `phase` as in the record."""

    imei: Imei
    bench: str
    phase: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SightingsHeard:
    """The centre answered where other benches have the handset of this run; maybe nowhere."""

    run: str
    sightings: tuple[Sighting, ...]


@dataclass(frozen=True, slots=True)
class SyncRequested:
    """A person wants what waits to be sent now."""


CentralFact: TypeAlias = CentreHeard | SyncRequested
"""What concerns this bench and the centre, and no run."""
