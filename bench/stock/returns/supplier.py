"""Back to the supplier: their number, then the handsets."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bench.custody.phases import Phase
from bench.events.desks import Wanted
from bench.events.views import ScanTone
from bench.identity.scans import ScanReading
from bench.problems import ProblemCode
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Face, Say, Task, Turn
from bench.stock.handing import meeting
from bench.stock.packing.seals import code_of
from bench.stock.returns import entries
from bench.stock.returns.queries import supplier_of
from bench.stock.returns.subject import met

TITLE = "Back to the supplier"
_NUMBER = re.compile(r"[A-Z0-9](?:[A-Z0-9]|[-/.](?=[A-Z0-9])){2,47}", re.ASCII)
_FROM = (Phase.IN_STOCK, Phase.DEAD_ON_ARRIVAL, Phase.WIPED)
_FIRST = {
    Phase.QUARANTINED: "release it first",
    Phase.RETURNED: "wipe it first; one that does not come on is set aside and disposed of",
}
"""What a person had in hand does not leave the house with what they had on it."""


@dataclass(frozen=True)
class SendingBack(Task):
    """Takes the supplier's number for it (RMA), then handset after handset."""

    means: Means
    number: str = ""
    count: int = 0

    def face(self) -> Face:
        """Ask for the number, then for handsets."""
        if not self.number:
            prompt = "Scan or type the supplier's number for the return (RMA)."
            return Face(TITLE, prompt, Wanted.SCAN)
        title, prompt = f"{TITLE}: {self.number}", "Scan each handset that goes back."
        return Face(title, prompt, Wanted.SCAN, remark=f"Handsets so far: {self.count}.")

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Take the number, or the next handset."""
        if self.number:
            return self._sent(reading)
        number = code_of(text)
        if isinstance(reading.meaning, meeting.HANDSETS) or not _NUMBER.fullmatch(number):
            return self.refused(ProblemCode.CERTIFICATE_UNFIT, reading.raw)
        return self.good(f"Return {number}. Scan each handset.", SendingBack(self.means, number))

    def _sent(self, reading: ScanReading) -> Turn:
        found = met(self.means, reading)
        box = found.box
        if box.place.startswith("supplier:"):
            return Turn(self, Say(ScanTone.REPEATED, f"{box.name} went back already."))
        if box.phase not in _FROM:
            why = _FIRST.get(box.phase, f"it is {box.phase}")
            return self.refused(ProblemCode.STANDS_OTHERWISE, why, where=box.name)
        if found.sim_inside:
            return self.refused(ProblemCode.STANDS_OTHERWISE, found.sim_inside, where=box.name)
        supplier = supplier_of(self.means.book.connection, box.uid)
        written = entries.sent_back(found, supplier, self.number)
        told = Say(ScanTone.GOOD, f"{box.name} goes back to {supplier or 'its supplier'}.")
        return Turn(SendingBack(self.means, self.number, self.count + 1), told, written)
