"""What can be wrong with what stands on the bench: USB, ADB, scanners."""

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
    _P.ADB_OUTDATED: Advice(
        "ADB too old", "The ADB server that runs here is too old",
        "Update the package adb, then end the old server where it was started: adb kill-server.",
        _BENCH, _ITSELF),
    _P.ADB_SILENT: Advice(
        "ADB silent", "What runs on the ADB server's port does not answer",
        "End it where it was started (adb kill-server), or set another port under [adb].",
        _BENCH, _ITSELF),
    _P.ADB_REFUSED: Advice(
        "ADB refuses", "The ADB server that runs here refuses this bench",
        "End it where it was started (adb kill-server), or set another port under [adb].",
        _BENCH, _ITSELF),
    _P.ADB_PORT_TAKEN: Advice(
        "Port taken", "Another program uses the ADB server's port",
        "Close that program, or set another port under [adb] in the settings.",
        _BENCH, _ITSELF),
    _P.SCANNER_LOST: Advice(
        "Scanner lost", "The scanner was disconnected",
        "Plug the scanner in again; it is picked up by itself.", _BENCH, _ITSELF),
    _P.SCANNER_MISSING: Advice(
        "No scanner", "No scanner is connected",
        "Plug a scanner in (USB serial mode) or type into the scan bar.", _BENCH, _ITSELF),
    _P.SCANNER_NO_PERMISSION: Advice(
        "Scanner locked", "This account may not open the scanner",
        "Install the udev rules that `doctor` prints, then plug the scanner in again.",
        _BENCH, _ITSELF),
    _P.SCANNER_BUSY: Advice(
        "Scanner in use", "Another program holds the scanner",
        "Close that program; if it is ModemManager, install the udev rules that `doctor` prints.",
        _BENCH, _ITSELF),
    _P.SCANNER_GARBLED: Advice(
        "Scan lost", "The scanner sent what is not one whole scan, and it was dropped",
        "Scan again; if it stays, set the scanner up as its paper says (Ctrl+B).",
        _BENCH, _ITSELF),
    _P.HUB_POWER_REFUSED: Advice(
        "Power not cut", "The hub did not switch the power of the port",
        "Unplug the handset and plug it in again by hand.", _BENCH),
    _P.HUB_POWER_LOCKED: Advice(
        "Hub locked", "This account may not switch the power of the hub's ports",
        "Install the udev rules that `doctor` prints, then unplug the hub and plug it in again.",
        _BENCH),
    _P.HUB_POWER_SHARED: Advice(
        "Others there", "Other slots get their power through the same port",
        "Unplug the handset and plug it in again by hand.", _BENCH),
}  # fmt: skip
