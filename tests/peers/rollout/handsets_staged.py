"""The slots, by keys and scans: handsets in waves of as many as there are slots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench.events.desks import Workspace
from bench.identity.identifiers import SlotCode
from hardware.simulator.handset import SimulatedHandset, make_handset
from tests.peers.rollout.hands import Hands
from tests.peers.rollout.supplier import SPARE, iccid, imei


@dataclass
class Slots:
    """Whoever stages handsets; `handsets` are all that were ever plugged in, by number."""

    hands: Hands
    handsets: dict[int, SimulatedHandset] = field(default_factory=dict)

    def stage(self, numbers: Sequence[int]) -> list[str]:
        """Stage them, box, SIM and label scanned; return the tags on their labels."""
        self.hands.go(Workspace.BENCH)
        slots = self.hands.line.layout.slots()
        waves = range(0, len(numbers), len(slots))
        return [tag for at in waves for tag in self._wave(numbers[at : at + len(slots)], slots)]

    def _wave(self, numbers: Sequence[int], slots: Sequence[SlotCode]) -> Iterator[str]:
        hands, line = self.hands, self.hands.line
        filled = list(zip(slots, numbers, strict=False))
        for slot, number in filled:
            line.plug(slot, self.handsets.setdefault(number, make_handset(number)))
        for slot, number in filled:
            hands.see(slot, "Scan IMEI")
            hands.take(imei(number))
            hands.see(slot, "Scan SIM")
            hands.take(iccid(number))
        for slot, _ in filled:
            hands.see(slot, "Scan label")
            tag = hands.slot(slot).asset_tag
            hands.take(tag)
            hands.see(slot, "Done")
            line.unplug(slot)
            hands.see(slot, "Empty")
            yield tag

    def mistake_sims(self, one: int, other: int) -> list[str]:
        """Stage two, and read the SIM of the one for the other: that one is held until its own."""
        hands = self.hands
        (tag,) = self.stage([one])
        slot = hands.line.layout.slots()[0]
        hands.line.plug(slot, self.handsets.setdefault(other, make_handset(other)))
        hands.see(slot, "Scan IMEI")
        hands.take(imei(other))
        hands.see(slot, "Scan SIM")
        hands.miss(iccid(one))
        hands.take(iccid(other))
        hands.see(slot, "Scan label")
        second = hands.slot(slot).asset_tag
        hands.take(second)
        hands.line.unplug(slot)
        hands.see(slot, "Empty")
        return [tag, second]

    def swap_sim(self, number: int) -> None:
        """Put another SIM in place of a faulty one, at the desk."""
        hands = self.hands
        hands.go(Workspace.GOODS_IN, "marry-sims")
        hands.take(imei(number), "has SIM")
        hands.take(iccid(SPARE), "has another SIM")
        hands.choose("faulty")
        assert "in place of" in hands.answer, hands.answer
