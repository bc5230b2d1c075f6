"""From an address to an open line, and from what went wrong on the way to what a person can do."""

from __future__ import annotations

import errno

from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.printers.address import NetworkPlace, Place, SerialPlace, UsbPlace
from hardware.printers.device_id import Language, UsbPrinter, usb_printers
from hardware.printers.transports.line import Line
from hardware.printers.transports.network import connect_tcp
from hardware.printers.transports.serial_port import open_serial_port
from hardware.printers.transports.usb_device import open_usb_device

_P = ProblemCode
_CODES = {
    errno.EACCES: _P.PRINTER_NO_PERMISSION,
    errno.EPERM: _P.PRINTER_NO_PERMISSION,
    errno.EBUSY: _P.PRINTER_IN_USE,
    errno.EAGAIN: _P.PRINTER_IN_USE,
}
"""What errors of opening mean; EAGAIN is a serial port that another program has locked."""


async def connect(place: Place, language: Language, where: str) -> Line:
    """Open the line to a printer that is to speak `language`.

    Raises:
        OSError: it cannot be opened; `refusal` makes a problem of it.
        ProblemError: what is plugged in speaks another language.
    """
    match place:
        case NetworkPlace(host, port):
            return await connect_tcp(host, port)
        case SerialPlace(device, baud, handshake):
            return await open_serial_port(device, baud, handshake)
        case UsbPlace(device):
            return await open_usb_device(choose(usb_printers(), device, language, where))


def choose(found: list[UsbPrinter], device: str | None, language: Language, where: str) -> str:
    """Return the device to open among those that are plugged in: the one named, or the first fit.

    Raises:
        OSError: none is plugged in.
        ProblemError: it speaks another language.
    """
    if device is None:
        candidates = found
    elif any(printer.device == device for printer in found):
        candidates = [printer for printer in found if printer.device == device]
    else:  # a link made by a rule of one's own, or not plugged in: opening it will tell
        return device
    if not candidates:
        raise OSError(errno.ENODEV, "no USB printer is plugged in")
    fit = [one for one in candidates if one.language is language]
    unknown = [one for one in candidates if one.language is None and device is not None]
    if not fit + unknown:
        names = ", ".join(plain(one.name) for one in candidates)
        raise ProblemError(Problem(_P.PRINTER_OTHER_LANGUAGE, where, names))
    return (fit + unknown)[0].device


def refusal(error: Exception, where: str) -> Problem:
    """Return what to tell a person of a line that could not be opened, or broke."""
    if isinstance(error, ProblemError):
        return error.problem
    code = _CODES.get(getattr(error, "errno", None) or 0, _P.PRINTER_UNREACHABLE)
    return Problem(code, where, plain(str(error)))
