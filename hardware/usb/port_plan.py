"""What is to be told of the USB itself: ports that are one socket, controllers that are crowded.

Keeps what was told last, so that each is told once. Does no I/O.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bench.events.usb import ControllerCrowded, ControllerRelieved, PortsPaired, UsbFact
from bench.identity.identifiers import UsbPath
from hardware.usb.capacity import ADDRESSES, Limits, Need, learned, limits_of, loads, preflight
from hardware.usb.modes import is_handset
from hardware.usb.topology import Survey
from hardware.usb.twins import pairs, twins


@dataclass(frozen=True, slots=True)
class Capacity:
    """What the settings say: endpoints of a handset, and endpoints of controllers by name or chip.

    0 is what is usual. A controller's name is such as `0000:00:14.0`, its chip `8086:a12f`.
    """

    handset: int = 0
    controllers: Mapping[str, int] = field(default_factory=dict)

    @property
    def limits(self) -> Mapping[str, Limits]:
        """What each controller named can bear."""
        return {
            name: Limits(ADDRESSES, endpoints, "the settings", is_known=True)
            for name, endpoints in self.controllers.items()
        }

    @property
    def need(self) -> Need:
        """What a handset takes."""
        return Need(self.handset) if self.handset else Need()

    def plan(self, planned: Iterable[UsbPath] = ()) -> PortPlan:
        """Return the plan for these slots."""
        return PortPlan(planned, self.limits, self.need)


class PortPlan:
    """The ports that are to carry handsets, against what the controllers can bear.

    `planned` are the slots of the layout; a port with a handset on it counts too. `limits` go by a
    controller's name (`0000:00:14.0`) or chip (`8086:a12f`), `need` is a typical handset's.
    """

    def __init__(
        self,
        planned: Iterable[UsbPath] = (),
        limits: Mapping[str, Limits] | None = None,
        need: Need | None = None,
    ) -> None:
        self._planned = frozenset(planned)
        self._limits = dict(limits or {})
        self._need = need or Need()
        self._paired: frozenset[PortsPaired] = frozenset()
        self._twins: Mapping[UsbPath, UsbPath] = {}
        self._crowded: Mapping[str, ControllerCrowded] = {}

    def learn(self, survey: Survey, controller: str, devices: int) -> None:
        """Take over how many devices a controller can have, as the kernel tells."""
        for bus in survey.buses:
            if bus.controller == controller:
                self._limits[controller] = learned(limits_of(bus, self._limits), devices)

    def twin(self, path: UsbPath) -> UsbPath | None:
        """Return the other half of a socket, either way round, as it was last weighed."""
        return self._twins.get(path)

    def weigh(self, survey: Survey) -> tuple[UsbFact, ...]:
        """Return what is new since it was last weighed."""
        found = pairs(survey)
        paired = frozenset(PortsPaired(one.path, one.twin, one.basis.is_sure) for one in found)
        new = sorted(paired - self._paired, key=lambda pair: pair.path)
        self._paired = paired
        self._twins = {one.path: one.twin for one in paired} | {
            one.twin: one.path for one in paired
        }
        return (*new, *self._crowding(survey, twins(found)))

    def _crowding(self, survey: Survey, twin: Mapping[UsbPath, UsbPath]) -> Iterator[UsbFact]:
        handsets = tuple(device for device in survey.devices if is_handset(device))
        controllers = {bus.number: bus.controller for bus in survey.buses}
        ports = {twin.get(path, path) for path in self._planned | {one.path for one in handsets}}
        planned = {path: controllers[path.bus] for path in ports if path.bus in controllers}
        now = {
            fact.controller: fact
            for fact in preflight(loads(survey, self._limits), planned, handsets, self._need)
        }
        for controller in sorted(self._crowded.keys() - now.keys()):
            yield ControllerRelieved(controller)
        for controller in sorted(now):
            if now[controller] != self._crowded.get(controller):
                yield now[controller]
        self._crowded = now
