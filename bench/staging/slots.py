"""The bench as a person sees it: slots in rows and columns, each a physical USB port.

A hub shows a socket twice, once on its USB 2 bus and once on its USB 3 bus, as two paths; both
are twins of one slot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from bench.identity.identifiers import SlotCode, UsbPath


@dataclass(frozen=True)
class HubLayout:
    """Which port is which slot; `ports` may lead several paths to one slot.

    `twins` leads each half of a socket to its other half, where both are known.
    """

    rows: int
    columns: int
    ports: Mapping[UsbPath, SlotCode] = field(default_factory=dict)
    twins: Mapping[UsbPath, UsbPath] = field(default_factory=dict)

    @classmethod
    def numbered(cls, rows: int, columns: int, paths: Iterator[UsbPath]) -> HubLayout:
        """Lay paths out row by row, in their order, as A1, A2 and so on."""
        slots = cls(rows, columns).slots()
        return cls(rows, columns, dict(zip(paths, slots, strict=False)))

    def slots(self) -> tuple[SlotCode, ...]:
        """Return every slot, row by row."""
        return tuple(
            SlotCode(chr(ord("A") + row), column + 1)
            for row in range(self.rows)
            for column in range(self.columns)
        )

    def with_port(self, path: UsbPath) -> HubLayout:
        """Return the layout with that port as the first slot that has none; full: unchanged."""
        taken = set(self.ports.values())
        free = next((slot for slot in self.slots() if slot not in taken), None)
        if free is None or path in self.ports:
            return self
        halves = {path, self.twins.get(path, path)}
        return replace(self, ports={**dict.fromkeys(halves, free), **self.ports})

    def with_twins(self, path: UsbPath, twin: UsbPath) -> HubLayout:
        """Return the layout knowing that both are one socket: what one half is, the other is too.

        Halves that are two slots already stay so: somebody said it, or worked with them.
        """
        slot = self.slot_of(path) or self.slot_of(twin)
        ports = {path: slot, twin: slot, **self.ports} if slot else self.ports
        return replace(self, ports=ports, twins={**self.twins, path: twin, twin: path})

    def slot_of(self, path: UsbPath) -> SlotCode | None:
        """Return the slot of a port, or None for a port that is no slot of this bench."""
        return self.ports.get(path)
