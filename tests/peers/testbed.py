"""An emulated /sys with real udev events: libumockdev by ctypes, without GObject introspection.

Only for a process started by `umockdev-wrapper`, and a short one: what the library finds wrong (a
device added twice, more than ten events that nobody reads) ends the process.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_ROOT = Path(__file__).parents[2]
_CONTROLLER = "/devices/pci0000:00/0000:00:14.0"


def run_in_testbed(program: Path) -> list[str]:
    """Run a Python program under umockdev; return the lines it printed, raise when it fails."""
    wrapper = shutil.which("umockdev-wrapper")
    assert wrapper, "install the package umockdev"
    done = subprocess.run(
        [wrapper, sys.executable, "-W", "error", str(program)],
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


class Testbed:
    """`with Testbed() as testbed:` devices come and go; children find it by `UMOCKDEV_DIR`."""

    __test__ = False

    def __init__(self) -> None:
        preloaded = Path("/proc/self/maps").read_text()
        assert "libumockdev-preload" in preloaded, "start this through umockdev-wrapper"
        self._library = ctypes.CDLL("libumockdev.so.0")
        self._testbed = self._call("new", returns=ctypes.c_void_p)
        root = self._call("get_root_dir", self._testbed, returns=ctypes.c_char_p)
        self.root = Path(root.decode())
        os.environ["UMOCKDEV_DIR"] = str(self.root)  # set behind Python's back, unseen by children

    def plug(self, path: str, attributes: Mapping[str, str], interfaces: str) -> str:
        """Plug a USB device into a port such as `1-1.3`; return its place in sysfs."""
        self.add(usb_description(path, attributes, interfaces))
        return usb_place(path)

    def add(self, description: str) -> None:
        """Put a device into sysfs, described as `umockdev-record` does, and send its event."""
        added = self._call("add_from_string", self._testbed, description.encode(), None)
        assert added, description

    def unplug(self, place: str) -> None:
        """Pull a device out: udev tells of it, and sysfs has it no more."""
        self.announce(place, "remove")
        self.forget(place)

    def announce(self, place: str, action: str) -> None:
        """Send an event of a device: `add`, `change`, `remove`."""
        words = (f"/sys{place}".encode(), action.encode())
        self._call("uevent", self._testbed, *words, returns=None)

    def forget(self, place: str) -> None:
        """Pull a device out without an event, as when the kernel dropped it."""
        self._call("remove_device", self._testbed, f"/sys{place}".encode(), returns=None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        unref = ctypes.CDLL("libgobject-2.0.so.0").g_object_unref
        unref.argtypes = [ctypes.c_void_p]
        unref(self._testbed)

    def _call(self, name: str, *arguments: Any, returns: Any = ctypes.c_bool) -> Any:
        function = getattr(self._library, f"umockdev_testbed_{name}")
        function.restype = returns
        pointers = {int: ctypes.c_void_p, bytes: ctypes.c_char_p, type(None): ctypes.c_void_p}
        function.argtypes = [pointers[type(argument)] for argument in arguments]
        return function(*arguments)


def usb_place(path: str) -> str:
    """Return where a port lies in sysfs: `1-1.3` below `1-1`, below the bus."""
    bus, _, ports = path.partition("-")
    chain = ports.split(".")
    ancestors = (f"{bus}-{'.'.join(chain[: depth + 1])}" for depth in range(len(chain)))
    return "/".join((_CONTROLLER, f"usb{bus}", *ancestors))


def usb_description(path: str, attributes: Mapping[str, str], interfaces: str) -> str:
    """Describe a USB device in the format of `umockdev-record`."""
    properties = {"SUBSYSTEM": "usb", "DEVTYPE": "usb_device", "ID_USB_INTERFACES": interfaces}
    lines = [f"P: {usb_place(path)}"]
    lines += [f"E: {name}={value}" for name, value in properties.items() if value]
    lines += [f"A: {name}={value}\\n" for name, value in attributes.items()]
    return "\n".join(lines) + "\n\n"
