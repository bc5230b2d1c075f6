"""What an ADB server lists: a line a handset, padded for people, partly the handset's own words.

The format is that of `append_transport` in AOSP `packages/modules/adb/transport.cpp`, the same in
adb 29 and 36: only new lines are taken out of serial number, product and device. Without rights the
state is a sentence (`UsbNoPermissionsShortHelpText`), whose reason differs between the two. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bench.identity.identifiers import IdentifierError, UsbPath
from bench.identity.plain import plain

_SERIAL_COLUMNS = 22
"""The server pads a serial to this width, so a shorter one cannot reach into the next column."""
_NO_PERMISSIONS = "no permissions"
_STATE = re.compile(
    r" (device|offline|unauthorized|authorizing|connecting|bootloader|recovery|rescue|sideload"
    r"|host|detached|unknown|no permissions(?:[^\n]*?\])?)(?= |$)"
)
_OTHER_STATE = re.compile(r" ([a-z]+)(?= |$)")
_PLACED = re.compile(r"(?: [a-z]+| see \[\S*\]) usb:")
"""A state and the port behind it."""
_TRANSPORT = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


@dataclass(frozen=True, slots=True)
class AdbDevice:
    """One line of the list; only `path` and `transport` are the server's own word.

    `serial` is raw: it names an address or is whatever the handset's USB descriptor says.
    `transport` is one connection to one server; numbers start again when the server does.
    """

    serial: str
    state: str
    path: UsbPath | None
    transport: int
    model: str = ""


def parse_devices(listing: str) -> tuple[AdbDevice, ...]:
    """Return the handsets of a `devices-l` answer; a line that is none is left out."""
    return tuple(device for line in listing.split("\n") if (device := parse_device(line)))


def parse_device(line: str) -> AdbDevice | None:
    """Return the handset of one line.

    The transport is cut from the right, because product and model in front of it are the
    handset's own words; the path stands right behind the state, in front of them. A serial number
    wider than its column may end in a state and a port too: which of them is the server's cannot
    be told then, and the handset is on no port.
    """
    head, _, transport = line.rpartition(" transport_id:")
    state = _STATE.search(head, _SERIAL_COLUMNS) or _OTHER_STATE.search(head, _SERIAL_COLUMNS)
    if state is None or not _TRANSPORT.fullmatch(transport):
        return None
    fields = head[state.end() :]
    return AdbDevice(
        serial=head[: state.start()].rstrip(" "),
        state=_NO_PERMISSIONS if state[1].startswith(_NO_PERMISSIONS) else state[1],
        path=_path(fields) if len(_PLACED.findall(head, _SERIAL_COLUMNS)) == 1 else None,
        transport=int(transport),
        model=_model(fields),
    )


def _path(fields: str) -> UsbPath | None:
    first = fields[1:].partition(" ")[0]
    try:
        return UsbPath.parse(first) if first.startswith("usb:") else None
    except IdentifierError:
        return None


def _model(fields: str) -> str:
    return plain(fields.rpartition(" model:")[2].partition(" ")[0]) if " model:" in fields else ""
