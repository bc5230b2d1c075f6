"""What the kernel has to be told of USB for a bench of many handsets."""

from __future__ import annotations

import os
from collections.abc import Iterable

from bench.checks import Answer
from hardware.doctor.machine import Machine
from hardware.doctor.plugged import Kind, Plugged

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
