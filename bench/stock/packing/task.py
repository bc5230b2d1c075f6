"""Kit and pack: label, what belongs into the box, seal; and the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bench.custody.entries import DeviceRef
from bench.custody.phases import Phase
from bench.events.desks import Choice, Line, Wanted, Weight
from bench.events.views import ScanTone
from bench.identity.scans import ScanReading
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Face, Say, Task, Turn
from bench.stock.packing import boxing, fitness, queries
from bench.stock.packing.boxing import TITLE
from bench.stock.packing.counting import Counting
from bench.stock.packing.kit import Kit, profile_of
from bench.stock.packing.opening import Unpacking, Unsealing
from bench.stock.packing.queries import Box
from bench.stock.packing.sealing import Sealing

_SHOWN = 20


@dataclass(frozen=True)
class Packing(Task):
    """Takes the label of the next handset; `bags` asks for the number of its bag, too."""

    means: Means
    bags: bool = False

    def face(self) -> Face:
        """Ask for the next; show what waits for a kit, and before it what waits for a seal."""
        connection = self.means.book.connection
        packed = queries.waiting(connection, Phase.PACKED, _SHOWN)
        staged = queries.waiting(connection, Phase.STAGED, _SHOWN - len(packed))
        bags = "Bags have no numbers" if self.bags else "Bags have numbers too"
        return Face(
            TITLE,
            "Scan the label of a staged handset.",
            Wanted.SCAN,
            (
                Choice("bags", bags),
                Choice("unpack", "Take one out of its box"),
                Choice("unseal", "Open a sealed box: two persons"),
            ),
            columns=("Handset", "Model", "Waits for"),
            lines=(
                *(Line((b.name, b.model, "its seal"), Weight.OPEN) for b in packed),
                *(Line((b.name, b.model, "its kit")) for b in staged),
            ),
        )

    def answered(self, choice: str, text: str) -> Turn:
        """Begin what was chosen."""
        match choice:
            case "bags":
                return Turn(replace(self, bags=not self.bags))
            case "unpack":
                return Turn(Unpacking(self))
            case "unseal":
                return Turn(Unsealing(self))
            case _:
                return Task.answered(self, choice, text)

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Take a handset: to its kit, or to its seal where it is packed already."""
        _ = text
        found = self.found(reading)
        if found.phase is Phase.PACKED:
            fitness.refuse_unfit(found, Phase.PACKED)
            return self.good(f"{found.name} is packed: its seal is next.", Sealing(self, found))
        if found.phase is Phase.SEALED:
            told = f"{found.name} is packed and sealed with {found.seal}."
            return Turn(self, Say(ScanTone.REPEATED, told))
        fitness.refuse_unfit(found, Phase.STAGED)
        return self._begun(found)

    def found(self, reading: ScanReading) -> Box:
        """Return the handset that was scanned; `ProblemError`."""
        return fitness.one(queries.boxes(self.means.book.connection, reading.meaning), reading)

    def ref(self, box: Box) -> DeviceRef:
        """Return the handset as an event names it."""
        known = self.means.ledger.device(box.uid)
        assert known is not None, "the book has only what the record has"
        return known.ref

    def packed(self, box: Box, kit: Kit, codes: Mapping[str, str]) -> Turn:
        """Write what was counted, and go on to the seal."""
        to = self.means.place("packed")
        entry = boxing.packed(self.ref(box), box, kit, codes, to)
        told = f"{box.name}: all there. Its seal is next."
        return Turn(Sealing(self, box), Say(ScanTone.GOOD, told), (entry,))

    def _begun(self, box: Box) -> Turn:
        profile = profile_of(self.means.profiles, box.policy)
        kit = Kit.of(profile.kit) if profile else Kit((), {})
        if profile and not kit.missing:
            return self.packed(box, kit, {})
        counting = Counting(self, box, kit, is_known=profile is not None)
        return self.good(f"{box.name}: {counting.next_words}", counting)
