"""What a handset finds around it while it is set up: networks, the service, enrolment portals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from hardware.simulator.wizard.provisioning import INTUNE_CHECKSUM, INTUNE_COMPONENT


@dataclass(slots=True)
class Network:
    """A wireless network in the air, WPA2 where it has a password.

    Faults: `associates` False (a handset tries for ever), `reaches_out` False (no way to any
    service).
    """

    password: str = field(default="", repr=False)
    associates: bool = True
    reaches_out: bool = True


class NotEnrolledError(Exception):
    """The service took a handset not in: `reason` says why, for its screen."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ManagementService(Protocol):
    """What handsets enrol at."""

    def enrol(self, token: str, *, serial: str, imeis: tuple[str, ...], model: str) -> str:
        """Take a handset under management, return its name there; raises `NotEnrolledError`."""
        ...

    def check_in(self, serial: str) -> object:
        """Let a managed handset report; with its policies in place it is compliant from then on."""
        ...


@dataclass(frozen=True, slots=True)
class PortalProfile:
    """What an enrolment portal sets an assigned handset up with.

    `custom_json` is what its management app is handed: the inner object with the token.
    """

    name: str
    custom_json: str = field(repr=False)
    admin: str = INTUNE_COMPONENT


class AssigningPortal(Protocol):
    """An enrolment portal that a handset asks once it is on line."""

    def profile_for(self, serial: str, imeis: tuple[str, ...]) -> PortalProfile | None:
        """Return the profile that is assigned to that handset, or None."""
        ...


_APPS = {INTUNE_COMPONENT: INTUNE_CHECKSUM}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where handsets are set up.

    `networks` are by their SSID; `apps` are the management apps that can be loaded: the checksum
    by the receiver.
    """

    management: ManagementService
    networks: Mapping[str, Network] = field(default_factory=dict)
    portals: Sequence[AssigningPortal] = ()
    apps: Mapping[str, str] = field(default_factory=lambda: dict(_APPS))


@dataclass(frozen=True, slots=True)
class SetUpTimes:
    """How long each part of a set-up takes, in seconds.

    `blink` is how long the handset is off the bus when it changes its USB functions in the middle
    of enrolment (0: it is not), `restart` how long it is when it starts anew, `retry` what passes
    between two tries at a network. `check_in` passes from its home screen to its first report.
    `read` passes before its camera has read a code. Not measured on a real handset; all that is
    known is that a restart takes a good deal longer than a change of functions.
    """

    read: float = 0.0
    join: float = 0.05
    download: float = 0.1
    enrol: float = 0.3
    check_in: float = 0.2
    blink: float = 0.2
    restart: float = 2.5
    retry: float = 0.2


UNHURRIED = SetUpTimes(read=1.2, join=0.6, download=0.8, enrol=1.2, check_in=0.6)
"""Slow enough for eyes to follow, and still far quicker than a handset."""
