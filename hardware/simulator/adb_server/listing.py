"""What a simulated ADB server lists, in the words of the real one.

Source: AOSP `packages/modules/adb/transport.cpp`, `append_transport` and `acquire_one_transport`,
which adb 29 and 36 share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hardware.simulator.handset import SimulatedHandset

NO_PERMISSIONS = (
    "no permissions (user in plugdev group; are your udev rules wrong?);"
    " see [http://developer.android.com/tools/device.html]"
)
_NO_RIGHTS = (
    "insufficient permissions for device: user in plugdev group; are your udev rules wrong?\n"
    "See [http://developer.android.com/tools/device.html] for more information"
)
_CLOSED = {
    "offline": "device offline",
    "connecting": "device still connecting",
    "authorizing": "device still authorizing",
    "unauthorized": (
        "device unauthorized.\nThis adb server's $ADB_VENDOR_KEYS is not set\n"
        "Try 'adb kill-server' if that seems wrong.\n"
        "Otherwise check for a confirmation dialog on your device."
    ),
}


class NotSelectedError(Exception):
    """No handset fits, or it cannot be worked with; the text is the server's."""


@dataclass(slots=True, eq=False)
class PluggedHandset:
    """One line of the list: `port` is `usb:1-1.2`, or nothing over TCP.

    `handset` is who answers there, whatever the line says.
    """

    transport: int
    serial: str
    port: str
    state: str
    handset: SimulatedHandset
    opened: int = 0

    def line(self, *, is_long: bool) -> str:
        """Return it as the server prints it."""
        serial = self.serial or "(no serial number)"
        if not is_long:
            return f"{serial}\t{self.state}\n"
        said = f" {self.port}" if self.port else ""
        if self.state not in (*_CLOSED, NO_PERMISSIONS):  # else it never said what it is
            said += self._description()
        return f"{serial:<22} {self.state}{said} transport_id:{self.transport}\n"

    def _description(self) -> str:
        of = self.handset.properties.get
        model = "".join(c if c.isascii() and c.isalnum() else "_" for c in of(_MODEL, ""))
        product, device = (of(name, "").replace("\n", "_") for name in (_PRODUCT, _DEVICE))
        fields = {"product": product, "model": model, "device": device}
        return "".join(f" {name}:{value}" for name, value in fields.items() if value)


_MODEL, _PRODUCT, _DEVICE = "ro.product.model", "ro.product.name", "ro.product.device"


def listing(plugged: Iterable[PluggedHandset], *, is_long: bool) -> str:
    """Return the answer to `devices` or `devices-l`."""
    return "".join(each.line(is_long=is_long) for each in plugged)


def selected(plugged: Iterable[PluggedHandset], target: str) -> PluggedHandset:
    """Return what a target names: `transport-id:7`, `transport:SERIAL`, `transport-any`.

    As the real server does, it complains of rights as soon as any handset lacks them.
    """
    there = list(plugged)
    fits, missing = _target(target)
    found = [each for each in there if each.state != NO_PERMISSIONS and fits(each)]
    if not found:
        lacks_rights = any(each.state == NO_PERMISSIONS for each in there)
        raise NotSelectedError(_NO_RIGHTS if lacks_rights else missing)
    if len(found) > 1:
        raise NotSelectedError("more than one device/emulator")
    if found[0].state in _CLOSED:
        raise NotSelectedError(_CLOSED[found[0].state])
    return found[0]


def _target(target: str) -> tuple[Callable[[PluggedHandset], bool], str]:
    kind, _, name = target.partition(":")
    match kind:
        case "transport-id":
            return lambda p: str(p.transport) == name, f"no device with transport id '{name}'"
        case "transport" | "serial":
            return lambda p: name in (p.serial, p.port), f"device '{name}' not found"
        case _:
            return lambda _: True, "no devices/emulators found"
