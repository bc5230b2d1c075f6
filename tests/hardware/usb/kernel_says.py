"""What a kernel's log says of USB, made from the format strings of its sources (Linux 6.12).

drivers/usb/core/hub.c, generic.c and hcd.c, drivers/usb/host/xhci.c and xhci-ring.c; a device
prefixes its driver and its name (drivers/base/core.c, `dev_printk_emit`). Numbers are made up.
"""

from __future__ import annotations

from bench.problems import ProblemCode

_P = ProblemCode

REFUSALS: tuple[tuple[str, str, ProblemCode], ...] = (
    ("usb 1-1.3: Not enough host controller resources for new device state.", "1-1.3", _P.USB_FULL),
    ("usb 1-1.3: Not enough bandwidth for new device state.", "1-1.3", _P.USB_BANDWIDTH),
    ("usb 1-1.3: can't set config #1, error -12", "1-1.3", _P.USB_FULL),
    ("usb 1-1.3: can't set config #1, error -28", "1-1.3", _P.USB_BANDWIDTH),
    ("usb 1-1.3: can't set config #2, error -71", "1-1.3", _P.USB_UNREADABLE),
    ("usb 1-1.3: rejected 1 configuration due to insufficient available bus power", "1-1.3",
     _P.USB_POWER),
    ("usb 1-1.3: rejected 2 configurations due to insufficient available bus power", "1-1.3",
     _P.USB_POWER),
    ("usb 1-1.3: device descriptor read/64, error -71", "1-1.3", _P.USB_UNREADABLE),
    ("usb 1-1.3: device descriptor read/8, error -110", "1-1.3", _P.USB_UNREADABLE),
    ("usb 1-1.3: device descriptor read/all, error -32", "1-1.3", _P.USB_UNREADABLE),
    ("usb 1-1.3: device not accepting address 12, error -71", "1-1.3", _P.USB_UNREADABLE),
    ("usb 1-1-port3: unable to enumerate USB device", "1-1.3", _P.USB_UNREADABLE),
    ("usb usb2-port4: unable to enumerate USB device", "2-4", _P.USB_UNREADABLE),
    ("hub 1-1:1.0: unable to enumerate USB device on port 3", "1-1.3", _P.USB_UNREADABLE),
    ("hub 2-0:1.0: unable to enumerate USB device on port 4", "2-4", _P.USB_UNREADABLE),
    ("usb 1-1-port3: Cannot enable. Maybe the USB cable is bad?", "1-1.3", _P.USB_UNREADABLE),
    ("usb 1-1-port3: connect-debounce failed", "1-1.3", _P.USB_UNREADABLE),
    ("usb 1-1.4-port2: couldn't allocate usb_device", "1-1.4.2", _P.USB_FULL),
    ("usb 1-1-port3: over-current condition", "1-1.3", _P.USB_OVER_CURRENT),
    ("usb usb1-port2: over-current condition", "1-2", _P.USB_OVER_CURRENT),
    ("hub 1-1:1.0: over-current condition", "1-1", _P.USB_OVER_CURRENT),
    ("hub 1-1:1.0: 400mA over power budget!", "1-1", _P.USB_POWER),
    ("usb 1-1-port3: 500mA is over 100mA budget!", "1-1.3", _P.USB_POWER),
    ("usb 1-1.2: can't connect bus-powered hub to this port", "1-1.2", _P.USB_POWER),
    ("xhci_hcd 0000:05:00.0: Error while assigning device slot ID: No Slots Available Error",
     "0000:05:00.0", _P.USB_FULL),
    ("xhci_hcd 0000:00:14.0: Not enough host resources, active endpoint contexts = 64",
     "0000:00:14.0", _P.USB_FULL),
    ("xhci_hcd 0000:00:14.0: xHCI host controller not responding, assume dead", "0000:00:14.0",
     _P.USB_CONTROLLER_LOST),
    ("xhci_hcd 0000:00:14.0: HC died; cleaning up", "0000:00:14.0", _P.USB_CONTROLLER_LOST),
    ("tegra-xusb 3610000.usb: HC died; cleaning up", "3610000.usb", _P.USB_CONTROLLER_LOST),
)  # fmt: skip

NOTHING: tuple[str, ...] = (
    "usb 1-1.3: New USB device found, idVendor=04e8, idProduct=6860, bcdDevice= 4.00",
    "usb 1-1.3: New USB device strings: Mfr=1, Product=2, SerialNumber=3",
    "usb 1-1.3: reset high-speed USB device number 5 using xhci_hcd",
    "usb 1-1-port3: attempt power cycle",
    "xhci_hcd 0000:05:00.0: Error while assigning device slot ID: Command Aborted",
    "cdc_acm 1-1.3:2.1: ttyACM0: USB ACM device",
    "e1000e 0000:00:1f.6 eno1: NIC Link is Up 1000 Mbps Full Duplex",
    "NET: Registered protocol family 10",
    "unable to enumerate USB device",
    "",
)

FORGED: tuple[str, ...] = (
    # strings of a device, which hub.c prints behind their names
    "usb 1-1.3: Product: unable to enumerate USB device",
    "usb 1-1.3: SerialNumber: over-current condition",
    "usb 1-1.3: Manufacturer: x: HC died; cleaning up",
    r"usb 1-1.3: Product: x\x0ausb 1-1.4: over-current condition",
    "usb 1-1.3: over-current condition; see usb 1-1.4",
    "sda 1-1.3: over-current condition",
    "usb ../../etc: over-current\tcondition",
)


def record(text: str, *, sequence: int = 1, facility: int = 0) -> bytes:
    """A record as `/dev/kmsg` gives it, with the keys that a device adds."""
    head = f"{facility << 3 | 3},{sequence},5140900,-;{text}\n"
    return head.encode() + b" SUBSYSTEM=usb\n DEVICE=c189:15\n"
