"""What can be wrong with a USB port, its power, and the controller behind it."""

from __future__ import annotations

from bench.problems.advice import Advice, Clears, Fault
from bench.problems.codes import ProblemCode

_P = ProblemCode
_HANDSET, _BENCH, _ITSELF = Fault.HANDSET, Fault.BENCH, Clears.BY_ITSELF

USB: dict[ProblemCode, Advice] = {
    _P.IN_DOWNLOAD_MODE: Advice(
        "Download mode", "The handset waits in download mode for other software",
        "Hold power and volume down until the screen goes dark; send nothing to it.",
        _HANDSET, _ITSELF),
    _P.NOT_CONFIGURED: Advice(
        "USB not on", "The computer sees the handset but has not switched its USB on",
        "Plug it in again; if it stays so, use a port of another hub.", _BENCH, _ITSELF),
    _P.USB_UNWATCHED: Advice(
        "USB unseen", "This system does not tell what is plugged in",
        "Check that udev runs and that this account may listen to it.", _BENCH),
    _P.USB_FULL: Advice(
        "USB full", "The USB controller of this port has no room for another device",
        "Plug it into a hub on another controller; Check this station says which.",
        _BENCH, _ITSELF),
    _P.USB_BANDWIDTH: Advice(
        "USB overbooked", "The USB controller of this port has no bandwidth left",
        "Take cameras and sound off this hub, or plug the handset into another one.",
        _BENCH, _ITSELF),
    _P.USB_POWER: Advice(
        "Too little power", "The hub cannot give the handset the power that it asks for",
        "Connect the hub's own power supply, or use a port of a hub that has one.",
        _BENCH, _ITSELF),
    _P.USB_OVER_CURRENT: Advice(
        "Over-current", "Too much current flowed, and the hub switched the port off",
        "Take handset and cable out, look at both plugs, then try another cable.",
        _BENCH, _ITSELF),
    _P.USB_UNREADABLE: Advice(
        "Bad connection", "Something is plugged in that the computer cannot read",
        "Press the cable home; then try another cable, and another port.", _HANDSET, _ITSELF),
    _P.USB_CONTROLLER_LOST: Advice(
        "USB stopped", "A USB controller of this computer stopped; all its ports are dead",
        "Finish on the other ports, then restart this computer.", _BENCH, _ITSELF),
    _P.USB_CROWDED: Advice(
        "USB crowded", "More handsets are planned on a USB controller than it has room for",
        "Move the ports that are named to a hub on the controller that is named.",
        _BENCH, _ITSELF),
}  # fmt: skip
