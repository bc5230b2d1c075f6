"""Made-up descriptors by the USB 2.0 specification, 9.6: what a handset and a hub could send."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

BULK_IN, BULK_OUT, INTERRUPT_IN = (0x81, 2), (0x02, 2), (0x83, 3)
"""Address and transfer type of an endpoint."""


@dataclass(frozen=True)
class Part:
    """An interface setting: class, subclass, protocol, and its endpoints."""

    kind: tuple[int, int, int]
    endpoints: Sequence[tuple[int, int]] = (BULK_IN, BULK_OUT)
    setting: int = 0
    extra: bytes = b""
    number: int | None = None


MTP = Part((0xFF, 0xFF, 0x00), (BULK_IN, BULK_OUT, INTERRUPT_IN))
PTP = Part((0x06, 0x01, 0x01), (BULK_IN, BULK_OUT, INTERRUPT_IN))
CDC = bytes.fromhex("0524001001 0524010001 04240202 05240600 01".replace(" ", ""))
ACM = Part((0x02, 0x02, 0x01), (INTERRUPT_IN,), extra=CDC)
LINE = Part((0x0A, 0x00, 0x00))
ADB = Part((0xFF, 0x42, 0x01))
FASTBOOT = Part((0xFF, 0x42, 0x03))
HUB_PART = Part((0x09, 0x00, 0x00), (INTERRUPT_IN,))

COMPOSITE = ((MTP,), (MTP, ACM, LINE, ADB))
"""Samsung-like: file transfer alone, and, as the second configuration, with modem and ADB."""
FILES_ONLY = ((MTP,), (MTP, ACM, LINE))
DOWNLOAD = ((ACM, LINE),)


def device_descriptor(count: int, kind: tuple[int, int, int] = (0, 0, 0)) -> bytes:
    return struct.pack(
        "<BBHBBBBHHHBBBB", 18, 1, 0x0200, *kind, 64, 0x04E8, 0x6860, 0x0400, 1, 2, 3, count
    )


def interface(part: Part, number: int) -> bytes:
    head = struct.pack("<BBBBBBBBB", 9, 4, number, part.setting, len(part.endpoints), *part.kind, 0)
    endpoints = (struct.pack("<BBBBHB", 7, 5, *one, 512, 4) for one in part.endpoints)
    return head + part.extra + b"".join(endpoints)


def configuration(number: int, parts: Sequence[Part], power: int = 250) -> bytes:
    numbers = [at if part.number is None else part.number for at, part in enumerate(parts)]
    body = b"".join(interface(part, number) for part, number in zip(parts, numbers, strict=True))
    count = len(set(numbers))
    return struct.pack("<BBHBBBBB", 9, 2, 9 + len(body), count, number, 0, 0xC0, power) + body


def descriptors(
    configurations: Sequence[Sequence[Part]], kind: tuple[int, int, int] = (0, 0, 0)
) -> bytes:
    """The file `descriptors` of sysfs: the device's, then each configuration with all it has."""
    numbered = enumerate(configurations, 1)
    return device_descriptor(len(configurations), kind) + b"".join(
        configuration(number, parts) for number, parts in numbered
    )


def bos(container: bytes) -> bytes:
    """The file `bos_descriptors`: USB 2.0 extension, then the Container ID."""
    capabilities = bytes((7, 0x10, 0x02, 0x06, 0, 0, 0)) + bytes((20, 0x10, 0x04, 0)) + container
    return struct.pack("<BBHB", 5, 0x0F, 5 + len(capabilities), 2) + capabilities
