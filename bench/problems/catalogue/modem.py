"""What can keep a handset from saying who it is before it is set up."""

from __future__ import annotations

from bench.problems.advice import Advice, Clears, Fault
from bench.problems.codes import ProblemCode

_P = ProblemCode
_HANDSET, _BENCH, _PERSON, _ITSELF = (
    Fault.HANDSET,
    Fault.BENCH,
    Fault.PERSON,
    Clears.BY_ITSELF,
)

MODEM: dict[ProblemCode, Advice] = {
    _P.MODEM_SILENT: Advice(
        "Unlock it", "The handset's modem does not answer",
        "Unlock the handset and use a cable that carries data; it is asked again by itself.",
        _PERSON, _ITSELF),
    _P.MODEM_WAITS: Advice(
        "Starting up", "The handset's modem says that it is busy",
        "Let it finish starting; it is asked again by itself.", _HANDSET, _ITSELF),
    _P.MODEM_GARBLED: Advice(
        "Unreadable", "The handset's modem answered what cannot be read as an answer",
        "Press the cable home; it is asked again by itself.", _HANDSET, _ITSELF),
    _P.MODEM_REFUSED: Advice(
        "Unlock or scan", "The handset does not say who it is before it is set up",
        "Unlock it and plug it in again, or scan its box and go on.", _HANDSET),
    _P.MODEM_NOT_ALLOWED: Advice(
        "Scan box", "The handset's software does not allow this question",
        "Scan its box and go on: it says who it is once it is set up.", _HANDSET),
    _P.MODEM_UNREGISTERED: Advice(
        "Scan box", "The handset's software does not know this question",
        "Scan its box and go on; leave read_before_setup out of this model's profile.", _HANDSET),
    _P.MODEM_HIDDEN: Advice(
        "No modem port", "The handset offers no modem port",
        "Unlock it and plug it in again, or scan its box and go on.", _HANDSET),
    _P.MODEM_BUSY: Advice(
        "Modem taken", "Another program holds the handset's modem port",
        "Install the udev rules of this program: they keep ModemManager away. Then plug it in "
        "again.", _BENCH, _ITSELF),
    _P.MODEM_NO_DRIVER: Advice(
        "No driver", "This computer has no driver for the handset's modem port",
        "Load the kernel module cdc_acm, then plug the handset in again.", _BENCH),
    _P.CONFIGURATION_BUSY: Advice(
        "USB in use", "Another program keeps the handset from showing its modem port",
        "Close the file manager that shows the handset, or install the udev rules of this "
        "program; it is asked again by itself.", _BENCH, _ITSELF),
    _P.CONFIGURATION_REFUSED: Advice(
        "USB refused", "The handset's modem port cannot be shown",
        "Plug the handset in again, into another controller if there is one; or scan its box.",
        _BENCH),
}  # fmt: skip
