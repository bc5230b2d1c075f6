"""What the kernel says of USB in its log, and what it means for a port. Pure.

A record is read by its format (Linux, Documentation/ABI/testing/dev-kmsg). Its text is compared,
from its first word to its last, with what the kernel's own sources print; nothing else in it means
anything, and what a program or a device put into the log is not believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bench.identity.identifiers import IdentifierError, UsbPath
from bench.identity.plain import plain
from bench.problems import ProblemCode
from hardware.usb.topology import port_path

_PREFIX = re.compile(rb"([0-9]{1,10}),([0-9]{1,20}),([0-9]{1,20}),([^;]{0,200});([^\n]{0,4096})")
"""Priority and facility, sequence number, microseconds, flags and whatever may be added; text."""
_KERNEL = 0
"""The facility that only the kernel itself can use (LOG_KERN)."""

_MEANINGS = (
    # drivers/usb/host/xhci.c
    (r"Not enough host controller resources for new device state\.", ProblemCode.USB_FULL),
    (r"Not enough bandwidth for new device state\.", ProblemCode.USB_BANDWIDTH),
    (r"Not enough host resources, active endpoint contexts = \d+", ProblemCode.USB_FULL),
    (r"Error while assigning device slot ID: No Slots Available Error", ProblemCode.USB_FULL),
    (r"Max number of devices this xHCI host supports is (?P<limit>\d{1,3})\.?", None),
    (r"xHCI host controller not responding, assume dead", ProblemCode.USB_CONTROLLER_LOST),
    # drivers/usb/host/xhci-ring.c, drivers/usb/core/hcd.c
    (r"HC died; cleaning up", ProblemCode.USB_CONTROLLER_LOST),
    # drivers/usb/core/generic.c: -ENOMEM and -ENOSPC are the controller's answers above
    (r"can't set config #\d+, error -12", ProblemCode.USB_FULL),
    (r"can't set config #\d+, error -28", ProblemCode.USB_BANDWIDTH),
    (r"can't set config #\d+, error -\d+", ProblemCode.USB_UNREADABLE),
    (r"rejected \d+ configurations? due to insufficient available bus power",
     ProblemCode.USB_POWER),
    # drivers/usb/core/hub.c
    (r"couldn't allocate usb_device", ProblemCode.USB_FULL),
    (r"device descriptor read/(?:8|64|all), error -?\d+", ProblemCode.USB_UNREADABLE),
    (r"device not accepting address \d+, error -?\d+", ProblemCode.USB_UNREADABLE),
    (r"unable to enumerate USB device(?: on port (?P<port>\d{1,3}))?", ProblemCode.USB_UNREADABLE),
    (r"Cannot enable\. Maybe the USB cable is bad\?", ProblemCode.USB_UNREADABLE),
    (r"connect-debounce failed", ProblemCode.USB_UNREADABLE),
    (r"over-current condition", ProblemCode.USB_OVER_CURRENT),
    (r"\d+mA over power budget!", ProblemCode.USB_POWER),
    (r"\d+mA is over \d+mA budget!", ProblemCode.USB_POWER),
    (r"can't connect bus-powered hub to this port", ProblemCode.USB_POWER),
)  # fmt: skip
"""What the kernel prints (Linux 6.12; the older forms still met in 5.10 too), and what it means."""
_TRY = re.compile(r"new .{1,40} USB device number \d+ using .{1,60}")
_GONE = re.compile(r"USB disconnect, device number \d+")
"""drivers/usb/core/hub.c: a new try at a port, and the end of what was there."""
_FORMS = tuple((re.compile(form), code) for form, code in _MEANINGS)
_DRIVERS = re.compile(r"usb|hub|[a-z0-9_-]{0,20}(?:hci|xusb)[a-z0-9_-]{0,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class KernelRecord:
    """One record of the kernel's log: `facility` 0 is the kernel's own."""

    facility: int
    sequence: int
    text: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the kernel refused, on a port, or, with `where` a name, on a hub or a controller."""

    where: UsbPath | str
    code: ProblemCode
    text: str


@dataclass(frozen=True, slots=True)
class Fresh:
    """What was said of this port before is over, or, unless `is_gone`, about to be tried again."""

    path: UsbPath
    is_gone: bool


@dataclass(frozen=True, slots=True)
class SlotLimit:
    """A controller has this many device slots; the kernel says so when it could not get one."""

    controller: str
    devices: int


def parse_records(data: bytes) -> Iterator[KernelRecord]:
    """Yield the records in `data`; what is none, or is cut, or adds keys to one, is left out."""
    for line in data.split(b"\n"):
        if found := _PREFIX.fullmatch(line):
            priority, sequence, text = int(found[1]), int(found[2]), found[5]
            yield KernelRecord(priority >> 3, sequence, text.decode("ascii", "replace"))


def meaning(record: KernelRecord) -> Refusal | Fresh | SlotLimit | None:
    """Return what a record says of USB, or None for all else that is in a kernel's log."""
    found = re.match(r"([a-zA-Z0-9_-]{1,40}) ([0-9a-zA-Z:._-]{1,60}): ", record.text, re.ASCII)
    if record.facility != _KERNEL or not found:
        return None
    driver, device, said = found[1], found[2], record.text[found.end() :]
    if not _DRIVERS.fullmatch(driver):
        return None
    return _fresh(device, said) or _refusal(device, said)


def _fresh(device: str, said: str) -> Fresh | None:
    is_gone = bool(_GONE.fullmatch(said))
    path = _path(device) if is_gone or _TRY.fullmatch(said) else None
    return Fresh(path, is_gone) if path else None


def _refusal(device: str, said: str) -> Refusal | SlotLimit | None:
    for form, code in _FORMS:
        if found := form.fullmatch(said):
            if code is None:
                return SlotLimit(device, int(found["limit"]))
            port = found.groupdict().get("port")
            return Refusal(_where(device, port), code, plain(said))
    return None


def _where(device: str, port: str | None) -> UsbPath | str:
    """Return the port: `1-1.3`, `1-1-port3`, or, as it once was, `hub 1-1:1.0: … on port 3`."""
    hub = device.partition(":")[0] if re.fullmatch(r"[0-9.-]+:[0-9.]+", device) else ""
    name = f"{_hub_name(hub)}-port{port}" if hub and port else hub or device
    return port_path(name) or _path(name) or plain(device)


def _hub_name(hub: str) -> str:
    """Return a hub as its ports are named: `1-0`, the computer itself on bus 1, is `usb1`."""
    return f"usb{hub.removesuffix('-0')}" if hub.endswith("-0") else hub


def _path(name: str) -> UsbPath | None:
    try:
        return UsbPath.parse(name)
    except IdentifierError:
        return None
