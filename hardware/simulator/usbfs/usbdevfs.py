"""The kernel's user interface to a USB device, as far as an adb server uses it. Pure.

Source: Linux `include/uapi/linux/usbdevice_fs.h` for the requests and `struct usbdevfs_urb`,
`include/uapi/asm-generic/ioctl.h` for how a request's number is made.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

_NONE, _WRITE, _READ = 0, 1, 2
_URB = struct.Struct("@BBiIPiiiiiIP")
"""type, endpoint, status, flags, buffer, buffer_length, actual_length, start_frame,
number_of_packets, error_count, signr, usercontext; isochronous packets would follow."""
_INTERFACE = struct.Struct("@I")
POINTER = struct.Struct("@P")
_STATUS, _ACTUAL_LENGTH = 4, 28

URB_SIZE = _URB.size
INTERFACE_SIZE = _INTERFACE.size
BULK = 3
"""`USBDEVFS_URB_TYPE_BULK`."""
DIRECTION_IN = 0x80
"""The bit of an endpoint's address that says: towards the computer (USB 2.0, table 9-13)."""
HIGH_SPEED = 3
"""`USB_SPEED_HIGH` of `include/uapi/linux/usb/ch9.h`."""
CAPABILITIES = struct.pack("@I", 0x01 | 0x04 | 0x10)
"""Zero packets, no limit to a packet's size, reaping after the device has gone."""


def _number(direction: int, number: int, size: int) -> int:
    return direction << 30 | size << 16 | ord("U") << 8 | number


_DISCONNECT_CLAIM_SIZE = 264
_DRIVER_SIZE = 260


class Ioctl(IntEnum):
    """The requests that are answered, each by its whole number."""

    GET_DRIVER = _number(_WRITE, 8, _DRIVER_SIZE)
    SUBMIT_URB = _number(_READ, 10, URB_SIZE)
    DISCARD_URB = _number(_NONE, 11, 0)
    REAP_URB = _number(_WRITE, 12, POINTER.size)
    REAP_URB_NOW = _number(_WRITE, 13, POINTER.size)
    CLAIM_INTERFACE = _number(_READ, 15, INTERFACE_SIZE)
    RELEASE_INTERFACE = _number(_READ, 16, INTERFACE_SIZE)
    RESET = _number(_NONE, 20, 0)
    CLEAR_HALT = _number(_READ, 21, INTERFACE_SIZE)
    GET_CAPABILITIES = _number(_READ, 26, 4)
    DISCONNECT_CLAIM = _number(_READ, 27, _DISCONNECT_CLAIM_SIZE)
    GET_SPEED = _number(_NONE, 31, 0)


@dataclass(frozen=True, slots=True)
class Urb:
    """A transfer that was asked for: `address` is where its structure lies in the program."""

    address: int
    kind: int
    endpoint: int
    buffer: int
    length: int

    @property
    def is_in(self) -> bool:
        """Whether it brings bytes to the computer."""
        return bool(self.endpoint & DIRECTION_IN)

    @classmethod
    def parse(cls, address: int, memory: bytes) -> Urb:
        """Read the structure of `URB_SIZE` bytes that lay at `address`."""
        kind, endpoint, _status, _flags, buffer, length, *_ = _URB.unpack(memory)
        return cls(address, kind, endpoint, buffer or 0, length)


@dataclass(frozen=True, slots=True)
class Reaped:
    """A transfer that is over: its `status` (0 or a negative errno), how much it moved.

    `data` is what it brings to the computer.
    """

    urb: Urb
    status: int = 0
    moved: int = 0
    data: bytes = b""

    def memory(self) -> tuple[tuple[int, bytes], ...]:
        """Return what is to be written into the program, address by address."""
        number = struct.Struct("@i")
        return (
            (self.urb.buffer, self.data),
            (self.urb.address + _STATUS, number.pack(self.status)),
            (self.urb.address + _ACTUAL_LENGTH, number.pack(self.moved)),
        )


def interface_number(memory: bytes) -> int:
    """Read the interface that is claimed or released."""
    return int(_INTERFACE.unpack(memory)[0])
