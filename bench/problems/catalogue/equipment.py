"""What can be wrong with what stands on the bench: USB, ADB, scanners, printers."""

from __future__ import annotations

from bench.problems.advice import Advice, Clears, Fault
from bench.problems.codes import ProblemCode

_P = ProblemCode
_BENCH, _ITSELF = Fault.BENCH, Clears.BY_ITSELF

EQUIPMENT: dict[ProblemCode, Advice] = {
    _P.ADB_SERVER_LOST: Advice(
        "ADB stopped", "The ADB server stopped answering",
        "Wait: it is being started again and work goes on by itself.", _BENCH, _ITSELF),
    _P.ADB_MISSING: Advice(
        "No ADB", "The ADB server cannot be started",
        "Install the package adb, then start again.", _BENCH),
    _P.USB_UNWATCHED: Advice(
        "USB unseen", "This system does not tell what is plugged in",
        "Check that udev runs and that this account may listen to it.", _BENCH),
    _P.SCANNER_LOST: Advice(
        "Scanner lost", "The scanner was disconnected",
        "Plug the scanner in again; it is picked up by itself.", _BENCH, _ITSELF),
    _P.SCANNER_MISSING: Advice(
        "No scanner", "No serial scanner is connected",
        "Plug a scanner in (USB serial mode) or type into the scan bar.", _BENCH, _ITSELF),
    _P.PRINTER_UNREACHABLE: Advice(
        "Printer off", "The label printer does not answer",
        "Switch it on and check its network cable; labels wait and print by themselves.",
        _BENCH, _ITSELF),
    _P.PRINTER_OUT_OF_PAPER: Advice(
        "Labels out", "The label printer has run out of labels",
        "Put a new roll in; waiting labels print by themselves.", _BENCH, _ITSELF),
    _P.PRINTER_NOT_READY: Advice(
        "Printer waits", "The label printer is paused or open",
        "Close its head and press Feed; waiting labels print by themselves.", _BENCH, _ITSELF),
}  # fmt: skip
