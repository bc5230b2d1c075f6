"""What became of a port between two looks at it, in the bench's words. Pure.

A handset is told at once, by the little that its first event says; how it is off follows when its
descriptors have been read. Another device number on the same port is another handset, or the same
one plugged in again: never the same session.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bench.events.device import (
    DeviceFact,
    HandsetAttached,
    HandsetDetached,
    HandsetUnreachable,
)
from bench.problems import Problem, ProblemCode
from hardware.usb.device import UsbDevice
from hardware.usb.modes import ADB, Mode, is_handset, kinds_in_use, mode, wrong_mode

GRACE = 2.0
"""Seconds in which a handset may have no configuration: it is being given one, or another one."""
UNCLAIMED = 5.0
"""Seconds that an ADB server of another account has to take a handset shut to this one."""


@dataclass(frozen=True, slots=True)
class Glance:
    """How a port was looked at.

    `now` is in monotonic seconds; `may_open` whether this account may open the device node;
    `by_event` whether an event told of the device this very moment, or a count found it.
    """

    now: float
    may_open: bool = True
    by_event: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A device on a port, whether it was told as a handset, and which problem of it was told.

    `silent_since` it has no configuration; `shut_since` none uses its ADB and this account may not.
    """

    device: UsbDevice
    is_handset: bool = False
    told: ProblemCode | None = None
    silent_since: float | None = None
    shut_since: float | None = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing is expected to change without an event."""
        return self.told is None and self.silent_since is None and self.shut_since is None


def look(
    before: Seen | None, device: UsbDevice, glance: Glance
) -> tuple[Seen, tuple[DeviceFact, ...]]:
    """Return what is known of the port now, and the facts that are new."""
    facts: list[DeviceFact] = []
    if before and _is_another(before.device, device):
        facts += farewell(before)
        before = None
    seen = replace(before or Seen(device), device=device)
    seen = replace(seen, silent_since=_silent_since(seen, glance.now))
    seen = replace(seen, shut_since=_shut_since(seen, glance))
    if not seen.is_handset and is_handset(device):
        seen = replace(seen, is_handset=True)
        facts.append(HandsetAttached(device.path))
    if seen.is_handset:
        problem = _trouble(seen, glance, is_new=before is None)
        facts += _news(seen, problem)
        seen = replace(seen, told=problem.code if problem else None)
    return seen, tuple(facts)


def farewell(seen: Seen) -> Iterator[DeviceFact]:
    """Yield what is to be told when a port is empty."""
    if seen.is_handset:
        yield HandsetDetached(seen.device.path)


def _is_another(before: UsbDevice, device: UsbDevice) -> bool:
    return bool(before.number and device.number and before.number != device.number)


def _silent_since(seen: Seen, now: float) -> float | None:
    if mode(seen.device) is not Mode.SILENT:
        return None
    return now if seen.silent_since is None else seen.silent_since


def _shut_since(seen: Seen, glance: Glance) -> float | None:
    """Whoever uses an interface through its device node is its driver: `usbfs`."""
    has_adb = ADB in kinds_in_use(seen.device) and is_handset(seen.device)
    if glance.may_open or not has_adb or _has_claimed_adb(seen.device):
        return None
    return glance.now if seen.shut_since is None else seen.shut_since


def _has_claimed_adb(device: UsbDevice) -> bool:
    return any(one.kind == ADB and one.driver for one in device.interfaces)


def _news(seen: Seen, problem: Problem | None) -> Iterator[DeviceFact]:
    if problem and problem.code != seen.told:
        yield HandsetUnreachable(seen.device.path, problem)
    elif seen.told and not problem:
        yield HandsetAttached(seen.device.path)


def _trouble(seen: Seen, glance: Glance, *, is_new: bool) -> Problem | None:
    problem = wrong_mode(seen.device)
    if seen.silent_since is not None and glance.now - seen.silent_since < GRACE:
        problem = None
    if problem is None and not glance.may_open and _is_ours_to_tell(seen, glance, is_new=is_new):
        return Problem(ProblemCode.NO_PERMISSION)
    return problem


def _is_ours_to_tell(seen: Seen, glance: Glance, *, is_new: bool) -> bool:
    """Whether USB tells that the handset may not be opened, or leaves that to the ADB server.

    A server of another account may have opened it long since; only a handset that came this very
    moment, that no ADB server looks at, or that none has taken for a while, cannot be at work over
    ADB already.
    """
    if seen.told is ProblemCode.NO_PERMISSION or ADB not in kinds_in_use(seen.device):
        return True
    if seen.shut_since is not None and glance.now - seen.shut_since >= UNCLAIMED:
        return True
    return is_new and glance.by_event
