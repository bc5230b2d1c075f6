"""What the kernel's log has told so far of how many devices a USB controller can have."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from hardware.usb.capacity import Limits, learned, limits_of
from hardware.usb.kernel_log import SlotLimit, meaning, parse_records
from hardware.usb.topology import Survey

_RECORD = 8192
"""Bytes that hold any record; a shorter buffer loses it (Linux, kernel/printk/printk.c)."""
_LONGEST = 8 << 20
"""Bytes read of a log: the kernel keeps a fraction of it."""
_MOST_READS = 100_000


def with_told(survey: Survey, stated: Mapping[str, Limits], log: Path) -> dict[str, Limits]:
    """Return the limits that are stated, with what the log says of the controllers found.

    A log that cannot be read says nothing.
    """
    limits = dict(stated)
    told = {limit.controller: limit.devices for limit in _slot_limits(log)}
    for bus in survey.buses:
        if bus.controller in told:
            limits[bus.controller] = learned(limits_of(bus, stated), told[bus.controller])
    return limits


def _slot_limits(log: Path) -> Iterator[SlotLimit]:
    for record in parse_records(_so_far(log)):
        if isinstance(limit := meaning(record), SlotLimit):
            yield limit


def _so_far(log: Path) -> bytes:
    """Return what the log holds now; each read of the kernel's gives one record."""
    try:
        descriptor = os.open(log, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return b""
    said = bytearray()
    try:
        for _ in range(_MOST_READS):
            data = _read(descriptor)
            if not data or len(said) > _LONGEST:
                break
            said += data
    finally:
        os.close(descriptor)
    return bytes(said)


def _read(descriptor: int) -> bytes:
    """Return one record; a line's end for one that was overwritten, nothing at the end."""
    try:
        return os.read(descriptor, _RECORD)
    except OSError as error:
        return b"\n" if error.errno in (errno.EPIPE, errno.EINVAL) else b""
