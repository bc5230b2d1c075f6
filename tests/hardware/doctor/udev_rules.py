"""The real udev with this program's rules and with those of the desktop, on devices made up.

Each device is one run of `udevadm test` under umockdev, in a mount namespace where only the folder
of rules is another and /dev has no
device; nothing outside of it changes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

RULES = Path(__file__).parents[3] / "resources" / "udev" / "68-staging-bench.rules"
_PCI = "/devices/pci0000:00/0000:00:14.0"
_DESKTOP = {
    "60-libgphoto2-6.rules": (
        'ACTION!="add|bind", GOTO="libgphoto2_rules_end"\n'
        'SUBSYSTEM!="usb", GOTO="libgphoto2_rules_end"\n'
        'ENV{ID_USB_INTERFACES}=="*:060101:*", ENV{ID_GPHOTO2}="1", ENV{GPHOTO2_DRIVER}="PTP"\n'
        'ATTR{idVendor}=="04e8", ENV{ID_GPHOTO2}="1", ENV{ID_MTP_DEVICE}="1", '
        'ENV{ID_MEDIA_PLAYER}="1"\n'
        'LABEL="libgphoto2_rules_end"\n'
    ),
    "69-libmtp.rules": (
        'ACTION!="add", ACTION!="bind", GOTO="libmtp_rules_end"\n'
        'SUBSYSTEM!="usb", GOTO="libmtp_rules_end"\n'
        'ENV{ID_MTP_DEVICE}=="1", SYMLINK+="libmtp-%k", GOTO="libmtp_rules_end"\n'
        'ENV{MTP_NO_PROBE}!="1", ATTR{bDeviceClass}=="00|02|06|ef|ff", ENV{PROBED_FOR_MUSIC}="1"\n'
        'LABEL="libmtp_rules_end"\n'
    ),
}
"""As those of libgphoto2 2.5.30 (its list of devices aside) and libmtp 1.1.20 behave."""
_IN_NAMESPACE = """
set -e
mount --bind {rules} /etc/udev/rules.d
mount -t tmpfs none /run
mkdir /run/dev
touch /run/dev/null
mount --bind /dev/null /run/dev/null
mount --rbind /run/dev /dev
exec umockdev-run -d {device} -- udevadm test -a {action} /sys{path} 2>&1
"""


@dataclass(frozen=True)
class Treated:
    """What udev made of a device: its properties, its tags, and all that it said."""

    properties: Mapping[str, str]
    tags: frozenset[str]
    said: str

    @property
    def opened(self) -> bool:
        """Whether whoever sits at the computer may open it."""
        return "uaccess" in self.tags

    @property
    def is_left_by_modem_manager(self) -> bool:
        return self.properties.get("ID_MM_DEVICE_IGNORE") == "1"

    @property
    def complaints(self) -> list[str]:
        """What udev finds wrong with the file of rules."""
        about = f"{RULES.name}:"
        return [
            line for line in self.said.splitlines()
            if about in line and re.search("nvalid|nknown|gnoring|rror|ailed", line)
        ]  # fmt: skip


def usb(vendor: str, product: str, interfaces: str, device_class: str = "00") -> str:
    """Describe a USB device on port 1-1; `interfaces` as udev writes them, `:ff4201:`."""
    return (
        f"P: {_PCI}/usb1/1-1\n"
        "E: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: MAJOR=189\nE: MINOR=4\n"
        "E: BUSNUM=001\nE: DEVNUM=005\nE: DEVNAME=/dev/bus/usb/001/005\n"
        f"E: ID_USB_INTERFACES={interfaces}\n"
        f"A: idVendor={vendor}\\n\nA: idProduct={product}\\n\nA: bDeviceClass={device_class}\\n\n"
        "A: power/control=auto\\n\n\n"
    )


def node(subsystem: str, name: str, vendor: str, hub: str = "0424") -> str:
    """Describe a node of a device behind a hub: `tty` ttyACM0, `input` event5, `usbmisc` lp0."""
    device = f"{_PCI}/usb1/1-1/1-1.2"
    return (
        f"P: {device}/1-1.2:1.0/{subsystem}/{name}\n"
        f"E: SUBSYSTEM={subsystem}\nE: MAJOR=166\nE: MINOR=0\nE: DEVNAME=/dev/{name}\n\n"
        f"P: {device}/1-1.2:1.0\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\n"
        "A: bInterfaceNumber=00\\n\nA: bInterfaceClass=03\\n\nA: bInterfaceSubClass=01\\n\n"
        "A: bInterfaceProtocol=01\\n\n\n"
        f"P: {device}\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\n"
        f"A: idVendor={vendor}\\n\nA: idProduct=1200\\n\n\n"
        f"P: {_PCI}/usb1/1-1\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\n"
        f"A: idVendor={hub}\\n\nA: idProduct=2514\\n\nA: bDeviceClass=09\\n\n\n"
    )


def treat(folder: Path, description: str, action: str = "add", *, ours: bool = True) -> Treated:
    """Have udev treat a device that was just plugged in."""
    for program, package in (("udevadm", "udev"), ("umockdev-run", "umockdev")):
        assert shutil.which(program), f"install the package {package}"
    rules, device = folder / "rules", folder / "device.umockdev"
    rules.mkdir(parents=True, exist_ok=True)
    for name, text in _DESKTOP.items():
        (rules / name).write_text(text)
    if ours:
        shutil.copy(RULES, rules)
    device.write_text(description)
    path = description.splitlines()[0].removeprefix("P: ")
    script = _IN_NAMESPACE.format(rules=rules, device=device, action=action, path=path)
    private = ("unshare", "--mount") if os.geteuid() == 0 else ("unshare", "--map-root-user", "-m")
    done = subprocess.run(
        [*private, "sh", "-c", script], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    properties = dict(re.findall(r"^([A-Z][A-Z0-9_]*)=(.*)$", done.stdout, re.MULTILINE))
    tags = frozenset(properties.get("CURRENT_TAGS", "").strip(":").split(":"))
    return Treated(properties, tags, done.stdout)
