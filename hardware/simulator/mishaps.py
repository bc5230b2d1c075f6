"""What can be made to go wrong in training: each kind once, at a handset chosen by the seed."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from enum import StrEnum
from random import Random

from hardware.simulator.faults import DropPush, FailInstall, Fault, RestartWhileEnrolling
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
    ENROLMENT_RESTART = "enrolment-restart"
    SWAPPED_BOX = "swapped-box"


AT_THE_BENCH = (
    Mishap.PRINTER_OFF, Mishap.PRINTER_PAPER, Mishap.PRINTER_CUT, Mishap.SCANNER_LOST,
    Mishap.ADB_KILLED,
)  # fmt: skip
"""Those that happen to a device of the bench and not to a handset."""
LAST = (Mishap.TAMPERED, Mishap.NO_IMEI, Mishap.DUPLICATE_IMEI)
"""Those after which a handset (for a duplicate, two) cannot be staged."""
LEFT_HELD = (Mishap.ENROLMENT_RESTART, Mishap.SWAPPED_BOX)
"""Those after which a handset stays held: not even a technician can mend them alone."""
_BEFORE_ADB = (Mishap.WRONG_BOX, Mishap.TWICE, Mishap.SWAPPED_BOX)
"""Those that any handset can suffer, debugging on or off."""
_FAULTS: Mapping[Mishap, Fault] = {
    Mishap.INSTALL_REFUSED: FailInstall(reason="INSTALL_FAILED_INSUFFICIENT_STORAGE", once=True),
    Mishap.LINK_LOST: DropPush(after=16, once=True),
    Mishap.ENROLMENT_RESTART: RestartWhileEnrolling(once=True),
}
_HOSTILE = "^XA~JA^FS<b>&amp;\x1b[31m;$(reboot)'\"\x00" + "A" * 65536


def befall(
    handsets: Sequence[SimulatedHandset], mishaps: Iterable[Mishap], random: Random
) -> dict[Mishap, SimulatedHandset]:
    """Choose a handset for each mishap that happens to one, and prepare it.

    Each handset suffers one mishap at most, as long as there are enough of them; a mishap that none
    can suffer does not happen.
    """
    chosen = [mishap for mishap in Mishap if mishap in {*mishaps} and mishap not in AT_THE_BENCH]
    order = random.sample(list(handsets), len(handsets))
    sufferers: dict[Mishap, SimulatedHandset] = {}
    for mishap in chosen:
        able = [handset for handset in order if _can_suffer(mishap, handset)]
        if able:
            suffering = list(sufferers.values())
            sufferer = sufferers[mishap] = min(able, key=suffering.count)
            _prepare(mishap, sufferer, neighbour=_neighbour(sufferer, able, suffering))
    return sufferers


def _neighbour(
    sufferer: SimulatedHandset, able: Sequence[SimulatedHandset], suffering: Container[object]
) -> SimulatedHandset:
    """Return the last handset with an IMEI beside it, one that suffers nothing where there is."""
    others = [each for each in able if each is not sufferer and each.imeis]
    unhurt = [each for each in others if each not in suffering]
    return (unhurt or others or [sufferer])[-1]


def _can_suffer(mishap: Mishap, handset: SimulatedHandset) -> bool:
    """What is read or worked over ADB goes wrong there only; what is set up, only before that."""
    if mishap is Mishap.ENROLMENT_RESTART:
        return not handset.debugging
    return handset.debugging or mishap in _BEFORE_ADB


def _prepare(mishap: Mishap, handset: SimulatedHandset, neighbour: SimulatedHandset) -> None:
    match mishap:
        case Mishap.INSTALL_REFUSED | Mishap.LINK_LOST | Mishap.ENROLMENT_RESTART:
            handset.faults.add(_FAULTS[mishap])
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
