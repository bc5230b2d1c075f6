"""What the kernel has to be told of USB for a bench of many handsets."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable

from bench.checks import Answer
from bench.events.usb import ControllerCrowded
from bench.identity.identifiers import UsbPath
from hardware.doctor.machine import Machine
from hardware.doctor.plugged import Kind, Plugged
from hardware.doctor.told_limits import with_told
from hardware.usb.capacity import loads, room
from hardware.usb.modes import is_handset
from hardware.usb.port_plan import Capacity, PortPlan
from hardware.usb.sysfs import survey

_MEMORY = "/sys/module/usbcore/parameters/usbfs_memory_mb"
_LOG = "/dev/kmsg"
_A_HANDSET = 1
"""MB of transfers that one handset may have under way: some 16 of 16 KiB each way, and room."""


def memory_answer(machine: Machine, slots: int) -> Answer:
    """Say whether all slots may transfer at once; the kernel's own limit is 16 MB for all."""
    megabytes = machine.number(_MEMORY)
    if megabytes is None:
        return Answer(
            f"{_MEMORY} cannot be read: not known", "Look whether this kernel has USB.", note=True
        )
    if megabytes == 0:
        return Answer("transfers may take any memory")
    needed = slots * _A_HANDSET
    said = f"transfers may take {megabytes} MB, {slots} slots may need {needed}"
    if megabytes >= needed:
        return Answer(said)
    mend = f"echo {needed} | sudo tee {_MEMORY}; for good: usbcore.usbfs_memory_mb={needed} at boot"
    return Answer(said, mend, note=True)


def sleep_answer(plugged: Iterable[Plugged]) -> Answer:
    """Say whether the kernel may put a handset to sleep, which then drops off in mid-work."""
    handsets = [each for each in plugged if each.kind is Kind.HANDSET and each.power]
    if not handsets:
        return Answer("no handset is plugged in: not tried", note=True)
    asleep = [each.where for each in handsets if each.power == "auto"]
    if asleep:
        return Answer(
            f"{', '.join(asleep)} may be put to sleep to save power",
            "Install the udev rules, and keep TLP or powertop off USB (TLP: USB_AUTOSUSPEND=0).",
        )
    return Answer(f"none of {len(handsets)} handsets is put to sleep")


def capacity_answer(
    machine: Machine, planned: Collection[UsbPath], slots: int, capacity: Capacity
) -> Answer:
    """Say whether the host controllers can bear a handset in each slot.

    `planned` are the ports of the slots, as far as the settings name them. How many more each
    controller has room for is said, for whoever looks for another socket.
    """
    found = survey(machine.at("/sys"))
    limits = with_told(found, capacity.limits, machine.at(_LOG))
    carried = loads(found, limits)
    if not carried:
        return Answer("no USB controller is found", "Look whether this kernel has USB.", note=True)
    weighed = PortPlan(planned, limits, capacity.need).weigh(found)
    each = "; ".join(f"{load.controller}: {room(load, capacity.need)} more" for load in carried)
    if crowded := [fact for fact in weighed if isinstance(fact, ControllerCrowded)]:
        return Answer(
            f"{'; '.join(map(_crowded, crowded))}; {each}", "; ".join(map(_moved, crowded))
        )
    handsets = sum(is_handset(device) for device in found.devices)
    rooms = sum(room(load, capacity.need) for load in carried) + handsets
    where = f"{len(carried)} controller{'' if len(carried) == 1 else 's'}"
    said = f"{where} can bear some {rooms} handsets, for {slots} slots; {each}"
    if rooms >= slots:
        return Answer(said)
    return Answer(said, "Add a USB controller card, and divide the hubs between them.", note=True)


def kernel_log_answer(machine: Machine) -> Answer:
    """Say whether the kernel's log can be read, where it says that a controller is full."""
    try:
        os.close(os.open(machine.at(_LOG), os.O_RDONLY | os.O_NONBLOCK))
    except OSError as error:
        return Answer(
            f"{_LOG} cannot be read ({error.strerror}): a handset that a full controller refuses "
            "stays unseen",
            "sudo sysctl kernel.dmesg_restrict=0, or count the handsets by eye.",
            note=True,
        )
    return Answer("it can be read: a handset that a full controller refuses is told of")


def _crowded(fact: ControllerCrowded) -> str:
    return f"controller {fact.controller} can bear {fact.room} handsets, {fact.needed} are planned"


def _moved(fact: ControllerCrowded) -> str:
    if not fact.move:
        return f"Add a USB controller card: {fact.controller} is full and so are the others."
    ports = ", ".join(map(str, fact.move))
    return f"Move {ports} to a socket of controller {fact.to}."
