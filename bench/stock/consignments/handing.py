"""Hands a sealed consignment over: it is looked through, signed on both sides, and gone."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bench.custody.entries import Entry
from bench.events.desks import Choice, Line, Wanted, Weight
from bench.events.person import HiddenText
from bench.events.views import ScanTone
from bench.identity.plain import plain
from bench.identity.scans import ScanReading
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.consignments import entries, queries
from bench.stock.consignments.desk import BACK, Consigning, words
from bench.stock.consignments.leaving import overdue, unfit
from bench.stock.consignments.queries import Consignment, Inside, State
from bench.stock.consignments.strokes import read_strokes
from bench.stock.consignments.writing import writing
from bench.stock.desk.turns import Face, Say, Task, Turn
from bench.stock.packing.boxing import is_said

_MOST, _SHOWN, _NAME = 8, 40, 100
_PAPERS = Choice("papers", "Write its manifest, where it is missing")
_UNNAMED = Choice("unnamed", "The signature alone")


@dataclass(frozen=True)
class Leaving(Consigning):
    """Asks which sealed consignment is handed over."""

    def face(self) -> Face:
        """Offer those that are sealed."""
        sealed = queries.in_state(self.book, State.SEALED, _MOST)
        offered = (*(Choice(each.docket, words(each)) for each in sealed), BACK)
        prompt = "Scan the manifest of the consignment that is taken over."
        return Face("Hand over a consignment", prompt, Wanted.SCAN, offered)

    def answered(self, choice: str, text: str) -> Turn:
        """Take one by its key, or go back."""
        if choice == BACK.name:
            return Turn(None)
        return (
            self._begun(self.consignment(choice)) if choice else Task.answered(self, choice, text)
        )

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Take one by its card or manifest."""
        _ = reading
        return self._begun(self.scanned(text))

    def _begun(self, known: Consignment) -> Turn:
        return Turn(Handing(self.means, known.docket).checked(known))


@dataclass(frozen=True)
class Handing(Consigning):
    """Takes what hands a consignment over, step by step; each step is in the record by itself.

    `why` its handsets go though they were staged long ago, "" before anybody said it; `name` is
    who takes it over, None before anybody was asked, "" where the signature alone has to do.
    """

    docket: str
    why: str = ""
    why_text: str = field(default="", repr=False)
    name: HiddenText | None = None

    def checked(self, known: Consignment) -> Handing:
        """Return this task where the consignment may go; `ProblemError` where it may not."""
        self._refuse_unfit(known, self._inside)
        return self

    def _refuse_unfit(self, known: Consignment, inside: Sequence[Inside]) -> None:
        if known.state is not State.SEALED:
            detail = f"it is {known.state}"
            raise ProblemError(Problem(ProblemCode.CONSIGNMENT_UNFIT, self.docket, detail))
        if out := unfit(inside):
            detail = f"no longer fit to go: {out}. Open it again and take them out"
            raise ProblemError(Problem(ProblemCode.CONSIGNMENT_UNFIT, self.docket, detail))

    def face(self) -> Face:
        """Ask for what is still missing: a reason, a signature, a name, the other signature."""
        title = f"{self.docket} to {self.consignment(self.docket).destination}"
        if self._asks_why:
            return self._recheck(title)
        if not self._is_signed:
            prompt = "Sign for handing it over."
            return Face(title, prompt, Wanted.SIGNATURE, (BACK, _PAPERS))
        if self.name is None:
            prompt = "Who takes it over? Type a name, and Enter."
            return Face(title, prompt, Wanted.TEXT, (_UNNAMED, BACK))
        prompt = f"{self.name.text or 'Whoever takes it'}: sign for taking it over."
        return Face(title, prompt, Wanted.SIGNATURE, (Choice("name", "Another name"), BACK))

    def answered(self, choice: str, text: str) -> Turn:
        """Take a reason or a name, or leave it sealed."""
        match choice:
            case "back":
                return Turn(Leaving(self.means))
            case "papers":
                version = self.consignment(self.docket).version
                return Turn(self, job=writing(self.means, self.docket, version))
            case "name":
                return Turn(replace(self, name=None))
            case "unnamed" | "" if self._asks_name and (choice or text.strip()):
                name = "" if choice else plain(text, _NAME)
                return Turn(replace(self, name=HiddenText(name)))
            case _ if self._asks_why and is_said(entries.WHY_GO, choice, text):
                return Turn(replace(self, why=choice, why_text=text))
            case _:
                return Task.answered(self, choice, text)

    def signed(self, strokes: HiddenText) -> Turn:
        """Take the signature of the side that is asked; the second one sends the consignment."""
        known, inside, is_signed = self.consignment(self.docket), self._inside, self._is_signed
        self._refuse_unfit(known, inside)
        due = overdue(inside, self.means.profiles, self.means.now())
        if (due and not self.why) or (is_signed and self.name is None):
            return Task.signed(self, strokes)
        self._refuse_scribble(strokes)
        if not is_signed:
            entry = self._signature(known, "from", strokes)
            return Turn(self, Say(ScanTone.GOOD, "Signed. Who takes it over?"), (entry,))
        late = {each.uid for each, _ in due}
        return self._gone(known, tuple(self._dispatched(known, inside, late)), strokes)

    def _gone(self, known: Consignment, left: tuple[Entry, ...], strokes: HiddenText) -> Turn:
        signature = self._signature(known, "to", strokes, self.name.text if self.name else "")
        told = f"{self.docket} is on its way to {known.destination}, handsets: {len(left)}."
        job = writing(self.means, self.docket, known.version)
        after = Leaving(self.means)
        return Turn(after, Say(ScanTone.GOOD, told), (signature, *left), job=job)

    def _dispatched(
        self, known: Consignment, inside: Sequence[Inside], late: Container[str]
    ) -> Iterator[Entry]:
        for each in inside:
            why, text = (self.why, self.why_text) if each.uid in late else ("", "")
            yield entries.dispatched(self.ref(each.uid), each, known, why, text)

    def _signature(
        self, known: Consignment, side: str, strokes: HiddenText, name: str = ""
    ) -> Entry:
        manifest = queries.manifest(self.book, self.docket, known.version)
        assert manifest is not None, "a sealed consignment has a manifest"
        return entries.signed(known, manifest.digest, side, strokes, name)

    def _refuse_scribble(self, strokes: HiddenText) -> None:
        try:
            read_strokes(strokes)
        except ValueError as error:
            raise ProblemError(Problem(ProblemCode.SIGNATURE_UNFIT, detail=str(error))) from error

    def _recheck(self, title: str) -> Face:
        due = self._overdue
        lines = tuple(Line((each.tag, each.model, why), Weight.OPEN) for each, why in due[:_SHOWN])
        prompt = f"{len(due)} of them have to be looked at before they go. May they?"
        columns = ("Handset", "Model", "Why")
        return Face(title, prompt, choices=(*entries.WHY_GO, BACK), columns=columns, lines=lines)

    @property
    def _asks_why(self) -> bool:
        return not self.why and bool(self._overdue)

    @property
    def _asks_name(self) -> bool:
        return not self._asks_why and self._is_signed and self.name is None

    @property
    def _is_signed(self) -> bool:
        version = self.consignment(self.docket).version
        signed = queries.signatures(self.book, self.docket, version)
        return any(each.side == "from" and not each.place for each in signed)

    @property
    def _inside(self) -> tuple[Inside, ...]:
        return queries.inside(self.book, self.docket)

    @property
    def _overdue(self) -> tuple[tuple[Inside, str], ...]:
        return overdue(self._inside, self.means.profiles, self.means.now())
