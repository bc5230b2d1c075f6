"""The USB part of sysfs, read into words. Reads and decides nothing.

Blocking: an attribute can wait for its device's lock while the kernel resets that device (Linux,
drivers/usb/core/sysfs.c, `usb_lock_device_interruptible`), so a loop calls this in a thread. What
disappears while it is read is left out: things are pulled out all the time. Where this computer
itself is short of something, that is no emptiness: every function raises its `OSError`.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.identity.identifiers import UsbPath
from hardware.usb.device import UsbDevice
from hardware.usb.topology import Bus, HubPort, Survey, port_path
from hardware.usb.words import InterfaceWords, UsbWords, controller_of, parse_device

SYSFS = Path("/sys")
_DEVICES = "bus/usb/devices"
_ATTRIBUTES = (
    "idVendor", "idProduct", "bDeviceClass", "bDeviceSubClass", "bDeviceProtocol",
    "bConfigurationValue", "bNumConfigurations", "busnum", "devnum", "speed", "serial", "maxchild",
)  # fmt: skip
_INTERFACE_ATTRIBUTES = (
    "bInterfaceNumber", "bAlternateSetting", "bInterfaceClass", "bInterfaceSubClass",
    "bInterfaceProtocol", "bNumEndpoints",
)  # fmt: skip
_CHIP = ("vendor", "device")
_LIMIT = 1 << 16
SHORTAGES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM})
"""What this computer is short of, whatever it was asked for."""


@dataclass(frozen=True, slots=True)
class Around:
    """What a look found: every name, the devices read, ports and buses where a hub was read."""

    names: Mapping[str, int]
    devices: tuple[UsbDevice, ...]
    ports: tuple[HubPort, ...] | None
    buses: tuple[Bus, ...] | None


def names(sysfs: Path = SYSFS) -> Mapping[str, int]:
    """Return every device and interface (`1-1.3`, `1-1.3:1.0`), each with a number.

    It is another number once what it stands for has gone and come back. A computer without USB has
    none; where the list cannot be read, that is an `OSError`.
    """
    with (
        suppress(FileNotFoundError, NotADirectoryError),
        os.scandir(sysfs / _DEVICES) as entries,
    ):
        return {entry.name: _mark(entry) for entry in entries}
    return {}


def _mark(entry: os.DirEntry[str]) -> int:
    """The number of the entry, which the kernel seldom gives twice, and that of the device."""
    number = "" if ":" in entry.name else _text(Path(entry.path, "devnum"))
    return entry.inode() << 10 | (int(number) if re.fullmatch("[0-9]{1,3}", number) else 0)


def read_words(name: str, sysfs: Path = SYSFS) -> UsbWords | None:
    """Return what sysfs says of a device, or None when it is gone."""
    folder = Path(os.path.realpath(sysfs / _DEVICES / name))
    if not folder.is_dir():
        return None
    return UsbWords(
        name=name,
        folder=folder,
        properties=dict(_properties(folder)),
        attributes=_attributes(folder, _ATTRIBUTES),
        interfaces=tuple(_interfaces(folder, name)),
        descriptors=_bytes(folder / "descriptors"),
        bos=_bytes(folder / "bos_descriptors"),
    )


def look_around(
    before: Mapping[str, int], again: Iterable[UsbPath] = (), sysfs: Path = SYSFS
) -> Around:
    """Read what is other than `before`, and the devices at `again`; `before` empty reads all."""
    known = names(sysfs)
    changed = {name.partition(":")[0] for name, _ in before.items() ^ known.items()}
    read = changed | {str(path) for path in again}
    words = (read_words(name, sysfs) for name in sorted(read) if name in known)
    devices = tuple(device for each in words if each and (device := parse_device(each)))
    has_hubs = any(device.is_hub for device in devices) or any("-" not in name for name in changed)
    return Around(
        names=known,
        devices=devices,
        ports=tuple(read_ports(known, sysfs)) if has_hubs else None,
        buses=tuple(read_buses(known, sysfs)) if has_hubs else None,
    )


def survey(sysfs: Path = SYSFS) -> Survey:
    """Return the whole USB: its devices, the ports of its hubs, its buses."""
    around = look_around({}, sysfs=sysfs)
    return Survey(around.devices, around.ports or (), around.buses or ())


def read_ports(known: Mapping[str, int], sysfs: Path = SYSFS) -> Iterator[HubPort]:
    """Yield the ports of every hub, with the ports and connectors they are linked to."""
    for name in sorted(known):
        if name.endswith(":1.0"):  # a hub has one interface (USB 2.0 specification, 11.23.1)
            yield from _ports(sysfs / _DEVICES / name)


def read_buses(known: Mapping[str, int], sysfs: Path = SYSFS) -> Iterator[Bus]:
    """Yield every bus, with its speed and the controller it hangs on."""
    for name in sorted(known):
        if found := re.fullmatch(r"usb([1-9][0-9]{0,2})", name):
            root = Path(os.path.realpath(sysfs / _DEVICES / name))
            above = root.parent
            speed = _text(root / "speed")
            yield Bus(
                number=int(found[1]),
                speed=float(speed) if re.fullmatch(r"[0-9]{1,6}(\.[0-9])?", speed) else 0.0,
                controller=controller_of(root),
                driver=_link(above / "driver"),
                chip=":".join(_text(above / part).removeprefix("0x") for part in _CHIP),
            )


def _ports(hub: Path) -> Iterator[HubPort]:
    with _what_is_there():
        for place in sorted(Path(os.path.realpath(hub)).iterdir()):
            if "-port" in place.name and (path := port_path(place.name)):
                peer = port_path(_link(place / "peer"))
                yield HubPort(path, peer, _link(place / "connector"))


def _properties(folder: Path) -> Iterator[tuple[str, str]]:
    for line in _text(folder / "uevent").splitlines():
        name, _, value = line.partition("=")
        yield name, f"/dev/{value}" if name == "DEVNAME" and value[:1] != "/" else value


def _interfaces(folder: Path, name: str) -> Iterator[InterfaceWords]:
    with _what_is_there():
        for place in sorted(folder.iterdir()):
            if place.name.startswith(f"{name}:"):
                attributes = _attributes(place, _INTERFACE_ATTRIBUTES)
                yield InterfaceWords(attributes, _link(place / "driver"), _tty(place))


def _tty(interface: Path) -> str:
    with _what_is_there():
        return next((place.name for place in sorted((interface / "tty").iterdir())), "")
    return ""


def _attributes(folder: Path, wanted: tuple[str, ...]) -> dict[str, str]:
    return {name: text for name in wanted if (text := _text(folder / name))}


def _text(place: Path) -> str:
    return _bytes(place).decode("utf-8", "replace").strip()


def _bytes(place: Path) -> bytes:
    with _what_is_there(), place.open("rb", buffering=0) as file:
        return file.read(_LIMIT) or b""
    return b""


def _link(place: Path) -> str:
    with _what_is_there():
        return place.readlink().name
    return ""


@contextmanager
def _what_is_there() -> Iterator[None]:
    """Leave out what has gone or cannot be read, but not what there was no file left to read."""
    try:
        yield
    except OSError as error:
        if error.errno in SHORTAGES:
            raise
