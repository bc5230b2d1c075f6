"""What a bench says to the central store and hears from it, whichever door it goes through.

One exchange does all: it brings events (or none), asks (or not), and answers where the store stands
with this bench. The same request may be made any number of times: what the store has already, it
compares and does not store again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeAlias

from bench.custody.entries import SealedEvent
from bench.events.orders import Json

MOST_EVENTS = 5000
"""Events in one exchange; more the store refuses whole."""
MOST_BODY = 65_536
"""Bytes of an event's body; a longer one the store refuses."""
FORM = 1
"""The oldest form of the store (`custody.form`) that this program can work with."""


class Status(StrEnum):
    """How an exchange went; the values are the store's own words."""

    OK = "ok"
    GAP = "gap"
    """Events are missing before the first of these; nothing was stored."""
    FORK = "fork"
    """The store has another event of one of these numbers: this bench is frozen there now."""
    FROZEN = "frozen"
    """Nothing is taken from this bench, or not in this epoch, until a supervisor opens the next."""
    BROKEN_CHAIN = "broken_chain"
    """They do not follow the store's head, or one is none; nothing was stored, nothing frozen."""
    BAD_REQUEST = "bad_request"
    UNKNOWN_BENCH = "unknown_bench"
    CERTIFICATE_ENDED = "certificate_ended"


@dataclass(frozen=True, slots=True)
class Asks:
    """What is asked beside; nothing is told that was not asked.

    `hello`: who the store is. `imeis`: where other benches have these (100 at most). `release`: the
    newest release after this number. `part`: the text of that SHA-256 (hex).
    """

    hello: bool = False
    imeis: tuple[str, ...] = ()
    release: int | None = None
    part: str = ""

    @property
    def json(self) -> dict[str, Json]:
        """The question as the store reads it."""
        asked: dict[str, Json] = {"hello": True} if self.hello else {}
        if self.imeis:
            asked["imeis"] = list(self.imeis)
        if self.release is not None:
            asked["release"] = self.release
        if self.part:
            asked["part"] = self.part
        return asked


Answers: TypeAlias = "Mapping[str, Json]"
"""By what was asked: `hello`, an object (name, simulated, form, protocol, bench, epoch, now);
`sightings`, a list of objects (imei, bench, at, type, phase); `release`, a signed note or null;
`part`, a text or null. Distrust all of it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How an exchange went, and where the store stands with this bench and epoch.

    `accepted_through` is the number of the last event it has, `head_hash` that event's leaf hash
    (32 bytes), both None where it does not say; `stored` how many of these were new.
    """

    status: Status
    accepted_through: int | None
    head_hash: bytes | None
    stored: int = 0
    answers: Answers = field(default_factory=dict)


NOTHING_ASKED = Asks()


class Centre(Protocol):
    """The central store through one of its doors. On a thread of its own or in its own process.

    Trouble on the way is a `ProblemError` (CENTRE_UNREACHABLE, CENTRE_BUSY, CENTRE_REFUSED …): it
    is not known then whether the events arrived.
    """

    def exchange(
        self,
        epoch: int,
        from_seq: int,
        events: Sequence[SealedEvent] = (),
        asks: Asks = NOTHING_ASKED,
    ) -> Answer:
        """Bring events that follow one another from number `from_seq`, and ask."""
        ...

    def close(self) -> None:
        """Hang up; the next exchange connects anew."""
        ...
