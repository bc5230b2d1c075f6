"""Dead on arrival: a handset that was counted in and does not work when it is unboxed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bench.custody.entries import DeviceRecord, Entry
from bench.custody.phases import phase_after
from bench.events.desks import Choice, Wanted
from bench.events.orders import CustodyKind
from bench.events.views import ScanTone
from bench.identity.identifiers import AssetTag, Imei
from bench.identity.plain import plain
from bench.identity.scans import ScanReading
from bench.problems import ProblemCode
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Face, Say, Task, Turn
from bench.stock.goods_in import queries
from bench.stock.goods_in.looking import box_of, is_in_a_slot

TITLE = "Dead on arrival"
CAUSES: Mapping[str, str] = {
    "no-power": "It does not switch on",
    "screen": "Its screen is broken or stays dark",
    "no-imei": "It has no IMEI, or another than its box",
    "opened": "It was opened or used before",
    "knox-tripped": "Its Knox fuse is blown",
    "battery": "Its battery is swollen or hot",
    "incomplete": "Something belonging to it is missing",
}
_OTHER = Choice("other", "Something else", "What is wrong with it?")
_MISTAKE = Choice("mistake", "Nothing: it was scanned by mistake")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class DeadOnArrival(Task):
    """Asks for a handset, then what is wrong with it."""

    means: Means

    def face(self) -> Face:
        """Ask for the box."""
        return Face(TITLE, "Scan the box of the handset that does not work.", Wanted.SCAN)

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Take the handset by its IMEI, its serial number or its asset tag."""
        _ = text
        known = self._known(reading)
        if known is None:
            return self.refused(ProblemCode.NOT_COUNTED_IN, reading.raw)
        where = f"…{known.imeis[0].tail}" if known.imeis else ""
        if phase_after(CustodyKind.DOA, known.phase) is None:
            return self.refused(ProblemCode.ALREADY_MET, f"it is {known.phase}", where=where)
        if is_in_a_slot(self.means, known):
            detail = "end its run first"
            return self.refused(ProblemCode.NOT_POSSIBLE_NOW, detail, where=where)
        return Turn(_Asking(self, known))

    def _known(self, reading: ScanReading) -> DeviceRecord | None:
        ledger = self.means.ledger
        if isinstance(reading.meaning, AssetTag):
            uid = queries.holder_of_tag(self.means.book.connection, str(reading.meaning))
            return ledger.device(uid) if uid else None
        box = box_of(self.means, reading)
        imeis: tuple[Imei, ...] = box.imeis if box else ()
        return next(filter(None, map(ledger.device_by_imei, imeis)), None)


@dataclass(frozen=True, slots=True)
class _Asking(Task):
    begun: DeadOnArrival
    known: DeviceRecord

    def face(self) -> Face:
        """Ask what is wrong."""
        choices = tuple(Choice(name, text) for name, text in CAUSES.items())
        prompt = f"What is wrong with {self._spoken}?"
        return Face(TITLE, prompt, choices=(*choices, _OTHER, _MISTAKE))

    def answered(self, choice: str, text: str) -> Turn:
        """Write it, and ask for the next."""
        if choice == _MISTAKE.name:
            return Turn(self.begun)
        said = plain(text, _LONGEST) if choice == _OTHER.name else CAUSES.get(choice, "")
        if not said:
            asked = _OTHER.asks if choice == _OTHER.name else ""
            return self.refused(ProblemCode.NOT_POSSIBLE_NOW, asked)
        say = Say(ScanTone.GOOD, f"{self._spoken} is dead on arrival: put it with the others.")
        return Turn(self.begun, say, (self._entry(choice, said),))

    @property
    def _spoken(self) -> str:
        return f"…{self.known.imeis[0].tail}" if self.known.imeis else str(self.known.serial)

    def _entry(self, cause: str, detail: str) -> Entry:
        means = self.begun.means
        return Entry(
            CustodyKind.DOA,
            self.known.ref,
            data={"problem": cause, "detail": detail},
            reason=cause,
            from_=means.place("stock"),
            to=means.place("quarantine"),
        )
