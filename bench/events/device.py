"""What hardware sees and hears. A fact names a `UsbPath`, because that is what hardware knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from bench.events.condition import HandsetCondition
from bench.identity.identifiers import Imei, SerialNumber, UsbPath
from bench.problems import Problem, ProblemCode

_UNTOLD = HandsetCondition()


@dataclass(frozen=True, slots=True)
class HandsetIdentity:
    """What a handset says of itself; every text is `plain`."""

    serial: SerialNumber
    imeis: tuple[Imei, ...]
    model: str
    build: str = ""
    android: str = ""
    patch: str = ""
    condition: HandsetCondition = _UNTOLD


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
class ProblemRaised:
    """Something of the bench itself is wrong; one problem per (code, where) stands at a time."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class ProblemCleared:
    """What was wrong at `where` is right again."""

    code: ProblemCode
    where: str


DeviceFact: TypeAlias = (
    HandsetAttached | HandsetDetached | HandsetUnauthorised | HandsetOnline | HandsetUnreachable
    | HandsetIdentified | IdentityUnread
)  # fmt: skip


BenchFact: TypeAlias = ProblemRaised | ProblemCleared
