"""A /sys/bus/usb as the kernel lays it out, made of plain files: controllers, hubs, handsets.

For `sysfs=` of the product, or inside an emulated /sys, where events are sent beside it.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.hardware.usb.blobs import COMPOSITE, HUB_PART, Part, bos, descriptors

HUB_KIND = (9, 0, 1)


class UsbTree:
    """Plain files below `sys`; every method returns the folder that it made or changed."""

    def __init__(self, sys: Path) -> None:
        self.sys = sys
        self._bus = sys / "bus/usb/devices"
        self._bus.mkdir(parents=True, exist_ok=True)
        self._numbers = itertools.count(2)

    def controller(
        self, name: str, buses: tuple[int, int], ports: int = 4, chip: str = "8086:a12f"
    ) -> None:
        """An xHCI controller: its USB 2 bus and its USB 3 bus, each socket of one peer to it."""
        folder = self.sys / "devices/pci0000:00" / name
        vendor, device = chip.split(":")
        write(folder, vendor=f"0x{vendor}", device=f"0x{device}")
        driver = self.sys / "bus/pci/drivers/xhci_hcd"
        driver.mkdir(parents=True, exist_ok=True)
        link(folder / "driver", driver)
        for bus, speed in zip(buses, ("480", "5000"), strict=True):
            root = folder / f"usb{bus}"
            write(root, speed=speed, maxchild=str(ports), bDeviceClass="09", busnum=str(bus))
            self._listed(root)
            self._hub_ports(root, f"{bus}-0:1.0", f"usb{bus}", ports)
        for port in range(1, ports + 1):
            self.peer(f"usb{buses[0]}-port{port}", f"usb{buses[1]}-port{port}")

    def hub(
        self, path: str, ports: int = 4, *, container: bytes = b"", number: int | None = None
    ) -> Path:
        folder = self.device(
            path, ((HUB_PART,),), kind=HUB_KIND, vendor="05e3", product="0610", number=number
        )
        write(folder, maxchild=str(ports))
        if container:
            (folder / "bos_descriptors").write_bytes(bos(container))
        self._hub_ports(folder, f"{path}:1.0", path, ports)
        return folder

    def peer(self, one: str, other: str) -> None:
        """Link two ports as the kernel does: each names the other."""
        first, second = self._port(one), self._port(other)
        link(first / "peer", second)
        link(second / "peer", first)

    def connector(self, port: str, name: str) -> None:
        link(self._port(port) / "connector", self.sys / "class/typec" / name)

    def device(  # noqa: PLR0913 - whatever a device can say of itself
        self,
        path: str,
        configurations: Sequence[Sequence[Part]] = COMPOSITE,
        *,
        active: int = 1,
        vendor: str = "04e8",
        product: str = "6860",
        kind: tuple[int, int, int] = (0, 0, 0),
        number: int | None = None,
        tty: str = "",
        serial: str = "R58N00000XY",
    ) -> Path:
        folder = self.place(path)
        number = number or next(self._numbers)
        bus = int(path.partition("-")[0])
        node = f"bus/usb/{bus:03d}/{number:03d}"
        write(
            folder,
            uevent=f"DEVNAME={node}\nDEVTYPE=usb_device\nDRIVER=usb\nDEVNUM={number:03d}\n"
            f"PRODUCT={vendor}/{product}/400\nID_USB_INTERFACES={_told(configurations)}",
            idVendor=vendor, idProduct=product, busnum=str(bus), devnum=str(number),
            bDeviceClass=f"{kind[0]:02x}", bDeviceSubClass=f"{kind[1]:02x}",
            bDeviceProtocol=f"{kind[2]:02x}", speed=_speed(self, bus), serial=serial,
            bNumConfigurations=str(len(configurations)),
        )  # fmt: skip
        subsystem = self.sys / "bus/usb"
        link(folder / "subsystem", subsystem)
        (folder / "descriptors").write_bytes(descriptors(configurations, kind))
        self._listed(folder)
        self.choose(path, active, configurations, tty=tty)
        return folder

    def choose(
        self, path: str, active: int, configurations: Sequence[Sequence[Part]], tty: str = ""
    ) -> None:
        """Let a device be in another configuration: its interfaces go, others come."""
        folder = self.place(path)
        for old in folder.glob(f"{path}:*"):
            (self._bus / old.name).unlink()
            shutil.rmtree(old)
        write(folder, bConfigurationValue=str(active) if active else "")
        parts = configurations[active - 1] if active else ()
        for at, part in enumerate(parts):
            self._interface(folder / f"{path}:{active}.{at}", at, part, tty)

    def remove(self, path: str) -> None:
        folder = self.place(path)
        for entry in self._bus.iterdir():
            if folder in (entry.resolve(), *entry.resolve().parents):
                entry.unlink()
        shutil.rmtree(folder)

    def place(self, path: str) -> Path:
        """Where a port's device lies: below its hub, below its root hub, below its controller."""
        bus, _, ports = path.partition("-")
        chain = ports.split(".")
        ancestors = (f"{bus}-{'.'.join(chain[: depth + 1])}" for depth in range(len(chain)))
        return self._root(int(bus)).joinpath(*ancestors)

    def _root(self, bus: int) -> Path:
        return (self._bus / f"usb{bus}").resolve(strict=True)

    def _interface(self, place: Path, number: int, part: Part, tty: str) -> None:
        driver = {0x02: "cdc_acm", 0x09: "hub"}.get(part.kind[0], "usbfs")
        write(
            place,
            uevent="DEVTYPE=usb_interface",
            bInterfaceNumber=f"{number:02x}", bAlternateSetting=f"{part.setting:2d}",
            bInterfaceClass=f"{part.kind[0]:02x}", bInterfaceSubClass=f"{part.kind[1]:02x}",
            bInterfaceProtocol=f"{part.kind[2]:02x}", bNumEndpoints=f"{len(part.endpoints):02x}",
        )  # fmt: skip
        link(place / "driver", self.sys / "bus/usb/drivers" / driver)
        link(place / "subsystem", self.sys / "bus/usb")
        if tty and driver == "cdc_acm":
            (place / "tty" / tty).mkdir(parents=True)
        self._listed(place)

    def _hub_ports(self, folder: Path, interface: str, name: str, ports: int) -> None:
        for port in range(1, ports + 1):
            (folder / interface / f"{name}-port{port}").mkdir(parents=True)
        if not (self._bus / interface).exists():
            self._listed(folder / interface)

    def _port(self, name: str) -> Path:
        hub = name.rpartition("-port")[0]
        interface = f"{hub.removeprefix('usb')}-0:1.0" if hub.startswith("usb") else f"{hub}:1.0"
        return (self._bus / interface).resolve(strict=True) / name

    def _listed(self, folder: Path) -> None:
        link(self._bus / folder.name, folder)


def write(folder: Path, **attributes: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in attributes.items():
        (folder / name).write_text(f"{text}\n")


def link(place: Path, target: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(os.path.relpath(target, place.parent))


def _speed(tree: UsbTree, bus: int) -> str:
    return (tree._root(bus) / "speed").read_text().strip()


def _told(configurations: Sequence[Sequence[Part]]) -> str:
    """The kinds of all interfaces as udev's `usb_id` tells them."""
    kinds = [bytes(part.kind).hex() for parts in configurations for part in parts]
    return f":{':'.join(dict.fromkeys(kinds))}:"
