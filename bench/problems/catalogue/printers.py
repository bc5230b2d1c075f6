"""What can be wrong with a label printer, and with a label for it."""

from __future__ import annotations

from bench.problems.advice import Advice, Clears, Fault
from bench.problems.codes import ProblemCode

_P = ProblemCode
_BENCH, _ITSELF = Fault.BENCH, Clears.BY_ITSELF

PRINTERS: dict[ProblemCode, Advice] = {
    _P.PRINTER_UNREACHABLE: Advice(
        "Printer off", "The label printer does not answer",
        "Switch it on and check its cable; labels wait and print by themselves.", _BENCH, _ITSELF),
    _P.PRINTER_OUT_OF_PAPER: Advice(
        "Labels out", "The label printer has run out of labels",
        "Put a new roll in; waiting labels print by themselves.", _BENCH, _ITSELF),
    _P.PRINTER_NOT_READY: Advice(
        "Printer waits", "The label printer is not ready",
        "Put right what its display or lights say; waiting labels print by themselves.",
        _BENCH, _ITSELF),
    _P.PRINTER_OPEN: Advice(
        "Printer open", "The label printer's head or cover is open",
        "Close it until it clicks; waiting labels print by themselves.", _BENCH, _ITSELF),
    _P.PRINTER_PAUSED: Advice(
        "Printer paused", "The label printer is paused",
        "Press Pause or Feed on the printer; waiting labels print by themselves.", _BENCH, _ITSELF),
    _P.PRINTER_RIBBON_OUT: Advice(
        "Ribbon out", "The label printer has run out of ribbon",
        "Put a new ribbon in; waiting labels print by themselves.", _BENCH, _ITSELF),
    _P.PRINTER_JAMMED: Advice(
        "Printer jammed", "The label printer's cutter or feed is jammed",
        "Switch the printer off, take out what is stuck, and switch it on again.", _BENCH, _ITSELF),
    _P.PRINTER_HOT: Advice(
        "Printer hot", "The label printer is too hot to print",
        "Wait until it has cooled down; waiting labels print by themselves.", _BENCH, _ITSELF),
    _P.PRINTER_COLD: Advice(
        "Printer cold", "The label printer is too cold to print",
        "Wait until it has warmed up; waiting labels print by themselves.", _BENCH, _ITSELF),
    _P.PRINTER_FAULTY: Advice(
        "Printer fault", "The label printer reports a fault of its own",
        "Switch it off and on again; if the fault comes back, use another printer.",
        _BENCH, _ITSELF),
    _P.PRINTER_BUSY: Advice(
        "Printer busy", "The label printer still holds labels and takes no more",
        "Wait until it has printed them; if it prints nothing, switch it off and on again.",
        _BENCH, _ITSELF),
    _P.PRINTER_IN_USE: Advice(
        "Printer in use", "Another program or person uses the label printer",
        "End the other print job, or take the printer out of the system's printers.",
        _BENCH, _ITSELF),
    _P.PRINTER_NO_PERMISSION: Advice(
        "Printer locked", "This account may not open the label printer",
        "Install the udev rules that `doctor` prints, then plug the printer in again.",
        _BENCH, _ITSELF),
    _P.PRINTER_OTHER_LANGUAGE: Advice(
        "Other printer", "The label printer speaks another language than the settings say",
        "Set language under [printer] in the settings to the printer's own, then start again.",
        _BENCH, _ITSELF),
    _P.PRINTER_OTHER_LABELS: Advice(
        "Other labels", "Other labels are in the printer than the settings say",
        "Put the right roll in, or set media under [printer] in the settings to this one.",
        _BENCH, _ITSELF),
    _P.LABEL_MISFIT: Advice(
        "Label misfits", "The label is not as large as the labels in the printer",
        "Put the right roll in, or choose a label template drawn for this one.", _BENCH, _ITSELF),
    _P.CUPS_MISSING: Advice(
        "No CUPS", "The programs that print through the system are not installed",
        "Install the packages cups-client and cups-ipp-utils; labels then print by themselves.",
        _BENCH, _ITSELF),
    _P.CUPS_UNREACHABLE: Advice(
        "CUPS stopped", "The system's print service does not answer",
        "Start it with `systemctl start cups`; waiting labels print by themselves.",
        _BENCH, _ITSELF),
    _P.QUEUE_UNKNOWN: Advice(
        "No such queue", "The system has no printer of the name in the settings",
        "Set address under [printer] to cups: and a name that `lpstat -e` tells.",
        _BENCH, _ITSELF),
    _P.QUEUE_CLOSED: Advice(
        "Queue closed", "The system's print queue takes no labels",
        "Let it take jobs again in the system's printer settings, or by `cupsaccept`.",
        _BENCH, _ITSELF),
    _P.QUEUE_STOPPED: Advice(
        "Queue stopped", "The system's print queue was stopped",
        "Start it again in the system's printer settings, or by `cupsenable`.",
        _BENCH, _ITSELF),
}  # fmt: skip
