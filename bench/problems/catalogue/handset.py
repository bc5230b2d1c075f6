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
    _P.WRONG_MODE: Advice(
        "Wrong mode", "The handset has not started into Android",
        "Restart it: hold power and volume down until the screen goes dark.", _HANDSET, _ITSELF),
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
        "Set it aside as dead on arrival.", _HANDSET),
    _P.UNKNOWN_PORT: Advice(
        "Unknown port", "A handset is on a USB port that is no slot of this bench",
        "Move it to a slot, or name the port in the settings.", _PERSON, _ITSELF),
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
