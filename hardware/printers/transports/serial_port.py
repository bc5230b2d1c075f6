"""A printer at a serial port, real or USB: 8 data bits, no parity, 1 stop bit."""

from __future__ import annotations

import termios
from contextlib import suppress
from enum import StrEnum

from serial import Serial

from hardware.printers.transports.descriptor import DescriptorLine
from hardware.usb.terminals import is_of_handset


class Handshake(StrEnum):
    """How the printer says that it can take no more just now."""

    XON_XOFF = "xonxoff"
    RTS_CTS = "rtscts"
    NONE = "none"


async def open_serial_port(device: str, baud: int, handshake: Handshake) -> SerialLine:
    """Open the port for this program alone; a handset's is never written to: it may be a modem.

    It is looked at again once it is open: another may have been plugged in under its name. The
    terminal's own errors are no `OSError`, and pyserial lets some of them through.
    """
    _see_that_it_is_no_handset(device)
    try:
        port = Serial(
            device,
            baud,
            exclusive=True,
            timeout=0,
            xonxoff=handshake is Handshake.XON_XOFF,
            rtscts=handshake is Handshake.RTS_CTS,
        )
    except termios.error as error:
        raise OSError(*error.args) from error
    except ValueError as error:
        raise OSError(str(error)) from error
    try:
        _see_that_it_is_no_handset(device)
    except OSError:
        port.close()
        raise
    return SerialLine(port)


def _see_that_it_is_no_handset(device: str) -> None:
    if is_of_handset(device):
        raise OSError(f"{device} may be a handset's modem, which is never used as a printer")


class SerialLine(DescriptorLine):
    """Implements `Line`; a port that is ready and has nothing was pulled out."""

    def __init__(self, port: Serial) -> None:
        super().__init__(port.fileno(), empty_is_end=True)
        self._port = port

    def _release(self) -> None:
        """Drop what a stopped printer did not take: closing would wait for it, half a minute."""
        with suppress(OSError, termios.error):
            termios.tcflush(self._port.fileno(), termios.TCOFLUSH)
        with suppress(OSError, termios.error):
            self._port.close()
