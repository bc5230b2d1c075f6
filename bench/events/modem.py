"""What a handset's modem port says before any set-up, when its profile lets the bench ask.

Apart from `HandsetIdentity`: nobody is signed in to the handset, nothing of it can be worked with,
and what it says here is compared with what it says later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from bench.identity.identifiers import Imei, SerialNumber, UsbPath
from bench.problems import Problem


@dataclass(frozen=True, slots=True)
class Firmware:
    """The parts of a Samsung's software by the maker's names; "" where it did not say.

    `ap` is Android itself, `csc` the customisation of a sales region, `cp` the modem's software,
    `bootloader` what starts them.
    """

    ap: str = ""
    csc: str = ""
    cp: str = ""
    bootloader: str = ""


@dataclass(frozen=True, slots=True)
class ModemIdentity:
    """Who a handset is by its modem; every text is `plain`, "" where it did not say.

    `sales_code` is the sales region (`EUX`), `country` two letters, `lock` its carrier or SIM lock
    in its own word (`NONE`). `reactivation_locked` says whether its last owner's account still
    locks it; None when it was not asked or did not say. Never in here: phone numbers, networks.
    """

    serial: SerialNumber | None
    imei: Imei | None
    model: str = ""
    firmware: Firmware = field(default_factory=Firmware)
    sales_code: str = ""
    country: str = ""
    lock: str = ""
    reactivation_locked: bool | None = None


@dataclass(frozen=True, slots=True)
class ModemAnswered:
    """The handset on the port said who it is, without any set-up."""

    path: UsbPath
    identity: ModemIdentity


@dataclass(frozen=True, slots=True)
class ModemSilent:
    """The handset on the port did not say who it is; the problem says why and what to do."""

    path: UsbPath
    problem: Problem


@dataclass(frozen=True, slots=True)
class ModemGone:
    """What was said of this port's handset holds no more: it was pulled out."""

    path: UsbPath


ModemFact: TypeAlias = ModemAnswered | ModemSilent | ModemGone
