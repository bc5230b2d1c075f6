"""Puts sealed boxes into a consignment, takes one out again, and closes it with a seal."""

from __future__ import annotations

from dataclasses import dataclass

from bench.custody.phases import Phase
from bench.events.desks import Choice, Line, Wanted, Weight
from bench.events.views import ScanTone
from bench.identity.scans import ScanReading
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.consignments import entries, queries
from bench.stock.consignments.desk import BACK, Consigning
from bench.stock.consignments.entries import MOST, TITLE
from bench.stock.consignments.handing import Handing
from bench.stock.consignments.leaving import unfit
from bench.stock.consignments.manifest import Manifest, ManifestLine, digest_of
from bench.stock.consignments.queries import Inside
from bench.stock.consignments.writing import writing
from bench.stock.desk.turns import Face, Say, Task, Turn
from bench.stock.packing import fitness
from bench.stock.packing.boxing import is_said
from bench.stock.packing.queries import Box
from bench.stock.packing.sealing import new_seal

_SHOWN = 20


@dataclass(frozen=True)
class Filling(Consigning):
    """Takes the label of each sealed box that goes to one place."""

    docket: str
    destination: str

    def face(self) -> Face:
        """Ask for the next; show what went in last."""
        known = queries.consignment(self.book, self.docket)
        last = queries.last_in(self.book, self.docket, _SHOWN)
        return Face(
            f"{self.docket} to {self.destination}",
            "Scan the label of each sealed box.",
            Wanted.SCAN,
            (
                Choice("close", "Seal the consignment"),
                Choice("take-out", "Take one out again"),
                BACK,
            ),
            done=known.count if known else 0,
            unit="handsets",
            columns=("Handset", "Model", "Seal", "Staged"),
            lines=tuple(self._line(each) for each in last),
            remark=f"{known.count if known else 0} in it.",
        )

    def answered(self, choice: str, text: str) -> Turn:
        """Close it, take one out, or leave it open."""
        from bench.stock.consignments.beginning import Choosing  # noqa: PLC0415 - it leads here

        match choice:
            case "close":
                return self.closing()
            case "take-out":
                return Turn(TakingOut(self.means, self))
            case "back":
                return Turn(Choosing(self.means))
            case _:
                return Task.answered(self, choice, text)

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Put a box in."""
        _ = text
        box = self.box(reading)
        holding = queries.holding(self.book, box.uid)
        if holding == self.docket:
            return Turn(self, Say(ScanTone.REPEATED, f"{box.name} is in it already."))
        self._refuse(box, holding)
        entry = entries.put_in(self.ref(box.uid), box, self.docket, self.destination)
        return Turn(self, Say(ScanTone.GOOD, f"{box.name} is in."), (entry,))

    def _refuse(self, box: Box, holding: str) -> None:
        if holding:
            raise ProblemError(Problem(ProblemCode.IN_CONSIGNMENT, box.name, holding))
        fitness.refuse_unfit(box, Phase.SEALED)
        known = queries.consignment(self.book, self.docket)
        if known and known.count >= MOST:
            detail = f"{MOST} handsets are in it: seal it and begin another"
            raise ProblemError(Problem(ProblemCode.CONSIGNMENT_UNFIT, self.docket, detail))

    def closing(self) -> Turn:
        """Go on to the seal, where there is something in it and all of it may go."""
        inside = queries.inside(self.book, self.docket)
        if not inside:
            return self.refused(ProblemCode.CONSIGNMENT_UNFIT, "it is empty", where=self.docket)
        if out := unfit(inside):
            detail = f"no longer fit to go: {out}. Take them out"
            return self.refused(ProblemCode.CONSIGNMENT_UNFIT, detail, where=self.docket)
        return Turn(Closing(self.means, self))

    def _line(self, each: Inside) -> Line:
        days = fitness.days_ago(each.staged_at, self.means.now())
        is_due = fitness.is_due(each.staged_at, self.means.now())
        weight = Weight.OPEN if is_due else Weight.GOOD
        weight = weight if each.is_fit else Weight.BAD
        return Line((each.tag, each.model, each.seal, f"{days} days ago"), weight)


@dataclass(frozen=True)
class TakingOut(Consigning):
    """Asks which box comes out."""

    filling: Filling

    def face(self) -> Face:
        """Ask for its label."""
        title = f"{self.filling.docket}: take one out"
        return Face(title, "Scan the label of the box to take out.", Wanted.SCAN, (BACK,))

    def answered(self, choice: str, text: str) -> Turn:
        """Go back."""
        return Turn(self.filling) if choice == BACK.name else Task.answered(self, choice, text)

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Take a box that is in this very consignment."""
        _ = text
        box = self.box(reading)
        if queries.holding(self.book, box.uid) != self.filling.docket:
            return self.refused(ProblemCode.NOT_FIT_TO_GO, "it is not in it", where=box.name)
        return Turn(_WhyOut(self.means, self.filling, box))


@dataclass(frozen=True)
class _WhyOut(Consigning):
    """Asks why a box comes out."""

    filling: Filling
    box_out: Box

    def face(self) -> Face:
        """Offer the reasons."""
        return Face(TITLE, f"Why is {self.box_out.name} taken out?", choices=entries.WHY_OUT)

    def answered(self, choice: str, text: str) -> Turn:
        """Take it out."""
        if not is_said(entries.WHY_OUT, choice, text):
            return Task.answered(self, choice, text)
        ref = self.ref(self.box_out.uid)
        entry = entries.taken_out(ref, self.filling.docket, choice, text)
        told = f"{self.box_out.name} is out of {self.filling.docket}."
        return Turn(self.filling, Say(ScanTone.GOOD, told), (entry,))


@dataclass(frozen=True)
class Closing(Consigning):
    """Takes the seal of a consignment; with it the manifest is made."""

    filling: Filling

    def face(self) -> Face:
        """Ask for the seal."""
        prompt = "Close it, and scan the number of its seal."
        return Face(f"{self.filling.docket}: seal it", prompt, Wanted.SCAN, (BACK,))

    def answered(self, choice: str, text: str) -> Turn:
        """Go back."""
        return Turn(self.filling) if choice == BACK.name else Task.answered(self, choice, text)

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Seal it, with the digest of its manifest; the papers are written behind it."""
        seal = new_seal(self.means, reading, text)
        docket, destination = self.filling.docket, self.filling.destination
        known = self.consignment(docket)
        inside = queries.inside(self.book, docket)
        if unfit(inside):
            return self.filling.closing()
        lines = tuple(ManifestLine(i.tag, i.imei, i.model, i.seal, i.bag) for i in inside)
        manifest = Manifest(docket, known.version + 1, destination, seal, lines)
        digest = digest_of(manifest.table(simulated=self.means.simulated))
        told = f"{docket} is sealed with {seal}, handsets: {len(lines)}; its papers are begun."
        return Turn(
            Handing(self.means, docket),
            Say(ScanTone.GOOD, told),
            (entries.closed(manifest, digest),),
            job=writing(self.means, docket, manifest.version),
        )
