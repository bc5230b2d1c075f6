"""Programs that take a handset's port or interface from the bench: ModemManager, MTP mounters."""

from __future__ import annotations

from collections.abc import Iterable

from bench.checks import Answer
from hardware.doctor.machine import Machine, Process
from hardware.doctor.plugged import Kind, Plugged

_MODEM_MANAGER = "ModemManager"
_WATCH = ("gvfs-mtp-volume", "gvfs-gphoto2-vo", "kiod5", "kiod6", "kmtpd")
"""What looks for players and cameras, for the desktop to mount; as the kernel cuts names."""
_HOLD = ("gvfsd-mtp", "gvfsd-gphoto2", "jmtpfs", "simple-mtpfs", "go-mtpfs", "aft-mtp-mount")
"""What has one mounted."""
_MARKS = ("ID_MTP_DEVICE", "ID_GPHOTO2")
"""udev's properties that they look for (gvfs `monitor/mtp`, `monitor/gphoto2`)."""
_RULES = "Install the udev rules and plug in again"


def modem_manager_answer(machine: Machine, plugged: Iterable[Plugged]) -> Answer:
    """Say whether ModemManager sends its commands to what is plugged in."""
    if not _running(machine, (_MODEM_MANAGER,)):
        return Answer("it does not run")
    ports = [each for each in plugged if each.kind is not Kind.PRINTER]
    probed = [each for each in ports if each.properties.get("ID_MM_DEVICE_IGNORE") != "1"]
    if probed:
        return Answer(
            f"it runs and takes {_named(probed)} for a modem",
            f"{_RULES}, or: sudo systemctl disable --now ModemManager",
        )
    if not ports:
        return Answer("it runs; nothing is plugged in to keep it from", note=True)
    return Answer("it runs, and is told to keep off what is plugged in")


def mounters_answer(machine: Machine, plugged: Iterable[Plugged]) -> Answer:
    """Say whether the desktop mounts handsets as cameras and music players."""
    if holding := _running(machine, _HOLD):
        return Answer(
            f"{_programs(holding)} has a handset mounted",
            f"Eject it in the file manager. {_RULES}.",
        )
    watching = _running(machine, _WATCH)
    if not watching:
        return Answer("none runs")
    handsets = [each for each in plugged if each.kind is Kind.HANDSET]
    marked = [each for each in handsets if any(mark in each.properties for mark in _MARKS)]
    if marked:
        return Answer(
            f"{_programs(watching)} runs and would mount {_named(marked)}", f"{_RULES}."
        )  # fmt: skip
    if not handsets:
        return Answer(f"{_programs(watching)} runs; no handset is plugged in", note=True)
    return Answer(f"{_programs(watching)} runs, and leaves the handsets alone")


def _running(machine: Machine, names: tuple[str, ...]) -> list[Process]:
    return [each for each in machine.processes() if each.name in names]


def _programs(found: list[Process]) -> str:
    return " and ".join(dict.fromkeys(each.name for each in found))


def _named(found: list[Plugged]) -> str:
    return ", ".join(each.where for each in found)
