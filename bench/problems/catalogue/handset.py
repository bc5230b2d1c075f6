"""What can be wrong with a handset, its cable and its port."""

from __future__ import annotations

from bench.problems.advice import Advice, Clears, Fault
from bench.problems.codes import ProblemCode

_P = ProblemCode
_HANDSET, _BENCH, _PERSON, _ITSELF, _SUPERVISOR = (
    Fault.HANDSET,
    Fault.BENCH,
    Fault.PERSON,
    Clears.BY_ITSELF,
    Clears.BY_SUPERVISOR,
)

HANDSET: dict[ProblemCode, Advice] = {
    _P.UNPLUGGED: Advice(
        "Unplugged", "The handset was unplugged before it was done",
        "Plug the same handset into any slot; it goes on by itself.", _HANDSET, _ITSELF),
    _P.FOREIGN_HANDSET: Advice(
        "Other handset", "Another handset is in a slot that waits for its own",
        "Take it out and put the held handset back, or void the held run.", _PERSON, _ITSELF),
    _P.UNAUTHORISED: Advice(
        "Tap Allow", "The handset asks whether to trust this bench",
        "Tap Allow on the handset.", _PERSON, _ITSELF),
    _P.NO_PERMISSION: Advice(
        "No permission", "This account may not open the USB device",
        "Install the udev rules of this program, then plug the handset in again.", _BENCH),
    _P.HANDSET_OFFLINE: Advice(
        "Offline", "The handset is connected but does not answer",
        "Unlock it; if it stays so, plug it in again with another cable.", _HANDSET, _ITSELF),
    _P.AUTHORISING: Advice(
        "Asking trust", "The handset and this bench are still agreeing on a key",
        "Unlock it and look for its question; if none comes, plug it in again.",
        _HANDSET, _ITSELF),
    _P.CONNECTING: Advice(
        "Connecting", "The handset was found but has not answered yet",
        "Unlock it; if it stays so, switch USB debugging off and on again.", _HANDSET, _ITSELF),
    _P.WRONG_MODE: Advice(
        "Wrong mode", "The handset has not started into Android",
        "Restart it: hold power and volume down until the screen goes dark.", _HANDSET, _ITSELF),
    _P.IN_RECOVERY: Advice(
        "Recovery", "The handset has started into its recovery menu",
        "Choose Reboot system now with the volume keys, then press power.", _HANDSET, _ITSELF),
    _P.IN_SIDELOAD: Advice(
        "Sideload", "The handset waits for an update by cable",
        "Choose Cancel or Reboot system now on its screen.", _HANDSET, _ITSELF),
    _P.IN_RESCUE: Advice(
        "Rescue", "The handset could not start Android and waits in rescue mode",
        "Choose Try again on its screen; if it comes back here, set it aside as dead on arrival.",
        _HANDSET, _ITSELF),
    _P.IN_BOOTLOADER: Advice(
        "Bootloader", "The handset has stopped in its bootloader",
        "Choose Start on its screen, or hold power until it restarts.", _HANDSET, _ITSELF),
    _P.AS_HOST: Advice(
        "Not a handset", "What is plugged in does not answer as a handset does",
        "Take it out and plug in a handset; restart it if it is one.", _HANDSET, _ITSELF),
    _P.ADB_DETACHED: Advice(
        "Let go", "The ADB server was told to leave this handset alone",
        "Close the program that uses it, then plug the handset in again.", _BENCH, _ITSELF),
    _P.LINK_LOST: Advice(
        "Link lost", "The connection to the handset broke",
        "Press the cable home; it goes on by itself when the handset is back.", _HANDSET, _ITSELF),
    _P.NOT_ANSWERING: Advice(
        "Not answering", "The handset stopped answering",
        "Unlock it and press the cable home, then resume.", _HANDSET),
    _P.IDENTITY_UNREAD: Advice(
        "Unread", "The handset did not say who it is",
        "Unlock it and plug it in again.", _HANDSET),
    _P.NO_IMEI: Advice(
        "No IMEI", "The handset reports no IMEI",
        "Set it aside as dead on arrival.", _HANDSET, Clears.BY_SUPERVISOR),
    _P.NOT_SET_UP: Advice(
        "Set up", "The handset said over its modem who it is; Android is not set up yet",
        "Go on with its set-up; its box can be scanned as soon as Android answers.",
        _PERSON, _ITSELF),
    _P.UNKNOWN_PORT: Advice(
        "Unknown port", "A handset is on a USB port that is no slot of this bench",
        "Move it to a slot, or name the port in the settings.", _PERSON, _ITSELF),
    _P.IDENTITY_CHANGED: Advice(
        "Other identity", "This connection answers with the identity of another handset",
        "Unplug both, plug in one at a time, and call a supervisor if it happens again.",
        _HANDSET, _SUPERVISOR),
    _P.DUPLICATE_IMEI: Advice(
        "Duplicate IMEI", "Two handsets report the same IMEI",
        "Set both aside and call a supervisor.", _HANDSET, _SUPERVISOR),
    _P.IMEI_MISMATCH: Advice(
        "Wrong box", "The box and the handset do not carry the same IMEI",
        "Find the box of this handset and resume, or void the run.", _PERSON),
    _P.ALREADY_STAGED: Advice(
        "Staged before", "This handset is staged already",
        "Take it out; resume only if it is to be staged again.", _PERSON, _SUPERVISOR),
    _P.NOT_REAL: Advice(
        "Not allowed", "A simulated and a real handset may not share a record",
        "Use real handsets on a real bench and simulated ones in training.", _PERSON),
}  # fmt: skip
