"""A profile half read: every part that could be read, where it stands, and how many there were."""

from __future__ import annotations

from dataclasses import dataclass

from bench.enrolment.profiles.faults import Place
from bench.enrolment.profiles.head import Head
from bench.enrolment.profiles.profile import Payload, Traps, Wifi
from bench.enrolment.profiles.vocabulary import Step


@dataclass(frozen=True, slots=True)
class Placed:
    """A step that was read, and where it stands."""

    place: Place
    step: Step


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of one list: those that were read, and whether that is all of them."""

    read: tuple[Placed, ...]
    whole: bool

    @property
    def values(self) -> tuple[Step, ...]:
        """The steps without their places."""
        return tuple(each.step for each in self.read)


@dataclass(frozen=True, slots=True)
class DraftVariant:
    """An adjustment: its letter, and its steps besides the usual ones."""

    letter: str
    steps: Steps


@dataclass(frozen=True, slots=True)
class Draft:
    """What a document says, part by part."""

    head: Head
    steps: Steps
    gates: Steps
    variants: tuple[DraftVariant, ...]
    traps: Traps
    wifi: Wifi | None
    payload: Payload | None
