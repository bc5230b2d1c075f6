"""Where a label printer is, as the settings say it: parsed once, and then trusted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self, TypeAlias

from hardware.printers.transports.serial_port import Handshake

RAW_PORT = 9100
"""The port of raw printing."""

BAUDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)


class PrinterSettingsError(ValueError):
    """What the settings say of a printer cannot be; `reason` says why, for a person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class NetworkPlace:
    """A host, by name or address, and its port."""

    host: str
    port: int = RAW_PORT

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"tcp:{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class UsbPlace:
    """A device of the kernel's usblp driver; None is the first that speaks the right language."""

    device: str | None = None

    def __str__(self) -> str:
        return f"usb:{self.device or 'auto'}"


@dataclass(frozen=True, slots=True)
class SerialPlace:
    """A serial port, its speed in bits a second, and its handshake."""

    device: str
    baud: int = 9600
    handshake: Handshake = Handshake.XON_XOFF

    def __str__(self) -> str:
        return f"serial:{self.device}@{self.baud},{self.handshake}"


Place: TypeAlias = NetworkPlace | UsbPlace | SerialPlace


@dataclass(frozen=True, slots=True)
class PrinterAddress:
    """`tcp:HOST[:PORT]`, `usb:auto`, `usb:/dev/usb/lp0` or `serial:/dev/ttyUSB0[@9600[,rtscts]]`.

    A host is a name or an IPv4 address, or an IPv6 address in brackets; a handshake is `xonxoff`,
    `rtscts` or `none`. `str(address)` says all of it.
    """

    place: Place

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the address.

        Raises:
            PrinterSettingsError: why it is none.
        """
        kind, colon, rest = text.strip().partition(":")
        if not (colon and rest):
            raise PrinterSettingsError("A printer's address begins with tcp:, usb: or serial:.")
        match kind.lower():
            case "tcp":
                return cls(_network(rest))
            case "usb":
                return cls(_usb(rest))
            case "serial":
                return cls(_serial(rest))
            case other:
                raise PrinterSettingsError(f"{other}: is none of tcp:, usb: and serial:.")

    def __str__(self) -> str:
        return str(self.place)


def _network(text: str) -> NetworkPlace:
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.%\w]+)\]|([^\s:/\[\]]+))(?::([0-9]{1,5}))?", text)
    if not found:
        raise PrinterSettingsError(f"{text} is no host and port.")
    port = int(found[3] or RAW_PORT)
    if not 0 < port < 65536:  # noqa: PLR2004 - the ports there are
        raise PrinterSettingsError(f"There is no port {port}.")
    return NetworkPlace(found[1] or found[2], port)


def _usb(text: str) -> UsbPlace:
    return UsbPlace(None if text == "auto" else _device(text))


def _serial(text: str) -> SerialPlace:
    device, _, line = text.partition("@")
    speed, _, handshake = line.partition(",")
    if speed and not (speed.isascii() and speed.isdigit() and int(speed) in BAUDS):
        raise PrinterSettingsError(
            f"A serial printer's speed is one of {', '.join(map(str, BAUDS))}."
        )
    if handshake and handshake not in [*Handshake]:
        raise PrinterSettingsError(f"A handshake is one of {', '.join(Handshake)}.")
    return SerialPlace(
        _device(device), int(speed or 9600), Handshake(handshake or Handshake.XON_XOFF)
    )


def _device(text: str) -> str:
    if not re.fullmatch(r"/dev/[\w./:+-]+", text) or ".." in text:
        raise PrinterSettingsError(f"{text} is no device: its path begins with /dev/.")
    return text
