"""Scanners that are keyboards (USB HID), taken away from the desktop: key presses in, scans out.

A grabbed keyboard (EVIOCGRAB, Linux `input.h`) is heard by this program alone: whatever has the
focus, a scan lands, and no character of it leaks. Only keyboards of known scanner makers are ever
opened and those that the settings name; sysfs tells which they are, so that no other is touched.

Serial mode is better: a keyboard loses GS between the fields of a 2-D code and most letters beyond
ASCII, and what it lost nobody can tell.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from hardware.scanners.census import Census
from hardware.scanners.following import EveryScanner
from hardware.scanners.framing import Frame, Framer, Suffix
from hardware.scanners.keys import KEY_ENTER
from hardware.scanners.keystrokes import Keystrokes
from hardware.scanners.line import BY_ITSELF, OpenScanner, Reading
from hardware.scanners.makers import is_scanner
from hardware.scanners.sysfs import DEV, SYSFS, Places, UsbDevice, usb_device_above

_TYPES = 1 << KEY_ENTER | sum(1 << digit for digit in range(2, 12))
"""Enter and the ten digits: what makes a keyboard; a scanner may have a node for a button too."""


def keyboards(
    named: Collection[tuple[int, int]] = (), *, sysfs: Path = SYSFS, dev: Path = DEV
) -> Places:
    """Return the keyboards that are scanners; `named` are further USB ids that are."""
    folder = sysfs / "class" / "input"

    def look(node: str) -> UsbDevice | None:
        device = usb_device_above(folder / node)
        if device and is_scanner(device.kind, named) and _is_keyboard(folder / node):
            return device
        return None

    return Places(folder, r"event\d+", look, dev / "input")


def open_keyboard(device: str, reading: Reading) -> OpenScanner:
    """Open a keyboard and grab it; it is the desktop's again once it is closed.

    Raises:
        OSError: it cannot be opened, or somebody else has grabbed it (EBUSY).
    """
    from evdev import InputDevice  # noqa: PLC0415 - slow, and most scanners are serial

    keyboard = InputDevice(device, readonly=True)  # its lamps are the desktop's

    def close() -> None:
        with suppress(OSError):  # it is gone
            keyboard.ungrab()
        keyboard.close()

    try:
        keyboard.grab()
    except OSError:
        keyboard.close()
        raise
    framer = Framer(Suffix.KEYS if reading.suffix is Suffix.AUTO else reading.suffix)
    strokes = Keystrokes(framer)

    def read() -> list[Frame]:
        return strokes.feed((event.type, event.code, event.value) for event in keyboard.read())

    return OpenScanner(keyboard.fd, framer, read, close)


class KeyboardScanners(EveryScanner):
    """Implements `bench.ports.Watcher` for every scanner that is a keyboard.

    Few are; that there is none is only said by a `census` shared with those that are serial.
    """

    def __init__(
        self,
        places: Places | None = None,
        census: Census | None = None,
        reading: Reading = BY_ITSELF,
    ) -> None:
        super().__init__(places or keyboards(), open_keyboard, census, reading)


def _is_keyboard(node: Path) -> bool:
    """Whether the device has the keys; sysfs gives them as words of bits, the lowest last."""
    try:
        words = (node.resolve().parent / "capabilities" / "key").read_text("ascii").split()
        return int(words[-1], 16) & _TYPES == _TYPES
    except (OSError, ValueError, IndexError):
        return False
