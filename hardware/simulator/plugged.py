"""What is plugged into a simulated hub, as hardware that reads USB looks at it.

A handset without debugging shows its modem's port from the start, as it does in its second USB
configuration: choosing that one is the one thing of a reading that is not practised here. The port
itself is a pseudo terminal, and whoever reads it is the product's own code.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from bench.identity.identifiers import UsbPath
from hardware.simulator.plug import Plug
from hardware.simulator.usbfs.descriptors import MODEM, Described
from hardware.usb.device import UsbDevice, UsbInterface
from hardware.usb.words import UsbWords, parse_device


@dataclass(slots=True)
class PluggedIn:
    """Implements `Usb` of `hardware.samsung`; `seen` is what is on the bus now, with its number."""

    seen: dict[UsbPath, tuple[int, Plug]] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def show(self, path: UsbPath, plug: Plug) -> None:
        """Take in what came onto the bus; each time it is another device to the kernel."""
        self.seen[path] = next(self._numbers), plug

    def hide(self, path: UsbPath) -> None:
        """Forget what left it."""
        self.seen.pop(path, None)

    def plugged(self) -> Mapping[UsbPath, Hashable]:
        """Return the ports in use, each with the number of what is plugged in."""
        return {path: number for path, (number, _) in self.seen.items()}

    def device(self, path: UsbPath) -> UsbDevice | None:
        """Return the device on a port as it is now, or None."""
        number, plug = self.seen.get(path, (0, None))
        return _device(path, number, plug) if plug and plug.interfaces else None


def _device(path: UsbPath, number: int, plug: Plug) -> UsbDevice | None:
    described = Described(configurations=(plug.interfaces,))
    said = {
        "idVendor": f"{described.vendor:04x}",
        "idProduct": f"{described.product:04x}",
        "bDeviceClass": "00",
        "devnum": str(number),
        "bConfigurationValue": "1",
        "bNumConfigurations": "1",
        "serial": plug.handset.serial,
    }
    words = UsbWords(str(path), Path("/sys") / str(path), {}, said, (), described.blob())
    parsed = parse_device(words)
    terminal = plug.terminal
    if parsed is None or terminal is None:
        return parsed
    interfaces = tuple(_driven(one, terminal.name) for one in parsed.interfaces)
    return replace(parsed, interfaces=interfaces)


def _driven(one: UsbInterface, terminal: str) -> UsbInterface:
    """Let the kernel's driver have the modem's port."""
    is_modem = tuple(bytes.fromhex(str(one.kind))) == MODEM[0].kind
    return replace(one, driver="cdc_acm", tty=terminal) if is_modem else one
