"""What hardware sees and hears. A fact names a `UsbPath`, because that is what hardware knows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bench.events.condition import HandsetCondition
from bench.identity.identifiers import Imei, SerialNumber, UsbPath
from bench.problems import Problem, ProblemCode

_UNTOLD = HandsetCondition()


class SaidBy(StrEnum):
    """By what means a handset said who it is; the value goes into custody where it is not ADB."""

    ADB = "adb"
    MODEM = "modem"
    SCREEN = "screen"
    """Read off its screen (`*#06#`) by a scanner: a person held it there."""


@dataclass(frozen=True, slots=True)
class HandsetIdentity:
    """What a handset says of itself; every text is `plain`.

    Its serial number is empty where only its screen was read.
    """

    serial: SerialNumber
    imeis: tuple[Imei, ...]
    model: str
    build: str = ""
    android: str = ""
    patch: str = ""
    condition: HandsetCondition = _UNTOLD
    said_by: SaidBy = SaidBy.ADB

    @property
    def is_partial(self) -> bool:
        """Whether it may have a further IMEI that it could not name."""
        return self.said_by is not SaidBy.ADB


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
