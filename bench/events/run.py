"""What a run can meet: facts as they come, and those the station makes of scans and identities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from bench.events.central import CentralFact
from bench.events.desks import DeskFact
from bench.events.device import (
    BenchFact,
    DeviceFact,
    HandsetAttached,
    HandsetDetached,
    HandsetIdentity,
    HandsetOnline,
    HandsetUnauthorised,
    HandsetUnreachable,
    IdentityUnread,
)
from bench.events.modem import ModemFact
from bench.events.orders import Json
from bench.events.person import AccessFact, PersonFact, PowerCycleRequested, TextScanned
from bench.events.power import PortsSwitchable
from bench.events.usb import UsbFact
from bench.events.work import WorkFact
from bench.identity.identifiers import AssetTag, Imei, SlotCode, UsbPath
from bench.identity.scans import Meaning
from bench.problems import Problem


@dataclass(frozen=True, slots=True)
class HandsetRecognised:
    """The handset said who it is, and the record was asked about it.

    `device` is the record's own name for it (an IMEI can change with a board), new for a handset
    never seen; `asset_tag` is the one it already has; `staged` says that it left a bench staged,
    `quarantined` why it was set aside and not released, "" where it was not. `session` is None
    where it said so without ADB. `doubles` is the serial number under which the record knows its
    IMEI too, `elsewhere` where else the IMEI is known as another handset's; "" for none. `at` is
    now, in UTC.
    """

    path: UsbPath
    session: int | None
    identity: HandsetIdentity
    device: str
    asset_tag: AssetTag | None = None
    staged: bool = False
    quarantined: str = ""
    doubles: str = ""
    elsewhere: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ImeiScanned:
    """A box was scanned for this run; `next_tag` is for a handset that has no asset tag yet.

    `also` is what else the code on the box says. From a handset of which nobody but its screen can
    say who it is, the second such scan is that of its screen.
    """

    imei: Imei
    next_tag: AssetTag
    also: tuple[Meaning, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelScanned:
    """The label was read back."""

    asset_tag: AssetTag


@dataclass(frozen=True, slots=True)
class SimScanned:
    """A SIM was scanned for this run, and the book was asked about it.

    `sim` is what the record is to say of it: `iccid`, and what is known of `eid`, `supplier` and
    `contract`. `is_own` says that the handset is married to it already, `trouble` why it may not
    be; None where it may.
    """

    sim: Mapping[str, Json] = field(default_factory=dict)
    is_own: bool = False
    trouble: Problem | None = None


@dataclass(frozen=True, slots=True)
class HandsetReattached:
    """The handset of a run came back, on this slot; `known` is what it says of itself now."""

    slot: SlotCode
    known: HandsetRecognised

    @property
    def path(self) -> UsbPath:
        """The port it is on."""
        return self.known.path

    @property
    def session(self) -> int | None:
        """The connection that it answers on."""
        return self.known.session


@dataclass(frozen=True, slots=True)
class ConflictFound:
    """What the handset says cannot be: the same IMEI twice, a simulated handset on a real bench."""

    problem: Problem


HubFact: TypeAlias = UsbFact | PortsSwitchable | PowerCycleRequested
"""What concerns ports and hubs, and no run."""


Fact: TypeAlias = (
    DeviceFact | ModemFact | TextScanned | BenchFact | HubFact | CentralFact | PersonFact
    | AccessFact | WorkFact | DeskFact
)  # fmt: skip
"""What anyone may post to the station."""


RunFact: TypeAlias = (
    HandsetAttached | HandsetDetached | HandsetUnauthorised | HandsetOnline | HandsetUnreachable
    | HandsetRecognised | HandsetReattached | IdentityUnread | ConflictFound
    | ImeiScanned | LabelScanned | SimScanned | ModemFact | PersonFact | WorkFact
)  # fmt: skip
"""What a run can meet."""
