"""What is known of the USB itself: which ports are one socket, what a controller can bear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from bench.identity.identifiers import UsbPath


@dataclass(frozen=True, slots=True)
class PortsPaired:
    """One socket has two names: `path` on its USB 2 bus, `twin` on its USB 3 bus.

    A handset comes up at either, by its cable and by its mode. `is_sure`: the kernel or the hub
    itself says so; otherwise the two halves of the hub only look alike. A pair can be told again.
    """

    path: UsbPath
    twin: UsbPath
    is_sure: bool


@dataclass(frozen=True, slots=True)
class ControllerCrowded:
    """A host controller has room for `room` handsets, and `needed` are planned on it.

    `move` are the ports that would fit on the controller `to`; both are empty where no other
    controller has room. It stands until another of the same controller, or `ControllerRelieved`.
    """

    controller: str
    needed: int
    room: int
    move: tuple[UsbPath, ...] = ()
    to: str = ""


@dataclass(frozen=True, slots=True)
class ControllerRelieved:
    """All handsets planned on this host controller have room again."""

    controller: str


@dataclass(frozen=True, slots=True)
class KernelUnheard:
    """The kernel's messages cannot be read here, so a refusal of the kernel is not explained.

    Nothing is held up by it: told once, for whoever checks the station.
    """

    reason: str


UsbFact: TypeAlias = PortsPaired | ControllerCrowded | ControllerRelieved | KernelUnheard
