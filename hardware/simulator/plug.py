"""A handset plugged into a port: its ADB where debugging is on, else its modem behind MTP."""

from __future__ import annotations

from pathlib import Path

from hardware.simulator.cable import Cable
from hardware.simulator.handset import SimulatedHandset
from hardware.simulator.modem import SimulatedModem, info_of
from hardware.simulator.usbfs.descriptors import ADB, MODEM, MTP, Interface


class Plug:
    """One handset in one port, from plugging to pulling; in between it may leave the bus.

    `terminal` is the device file of its modem's port, where one is put up; None: it stays hidden.
    """

    def __init__(self, handset: SimulatedHandset, terminal: Path | None) -> None:
        self.handset = handset
        self.interfaces: tuple[Interface, ...] = ()
        """What it shows of itself on USB; empty while it is off the bus."""
        self.terminal = terminal
        self._cable = Cable(handset)
        self._modem = SimulatedModem(terminal, info_of(handset)) if terminal else None

    @property
    def address(self) -> str:
        """Where an adb server connects to, "" without ADB."""
        return self._cable.address if self.interfaces == (*MTP, *ADB) else ""

    async def show(self) -> None:
        """Be on the bus."""
        if self.handset.debugging:
            self.interfaces = (*MTP, *ADB)
            await self._cable.plug()
            return
        self.interfaces = (*MTP, *MODEM) if self._modem else MTP
        if self._modem:
            self._modem.plug()

    async def hide(self) -> None:
        """Be off the bus, whatever is being done."""
        self.interfaces = ()
        if self._modem:
            self._modem.unplug()
        await self._cable.pull()
