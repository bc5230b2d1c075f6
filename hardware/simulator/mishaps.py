"""What can be made to go wrong in training: each kind once, at a handset chosen by the seed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from random import Random

from hardware.simulator.faults import DropPush, FailInstall
from hardware.simulator.handset import SimulatedHandset


class Mishap(StrEnum):
    """The kinds; the value is what the command line takes."""

    UNPLUG = "unplug"
    WRONG_BOX = "wrong-box"
    TWICE = "twice"
    INSTALL_REFUSED = "install-refused"
    LINK_LOST = "link-lost"
    TAMPERED = "tampered"
    NO_IMEI = "no-imei"
    DUPLICATE_IMEI = "duplicate-imei"
    DUPLICATE_SERIAL = "duplicate-serial"
    HOSTILE_TEXT = "hostile-text"
    PRINTER_OFF = "printer-off"
    PRINTER_PAPER = "printer-paper"
    PRINTER_CUT = "printer-cut"
    SCANNER_LOST = "scanner-lost"
    ADB_KILLED = "adb-killed"


AT_THE_BENCH = (
    Mishap.PRINTER_OFF, Mishap.PRINTER_PAPER, Mishap.PRINTER_CUT, Mishap.SCANNER_LOST,
    Mishap.ADB_KILLED,
)  # fmt: skip
"""Those that happen to a device of the bench and not to a handset."""
LAST = (Mishap.TAMPERED, Mishap.NO_IMEI, Mishap.DUPLICATE_IMEI)
"""Those after which a handset (for a duplicate, two) cannot be staged."""

_HOSTILE = "^XA~JA^FS<b>&amp;\x1b[31m;$(reboot)'\"\x00" + "A" * 65536


def befall(
    handsets: Sequence[SimulatedHandset], mishaps: Iterable[Mishap], random: Random
) -> dict[Mishap, SimulatedHandset]:
    """Choose a handset for each mishap that happens to one, and prepare it.

    Each handset suffers one mishap at most, as long as there are enough of them.
    """
    chosen = [mishap for mishap in Mishap if mishap in {*mishaps} and mishap not in AT_THE_BENCH]
    order = random.sample(list(handsets), len(handsets))
    sufferers = {m: order[number % len(order)] for number, m in enumerate(chosen)}
    for mishap, handset in sufferers.items():
        _prepare(mishap, handset, neighbour=order[-1])
    return sufferers


def _prepare(mishap: Mishap, handset: SimulatedHandset, neighbour: SimulatedHandset) -> None:
    match mishap:
        case Mishap.INSTALL_REFUSED:
            handset.faults.add(FailInstall(reason="INSTALL_FAILED_INSUFFICIENT_STORAGE", once=True))
        case Mishap.LINK_LOST:
            handset.faults.add(DropPush(after=16, once=True))
        case Mishap.TAMPERED:
            handset.properties["ro.boot.verifiedbootstate"] = "orange"
        case Mishap.NO_IMEI:
            handset.imeis = ()
        case Mishap.DUPLICATE_IMEI:
            handset.imeis = neighbour.imeis
        case Mishap.DUPLICATE_SERIAL:
            names = ("ro.serialno", "ro.boot.serialno")
            handset.properties |= dict.fromkeys(names, neighbour.serial)
        case Mishap.HOSTILE_TEXT:
            handset.properties |= {"ro.product.model": _HOSTILE, "ro.build.display.id": _HOSTILE}
        case _:
            pass  # it is something the technician does
