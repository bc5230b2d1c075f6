"""What the bench needs of the world outside, in the bench's own words.

`hardware` implements these; the simulator's devices are the same implementations with simulated
peers. Every coroutine runs on the bench's one asyncio loop and may be cancelled at any await.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeAlias

from bench.events.central import Sighting
from bench.events.device import HandsetIdentity
from bench.events.management import EnrolmentContent, ManagedHandset
from bench.events.run import Fact
from bench.events.views import BenchView
from bench.identity.identifiers import Imei, SerialNumber, UsbPath
from bench.problems import Problem

Post: TypeAlias = Callable[[Fact], None]
"""Hands a fact to the station; call it on the bench's loop only."""
Progress: TypeAlias = Callable[[float], None]
"""Told the share of a transfer that is done, 0 to 1."""


class HandsetRefusalError(Exception):
    """The handset answered, and said no (FAIL): `reason` is its own words made plain."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PrintDoubtfulError(Exception):
    """The printer was cut off in mid-label: it may or may not have printed."""


@dataclass(frozen=True, slots=True)
class ShellReply:
    """What a command on the handset answered: exit code 0 to 255, and its two outputs."""

    code: int
    out: str
    err: str


class Handset(Protocol):
    """One handset over one session.

    Link or server gone: `ProblemError`; the handset said no: `HandsetRefusalError`.
    """

    async def identify(self) -> HandsetIdentity:
        """Ask who it is."""
        ...

    async def shell(self, *words: str) -> ShellReply:
        """Run a command; every word is quoted, so none is interpreted by the handset's shell."""
        ...

    async def push(self, source: Path, target: str, progress: Progress) -> None:
        """Copy a file to the handset."""
        ...

    async def install(self, package: Path, progress: Progress) -> None:
        """Install a package."""
        ...


class Handsets(Protocol):
    """The handsets that can be worked with."""

    def open(self, session: int) -> Handset:
        """Return the handset of that session; once it is over, each call is a `ProblemError`."""
        ...


class Watcher(Protocol):
    """Something that posts what it sees: USB, the ADB server, a scanner."""

    async def follow(self, post: Post) -> None:
        """Post facts until cancelled. Trouble is posted, waited out and cleared, never raised."""
        ...


@dataclass(frozen=True, slots=True)
class Bitmap:
    """A one-bit picture at the printer's dots.

    Rows of (width + 7) // 8 bytes, the first dot in the highest bit; 1 is black, pad bits are 0.
    """

    width: int
    height: int
    dots: bytes


class LabelPrinter(Protocol):
    """A label printer; the caller prints one label at a time."""

    async def trouble(self) -> Problem | None:
        """Ask whether it can print now: None, or what keeps it from it."""
        ...

    async def print(self, label: Bitmap) -> None:
        """Print one label; nothing sent: `ProblemError`, cut off: `PrintDoubtfulError`."""
        ...


class HubPower(Protocol):
    """Power of single ports, where a hub can switch it."""

    async def switchable(self) -> frozenset[UsbPath]:
        """Ask which ports can be switched now; none where no hub can, or nothing is there to ask.

        A port belongs to it if no other port would lose its power with it.
        """
        ...

    async def cycle(self, path: UsbPath) -> None:
        """Switch a port off and on again; not possible: `ProblemError`."""
        ...


class Management(Protocol):
    """The service that handsets come under the management of. Trouble is a `ProblemError`."""

    async def find(
        self, serial: SerialNumber | None, imeis: tuple[Imei, ...]
    ) -> ManagedHandset | None:
        """Return the handset of that serial number or of one of those IMEIs; None: not seen yet.

        Of several entries for one handset it is the newest enrolment.
        """
        ...

    async def content(self, profile: str) -> EnrolmentContent:
        """Return what handsets are enrolled with under the profile of that name there.

        `ProblemError` where there is none, or its token has expired or was revoked.
        """
        ...

    def now(self) -> datetime:
        """Return this moment by the service's clock, UTC; this computer's while it has not said."""
        ...


class CentralInventory(Protocol):
    """What other benches told the central store, as far as it is in reach."""

    async def sightings(self, imeis: tuple[Imei, ...]) -> tuple[Sighting, ...]:
        """Return where other benches have these; `ProblemError` where the centre does not say."""
        ...

    def look_now(self) -> None:
        """Send what waits at once, also while the centre was away a moment ago."""
        ...


class Uploads(Protocol):
    """Which handsets stand in files that were handed to an enrolment service."""

    def listed(self, service: str, imeis: tuple[Imei, ...], serial: SerialNumber | None) -> str:
        """Return the name of the last file for `service` (`knox`, `zero-touch`) it is in, or ""."""
        ...


class Secrets(Protocol):
    """Secrets that a profile names and never holds: a Wi-Fi password, a token."""

    def secret(self, name: str) -> str:
        """Return one; `ProblemError` SECRET_MISSING where there is none of that name."""
        ...


@dataclass(frozen=True, slots=True)
class ManagementAddress:
    """Where a management service answers, and as whom it is asked.

    `graph` is the root of its requests (`https://graph.microsoft.com/beta`), `authority` where the
    application `client` signs in (`https://login.microsoftonline.com/<tenant>`). `certificates` is
    a PEM file of the authorities to trust, None for the computer's own. `key` is a PEM of private
    key and certificate that the application proves itself by, "" where a person signs in.
    """

    graph: str
    authority: str
    client: str
    certificates: Path | None = None
    key: str = field(default="", repr=False)


class Technician(Protocol):
    """Someone at the bench who sees what is shown and acts; in training, a scripted one."""

    def see(self, view: BenchView) -> None:
        """Look at what is shown now."""
        ...

    async def work(self, post: Post) -> None:
        """Work until the job is done; the bench then closes."""
        ...


@dataclass(frozen=True, slots=True)
class Equipment:
    """What stands on a bench, ready for use."""

    handsets: Handsets
    printer: LabelPrinter
    watchers: tuple[Watcher, ...]
    technician: Technician | None = None
    power: HubPower | None = None
    management: ManagementAddress | None = None
    """Where simulated handsets come under management; None where the settings say it."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time and how far it can be trusted.

    `at` is UTC; `boot` the kernel's boot id; `mono` milliseconds since that boot, suspend
    included; `unsynchronised` and `max_error` (microseconds) as the kernel's clock discipline says.
    """

    at: datetime
    boot: str
    mono: int
    unsynchronised: bool
    max_error: int


class Clock(Protocol):
    """Where time comes from."""

    def moment(self) -> Moment:
        """Return now, for the record."""
        ...

    def elapsed(self) -> float:
        """Return monotonic seconds, for measuring."""
        ...
