"""All that this program ever writes to a handset's modem port, and the one function that does it.

The port that says who a handset is can also reset it, put it into download mode and write another
IMEI into it, and a question and such an order may differ in their arguments alone (Samsung's
`AT+SERIALNO`). Therefore whole lines out of a closed list, made of nothing that a reply, a setting
or a profile says. The other questions known of Samsung's modems (battery, storage, versions, ICCID
and further ways to an IMEI) are left out: `AT+DEVCONINFO` answers what a bench needs, and their
replies are refused by newer firmware or described nowhere.

Changing an IMEI is an offence: Mobile Telephones (Re-programming) Act 2002, sections 1 and 2.
"""

from __future__ import annotations

import os
from enum import Enum
from types import MappingProxyType
from typing import Protocol


class Command(Enum):
    """A whole line that may be written; there are no others, and none takes an argument."""

    ATTENTION = "AT"
    """Is anyone there? (ITU-T V.250, 5.2.1)"""
    IDENTITY = "AT+DEVCONINFO"
    """Model, firmware, serial number, IMEI: what a handset is."""
    REACTIVATION_LOCK = "AT+REACTIVE=1,0,0"
    """Does its last owner's account lock it? Only asked where the settings say so."""


_LINES = MappingProxyType(
    {
        Command.ATTENTION: b"AT\r",
        Command.IDENTITY: b"AT+DEVCONINFO\r",
        Command.REACTIVATION_LOCK: b"AT+REACTIVE=1,0,0\r",
    }
)


class HasDescriptor(Protocol):
    """An open port."""

    def fileno(self) -> int:
        """Return its file descriptor."""
        ...


class CutShortError(OSError):
    """A line was taken only in part: what follows on this port would be joined to it."""


def write(port: HasDescriptor, command: Command) -> None:
    """Write one line to a modem port that does not block.

    Raises `KeyError` for whatever is no `Command`, before anything is written; `CutShortError`
    when the port took part of the line, after which nothing may be written to it; `OSError` when
    it took none, or is gone.
    """
    line = _LINES[command]
    if os.write(port.fileno(), line) != len(line):
        raise CutShortError("the port took only part of a line")
